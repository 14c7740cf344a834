//! `create_session`: e-mail and password against an access token and a refresh token.
//!
//! The password is checked before the transaction, on threads of its own. Known and unknown
//! addresses take the same way: the same statements, the same hash function, the same answer.

use ::store::{Command, Db, Outcome, Tx};
use kernel::{Caller, Email, Id, OrganisationStatus, Refusal, Version, judge, kinds};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Hasher, access,
    commands::SignedIn,
    error,
    model::{AccountStatus, Failures, Network, Password, PasswordHash, lifetime},
    store::{self, Pair, SessionRow},
};

/// Somebody's try to sign in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The e-mail address.
    pub email: Email,
    /// The password.
    pub password: Password,
    /// From where.
    pub network: Network,
}

impl Pair {
    pub(super) fn of(email: &Email, network: Network) -> Self {
        let email_sha256 = Sha256::digest(email.as_str()).to_vec();
        Self { email_sha256, network: network.to_string() }
    }
}

/// Signs somebody in.
///
/// # Errors
/// 401 `invalid_credentials`, 429 `login_locked`, 403 `organisation_suspended`, 503 `login_busy`.
pub async fn create_session(db: &Db, hasher: &Hasher, login: Login) -> Outcome<SignedIn> {
    let Login { email, password, network } = login;
    let pair = Pair::of(&email, network);
    let account = {
        let mut conn = db.reader().await?;
        refuse_if_locked(store::failures_of(&mut conn, &pair).await?, db.clock().now())?;
        store::account_of_email(&mut conn, &email).await?
    };
    let account = account.filter(|account| account.status == AccountStatus::Active);
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = hasher.matches(password, hash).await?;
    match account {
        Some(account) if right => {
            let open = OpenSession { pair, account: account.id, checked: account.password_hash };
            db.write(Caller::Anyone, open).await
        }
        _ => {
            tracing::warn!(%network, "a login failed");
            Err(db.write(Caller::Anyone, RecordFailure { pair }).await?.into())
        }
    }
}

pub(super) fn refuse_if_locked(
    failures: Option<Failures>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Refusal> {
    match failures.and_then(|failures| failures.locked_for(now)) {
        Some(rest) => Err(error::login_locked(rest)),
        None => Ok(()),
    }
}

/// Opens a login for somebody whose password was right.
#[derive(Clone, Debug)]
pub struct OpenSession {
    pub(super) pair: Pair,
    pub(super) account: Id<kinds::Account>,
    /// The hash that the password was checked against.
    pub(super) checked: PasswordHash,
}

impl Command for OpenSession {
    const ACT: &'static str = "create_session";
    type Output = SignedIn;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<SignedIn> {
        judge::<access::CreateSession>(tx.caller(), &[])?;
        let now = tx.now();
        // Guesses made side by side must not learn more than five could one after the other.
        let failures = store::failures_for_update(tx.conn(), &self.pair).await?;
        refuse_if_locked(failures, now)?;
        let account = store::account_for_share(tx.conn(), self.account)
            .await?
            .filter(|account| account.status == AccountStatus::Active)
            .filter(|account| account.password_hash == self.checked)
            .ok_or_else(|| error::INVALID_CREDENTIALS.refuse())?;
        let organisation = store::organisation(tx.conn(), account.organisation_id).await?;
        if organisation.standing.status() == OrganisationStatus::Suspended {
            return Err(error::ORGANISATION_SUSPENDED.refuse().into());
        }

        if failures.is_some() {
            store::forget_failures(tx.conn(), &self.pair).await?;
        }
        let lifetime = lifetime(account.roles);
        let session = SessionRow {
            id: tx.new_id(),
            account_id: account.id,
            opened_at: now,
            expires_at: now + lifetime.whole,
            ended_at: None,
            ended_by: None,
        };
        let signed_in = SignedIn::new(account.signed_in(session.id))?;
        let token = signed_in.refresh_token.row(session.id, now, now + lifetime.idle);
        store::add_session(tx.conn(), &session, &token).await?;
        let facts = json!({ "account_id": account.id, "network": self.pair.network });
        tx.record(session.id, Version::FIRST, facts);
        Ok(signed_in)
    }
}

/// Counts a failed login. It commits, and gives what the caller is told.
#[derive(Clone, Debug)]
pub struct RecordFailure {
    pub(super) pair: Pair,
}

impl Command for RecordFailure {
    const ACT: &'static str = "create_session";
    type Output = Refusal;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Refusal> {
        let now = tx.now();
        if store::add_failures(tx.conn(), &self.pair, Failures::first(now)).await? {
            return Ok(error::INVALID_CREDENTIALS.refuse());
        }
        let Some(failures) = store::failures_for_update(tx.conn(), &self.pair).await? else {
            // Its owner has just got in, and the count was forgotten.
            return Ok(error::INVALID_CREDENTIALS.refuse());
        };
        if let Err(locked) = refuse_if_locked(Some(failures), now) {
            return Ok(locked);
        }
        store::save_failures(tx.conn(), &self.pair, failures.one_more(now)).await?;
        Ok(error::INVALID_CREDENTIALS.refuse())
    }
}
