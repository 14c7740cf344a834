//! Settles what was announced, for as long as the server runs.

use std::time::Duration;

use store::{Db, outbox};
use tokio::{sync::watch, task::JoinHandle};

use crate::reactions::Reactions;

/// How long an event of another, dead server waits at most before this one looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Starts settling; ends after the batch at hand when `stop` turns true.
#[must_use]
pub fn start(db: Db, reactions: Reactions, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !*stop.borrow() {
            match outbox::settle(&db, &reactions).await {
                Ok(settled) if settled > 0 => continue,
                Ok(_) => {}
                Err(failure) => tracing::warn!(%failure, "could not look for events"),
            }
            tokio::select! {
                () = db.announced() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    })
}
