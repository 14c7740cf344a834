//! What has to be done now and then.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::Caller;
use listing::commands::TellSavedSearches;
use parties::{Authenticator, commands::ForgetOld};
use store::{Db, ForgetKeys};

const TEND_EVERY: Duration = Duration::from_secs(10);
const TENDS_AN_HOUR: u32 = 360;
/// How often those are looked for who are told once a day.
const TENDS_BETWEEN_TELLING: u32 = 30;
/// How long an `Idempotency-Key` is kept.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(24);

/// Keeps house for as long as the task runs.
pub(crate) async fn keep(db: Db, authenticator: Authenticator) {
    let mut rounds = 0_u32;
    loop {
        if let Err(failure) = authenticator.tend().await {
            tracing::warn!(%failure, "could not look for new keys and ended logins");
        }
        if rounds.is_multiple_of(TENDS_AN_HOUR) {
            forget(&db).await;
        }
        if rounds.is_multiple_of(TENDS_BETWEEN_TELLING) {
            tell(&db).await;
        }
        rounds = rounds.wrapping_add(1);
        tokio::time::sleep(TEND_EVERY).await;
    }
}

async fn tell(db: &Db) {
    loop {
        match db.write(Caller::Anyone, TellSavedSearches).await {
            Ok(0) => break,
            Ok(told) => tracing::debug!(told, "saved searches were told of"),
            Err(failure) => {
                tracing::warn!(%failure, "could not tell of saved searches");
                break;
            }
        }
    }
}

async fn forget(db: &Db) {
    if let Err(failure) = db.write(Caller::Anyone, ForgetOld).await {
        tracing::warn!(%failure, "could not forget old logins");
    }
    let before = db.clock().now() - KEYS_KEPT;
    loop {
        match db.write(Caller::Anyone, ForgetKeys { before }).await {
            Ok(0) => break,
            Ok(forgotten) => tracing::debug!(forgotten, "old idempotency keys"),
            Err(failure) => {
                tracing::warn!(%failure, "could not forget old idempotency keys");
                break;
            }
        }
    }
}
