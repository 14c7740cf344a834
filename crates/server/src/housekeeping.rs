//! What has to be done now and then.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::Caller;
use listing::{
    AttachmentStore,
    commands::{
        ExpireListings, ForgetHits, ForgetImportFiles, RemindOwners, StampListings,
        TellSavedSearches,
    },
};
use matching::commands::{LapseIntroductions, RemindParticipants, StampDocuments};
use parties::{Authenticator, commands::ForgetOld};
use store::{Command, Db, ForgetKeys, Outcome};

const TEND_EVERY: Duration = Duration::from_secs(10);
const TENDS_A_MINUTE: u32 = 6;
const TENDS_AN_HOUR: u32 = 360;
const TENDS_A_DAY: u32 = 24 * TENDS_AN_HOUR;
/// How long an `Idempotency-Key` is kept.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(24);
/// Rows of a table that one transaction forgets.
const FORGOTTEN_AT_A_TIME: i64 = 20_000;
/// Rows that one transaction marks anew.
const STAMPED_AT_A_TIME: i64 = 1000;

/// How long the file of an import is kept when it is finished.
const IMPORT_FILES_KEPT: TimeDelta = TimeDelta::days(30);
/// How long what was found for a saved search stays in its list.
const HITS_KEPT: TimeDelta = TimeDelta::days(180);

/// Keeps house for as long as the task runs.
pub(crate) async fn keep(db: Db, authenticator: Authenticator, attachments: AttachmentStore) {
    stamp_anew(&db).await;
    let mut rounds = 0_u32;
    loop {
        if let Err(failure) = authenticator.tend().await {
            tracing::warn!(%failure, "could not look for new keys and ended logins");
        }
        if let Err(failure) = attachments.forget_removed(&db).await {
            tracing::warn!(%failure, "could not remove the contents of removed files");
        }
        if rounds.is_multiple_of(TENDS_A_MINUTE) {
            tend_listings(&db).await;
            tend_introductions(&db).await;
        }
        if rounds.is_multiple_of(TENDS_AN_HOUR) {
            forget(&db).await;
        }
        if rounds % TENDS_A_DAY == TENDS_AN_HOUR {
            sweep(&db, &attachments).await;
        }
        rounds = rounds.wrapping_add(1);
        tokio::time::sleep(TEND_EVERY).await;
    }
}

/// A database that was loaded from a dump into another cluster counts its transactions from another
/// beginning: changes that seem to come from the future are marked as of now. Where there are none,
/// this is a look into two indexes.
async fn stamp_anew(db: &Db) {
    forget_all(db, StampListings { at_most: STAMPED_AT_A_TIME }, "marks of changed listings").await;
    forget_all(db, StampDocuments { at_most: STAMPED_AT_A_TIME }, "marks of documents").await;
}

async fn sweep(db: &Db, attachments: &AttachmentStore) {
    match attachments.sweep_orphans(db).await {
        Ok(0) => {}
        Ok(swept) => tracing::info!(swept, "contents of files without a row are gone"),
        Err(failure) => tracing::warn!(%failure, "could not sweep contents without a row"),
    }
}

/// Expires what has stood to the end of its last day, reminds owners, and tells those who keep
/// searches of what was found for them.
async fn tend_listings(db: &Db) {
    while let Some(expired) = done(db.write(Caller::Anyone, ExpireListings).await) {
        tracing::info!(expired, "listings whose last day is over");
    }
    while let Some(told) = done(db.write(Caller::Anyone, RemindOwners).await) {
        tracing::info!(told, "owners of listings whose last day comes near");
    }
    while let Some(told) = done(db.write(Caller::Anyone, TellSavedSearches).await) {
        tracing::debug!(told, "saved searches with something new");
    }
}

/// Ends introductions that not everybody has answered in time, and reminds before that.
async fn tend_introductions(db: &Db) {
    while let Some(lapsed) = done(db.write(Caller::Anyone, LapseIntroductions).await) {
        tracing::info!(lapsed, "introductions that not everybody has answered");
    }
    while let Some(reminded) = done(db.write(Caller::Anyone, RemindParticipants).await) {
        tracing::info!(reminded, "introductions whose last day comes near");
    }
}

/// How much a job has done, if it has done anything: then there may be more.
fn done(outcome: Outcome<usize>) -> Option<usize> {
    match outcome {
        Ok(0) => None,
        Ok(done) => Some(done),
        Err(failure) => {
            tracing::warn!(%failure, "could not do one of the daily jobs");
            None
        }
    }
}

async fn forget(db: &Db) {
    stamp_anew(db).await;
    forget_all(db, ForgetOld { at_most: FORGOTTEN_AT_A_TIME }, "logins").await;
    let before = db.clock().now() - KEYS_KEPT;
    forget_all(db, ForgetKeys { before }, "idempotency keys").await;
    let before = db.clock().now() - IMPORT_FILES_KEPT;
    forget_all(db, ForgetImportFiles { before }, "files of imports").await;
    let before = db.clock().now() - HITS_KEPT;
    let hits = ForgetHits { before, at_most: FORGOTTEN_AT_A_TIME };
    forget_all(db, hits, "hits of saved searches").await;
}

/// A bounded number at a time, so that no transaction holds many rows for long.
async fn forget_all(db: &Db, command: impl Command<Output = usize>, what: &str) {
    loop {
        match db.write(Caller::Anyone, command.clone()).await {
            Ok(0) => break,
            Ok(forgotten) => tracing::debug!(forgotten, "old {what}"),
            Err(failure) => {
                tracing::warn!(%failure, "could not forget old {what}");
                break;
            }
        }
    }
}
