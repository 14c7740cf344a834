//! One key, one effect: the answer to a request is kept in the transaction of its effect.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::Refusal;
use schema::ground::idempotency_keys;
use serde::Deserialize;

use crate::{Command, Conn, Outcome, Tx, refusals};

/// A caller's `Idempotency-Key`, and what it is used for.
#[derive(Clone, Debug)]
pub struct KeyUse {
    /// Whose key: keys of different callers never meet.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

impl KeyUse {
    /// The use of the same key for a part of the answer that has a transaction of its own. No
    /// caller is called so: parts never meet with whole answers.
    #[must_use]
    pub fn part(&self, number: usize) -> Self {
        Self { caller: format!("{} part {number}", self.caller), ..self.clone() }
    }
}

/// An answer, as it is kept and given again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// HTTP status, 2xx.
    pub status: u16,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// The JSON body.
    pub body: String,
}

/// What is there under a key.
#[derive(Deserialize)]
pub(crate) struct Opened {
    pub(crate) rights: Option<i32>,
    free: bool,
    #[serde(default)]
    first: Option<First>,
}

#[derive(Deserialize)]
struct First {
    fingerprint: String,
    #[serde(flatten)]
    kept: Kept,
}

impl Opened {
    /// The answer to give again; nothing if the request is the first under its key.
    pub(crate) fn earlier_answer(self, key: &KeyUse) -> Result<Option<Kept>, Refusal> {
        if !self.free {
            return Err(refusals::KEY_IN_USE.refuse());
        }
        match self.first {
            None => Ok(None),
            Some(first) if first.fingerprint == hex::encode(key.fingerprint) => {
                Ok(Some(first.kept))
            }
            Some(_) => Err(refusals::KEY_REUSED.refuse()),
        }
    }
}

/// Keeps the answer under the key.
pub(crate) async fn keep(
    conn: &mut Conn,
    key: &KeyUse,
    kept: &Kept,
    now: DateTime<Utc>,
) -> Outcome<()> {
    use idempotency_keys as keys;
    diesel::insert_into(keys::table)
        .values((
            keys::caller.eq(&key.caller),
            keys::key.eq(&key.key),
            keys::fingerprint.eq(key.fingerprint.as_slice()),
            keys::status.eq(i32::from(kept.status)),
            keys::etag.eq(&kept.etag),
            keys::location.eq(&kept.location),
            keys::body.eq(&kept.body),
            keys::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Nothing but an answer that is to be kept.
#[derive(Clone, Debug)]
pub(crate) struct KeepAnswer(pub(crate) Kept);

impl Command for KeepAnswer {
    const ACT: &'static str = "keep_answer";
    type Output = Kept;

    async fn run(self, _tx: &mut Tx<'_>) -> Outcome<Kept> {
        Ok(self.0)
    }
}

/// Forgets answers kept before an instant, a bounded number at a time.
#[derive(Clone, Copy, Debug)]
pub struct ForgetKeys {
    /// Older ones go.
    pub before: DateTime<Utc>,
}

impl Command for ForgetKeys {
    const ACT: &'static str = "forget_idempotency_keys";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let old = "DELETE FROM idempotency_keys WHERE (caller, key) IN (
                       SELECT caller, key FROM idempotency_keys WHERE created_at < $1 LIMIT 50000)";
        let forgotten = diesel::sql_query(old)
            .bind::<diesel::sql_types::Timestamptz, _>(self.before)
            .execute(tx.conn())
            .await?;
        Ok(forgotten)
    }
}
