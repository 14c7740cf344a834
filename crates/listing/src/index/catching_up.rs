//! Catching up with the database: one at a time, whoever asks for it, and in parts that are found
//! as soon as they are taken in.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ::store::{Db, Outcome};
use anyhow::Context;
use kernel::{Id, kinds};
use tokio::sync::{Mutex, watch};
use web::apart;

use super::volume::Volume;
use crate::store::{self, Changes};

/// How many changes are taken in before they are found; more than these are too many to wait for.
const PART: i64 = 500;
/// How many listings are read, and cut into words, at once.
const BATCH: usize = 50;
/// How long nobody tries again after the first failure, and after many.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pause after so many failures in a row.
pub(super) fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

/// Who catches up, and how that went.
pub(super) struct CatchingUp {
    /// Held by the one who does.
    rounds: Arc<Mutex<Rounds>>,
    /// Is so much to be taken in that nobody waits for it?
    far_behind: watch::Sender<bool>,
}

/// How the last rounds went.
#[derive(Default)]
struct Rounds {
    /// When the last one began.
    begun: Option<Instant>,
    failures: u32,
    /// No question tries before this.
    not_before: Option<Instant>,
}

impl Default for CatchingUp {
    fn default() -> Self {
        Self { rounds: Arc::default(), far_behind: watch::Sender::new(false) }
    }
}

impl CatchingUp {
    /// Takes in everything that has been committed until now.
    pub(super) async fn catch_up(&self, db: &Db, volume: &Arc<Volume>) -> Outcome<()> {
        self.round(db, volume, |_| true).await
    }

    /// Takes in everything that has been committed until now, or gives up: for a question, which
    /// may as well be asked of what there is.
    pub(super) async fn catch_up_if_quick(
        &self,
        db: &Db,
        volume: &Arc<Volume>,
        patience: Duration,
    ) {
        let asked = Instant::now();
        let wanted = |rounds: &Rounds| {
            rounds.begun.is_none_or(|begun| begun < asked)
                && rounds.not_before.is_none_or(|not_before| not_before <= asked)
        };
        let mut far_behind = self.far_behind.subscribe();
        let too_far = async {
            // The sender lives as long as this.
            far_behind.wait_for(|far| *far).await.ok();
        };
        let quick = tokio::time::timeout(patience, async {
            tokio::select! {
                biased;
                () = too_far => tracing::debug!("much has changed; answering without it"),
                round = self.round(db, volume, wanted) => if let Err(failure) = round {
                    tracing::warn!(%failure, "the search index could not catch up");
                }
            }
        });
        if quick.await.is_err() {
            tracing::debug!("changes take long to be taken in; answering without them");
        }
    }

    /// A round, once those before have ended, if it is still wanted then.
    async fn round(
        &self,
        db: &Db,
        volume: &Arc<Volume>,
        is_wanted: impl FnOnce(&Rounds) -> bool,
    ) -> Outcome<()> {
        let mut rounds = Arc::clone(&self.rounds).lock_owned().await;
        if !is_wanted(&rounds) {
            return Ok(());
        }
        let (db, volume, far_behind) = (db.clone(), Arc::clone(volume), self.far_behind.clone());
        // A task of its own: who asks may hang up, and what is being taken in must be finished.
        let round = tokio::spawn(async move {
            rounds.begun = Some(Instant::now());
            let near = Near(far_behind);
            let taken = take_in(&db, &volume, || near.is_far()).await;
            drop(near);
            rounds.failures = if taken.is_ok() { 0 } else { rounds.failures.saturating_add(1) };
            rounds.not_before = taken.is_err().then(|| Instant::now() + backoff(rounds.failures));
            taken
        });
        round.await.context("catching up died")?
    }
}

/// Near again when the round ends, however it ends.
struct Near(watch::Sender<bool>);

impl Near {
    fn is_far(&self) {
        self.0.send_replace(true);
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}

/// Takes in everything that has been committed until now; says so if that is much.
pub(super) async fn take_in(db: &Db, volume: &Arc<Volume>, is_much: impl Fn()) -> Outcome<()> {
    let as_of = Instant::now();
    let since = volume.moment();
    let mut changes = {
        let mut conn = db.reader().await?;
        store::changed_since(&mut conn, &since, None, PART).await?
    };
    if !changes.listings.is_empty() {
        let beginning = Arc::clone(volume);
        apart(move || beginning.begin()).await?;
    }
    loop {
        let Changes { until, listings, more } = changes;
        let (published, gone): (Vec<_>, Vec<_>) =
            listings.into_iter().partition(|change| change.published);
        let gone = gone.into_iter().map(|change| change.id).collect();
        let published: Vec<_> = published.into_iter().map(|change| change.id).collect();
        if more.is_some() {
            is_much();
        }
        let taken = take_part(db, volume, &published, gone).await?;
        // What is known is known as a whole: who starts again in the middle takes it in again.
        let known = if more.is_some() { &since } else { &until };
        if taken {
            let (committing, known) = (Arc::clone(volume), known.clone());
            apart(move || committing.commit(known)).await??;
        }
        let Some(behind) = more else {
            volume.note(until, as_of);
            return Ok(());
        };
        let mut conn = db.reader().await?;
        changes = store::changed_since(&mut conn, &since, Some((&until, &behind)), PART).await?;
    }
}

/// Takes in what was changed, as it is now; true if that changes anything.
async fn take_part(
    db: &Db,
    volume: &Arc<Volume>,
    published: &[Id<kinds::Listing>],
    gone: Vec<Id<kinds::Listing>>,
) -> Outcome<bool> {
    let mut taken = false;
    if !gone.is_empty() {
        let taking = Arc::clone(volume);
        taken |= apart(move || taking.take_out(&gone)).await??;
    }
    for ids in published.chunks(BATCH) {
        let rows = store::public_rows(&mut *db.reader().await?, ids).await?;
        let taking = Arc::clone(volume);
        taken |= apart(move || taking.take(&rows)).await??;
    }
    Ok(taken)
}
