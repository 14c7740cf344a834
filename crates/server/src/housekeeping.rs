//! What has to be done now and then.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::Caller;
use listing::commands::ForgetImportFiles;
use parties::{Authenticator, commands::ForgetOld};
use store::{Db, ForgetKeys};

const TEND_EVERY: Duration = Duration::from_secs(10);
const TENDS_AN_HOUR: u32 = 360;
/// How long an `Idempotency-Key` is kept.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(24);

/// How long the file of an import is kept when it is finished.
const IMPORT_FILES_KEPT: TimeDelta = TimeDelta::days(30);

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
        rounds = rounds.wrapping_add(1);
        tokio::time::sleep(TEND_EVERY).await;
    }
}

async fn forget(db: &Db) {
    forget_import_files(db).await;
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

async fn forget_import_files(db: &Db) {
    let before = db.clock().now() - IMPORT_FILES_KEPT;
    loop {
        match db.write(Caller::Anyone, ForgetImportFiles { before }).await {
            Ok(0) => break,
            Ok(forgotten) => tracing::debug!(forgotten, "files of old imports"),
            Err(failure) => {
                tracing::warn!(%failure, "could not forget files of old imports");
                break;
            }
        }
    }
}
