//! What somebody who has signed in holds.

use std::{fmt, str::FromStr};

use ::store::Outcome;
use chrono::{DateTime, Utc};
use kernel::{Actor, Fault, Id, kinds::Session};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{keys::secret_text, store::RefreshTokenRow};

/// A refresh token: 32 random bytes, of which the database keeps only the SHA-256. Never printed.
#[derive(Clone)]
pub struct RefreshToken(Zeroizing<String>);

impl RefreshToken {
    pub(super) fn random() -> anyhow::Result<Self> {
        secret_text::<32>().map(Zeroizing::new).map(Self)
    }

    /// The token's text, for its owner.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its SHA-256. The token is random, so a fast digest is enough.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    pub(super) fn row(
        &self,
        session_id: Id<Session>,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> RefreshTokenRow {
        let token_sha256 = self.sha256().to_vec();
        RefreshTokenRow { token_sha256, session_id, issued_at, expires_at, spent_at: None }
    }
}

impl FromStr for RefreshToken {
    type Err = Fault;

    /// Any short text: whether it is a token of ours, only the database knows.
    fn from_str(text: &str) -> Result<Self, Fault> {
        if (1..=200).contains(&text.len()) {
            return Ok(Self(Zeroizing::new(text.to_owned())));
        }
        Err(Fault::new("refresh_token_malformed", "不是刷新令牌", "not a refresh token"))
    }
}
kernel::deserialize_from_str!(RefreshToken);

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(****)")
    }
}

impl utoipa::PartialSchema for RefreshToken {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(1))
            .max_length(Some(200))
            .into()
    }
}
impl utoipa::ToSchema for RefreshToken {}

/// Somebody has signed in, or stayed so.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub actor: Actor,
    /// Good once, for the next access token.
    pub refresh_token: RefreshToken,
}

impl SignedIn {
    pub(super) fn new(actor: Actor) -> Outcome<Self> {
        Ok(Self { actor, refresh_token: RefreshToken::random()? })
    }
}
