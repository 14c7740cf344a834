//! Files of listings that were brought in, read and written in the background.
//!
//! An import is done in two passes over its file. The first looks at every row and notes what is
//! wrong. The second, unless it is a dry run, or must be all or nothing and something is wrong,
//! writes the right rows. Both go in small steps; each step commits what it has done together with
//! how far it has come, and then pauses, so that other requests find the database as idle as they
//! are used to. A server works on one import at a time, and several servers on different ones.
//!
//! Between the passes the world may move on: a listing that could be changed may have been
//! submitted. So the second pass judges again what it writes, under a lock, and what is refused
//! there is reported like what was refused before. In this one case an import that should be all or
//! nothing writes less than all; to lock thousands of listings at once would hold up everybody
//! else.

mod preparing;
mod rows;

use std::{collections::HashSet, fs::File, sync::Arc, time::Duration};

use ::store::{Db, Failure, Outcome, refusals::STALE};
use anyhow::Context;
use futures::FutureExt;
use kernel::{Caller, Status, civil_date};
use tokio::{io::AsyncWriteExt, task::JoinHandle, time::Instant};

pub(crate) use preparing::{Prepared, Verdict};

use crate::{
    Ports,
    commands::{
        EndReading, EndWriting, FailImport, Held, HoldOn, NoteRows, TakeUpImport, WriteRows,
    },
    error::REFERENCE_TAKEN,
    imports::{
        preparing::Surroundings,
        rows::{Batch, batches},
    },
    model::{Import, ImportStatus, Submitter},
    store,
};

/// How long an import waits at most before somebody looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often whoever works on an import gives a sign of life.
const SIGN_EVERY: Duration = Duration::from_secs(4);
/// The least pause between two steps.
const PAUSE: Duration = Duration::from_millis(5);
/// How often a step is tried whose listings change meanwhile.
const TRIES: u32 = 5;

/// Does the imports of this server, one after the other.
#[derive(Clone)]
pub struct Importer {
    db: Db,
    ports: Arc<dyn Ports>,
}

/// Whether somebody else has an import now, or nobody needs it any more.
enum Course {
    GoesOn,
    IsOver,
}

impl From<bool> for Course {
    fn from(held: bool) -> Self {
        if held { Self::GoesOn } else { Self::IsOver }
    }
}

impl Importer {
    /// One that works on this database.
    #[must_use]
    pub fn new(db: Db, ports: Arc<dyn Ports>) -> Self {
        Self { db, ports }
    }

    /// Works for as long as the task runs.
    pub async fn follow(self) {
        loop {
            match self.work().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(failure) => tracing::warn!(%failure, "could not look for imports"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Takes up the oldest import that nobody works on and does it; false if there is none.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn work(&self) -> Outcome<bool> {
        let Some((import, held)) = self.db.write(Caller::Anyone, TakeUpImport).await? else {
            return Ok(false);
        };
        tracing::info!(import = %import.id, status = %import.status, "taken up");
        let _alive = SignsOfLife::give(self.db.clone(), held);
        let done = std::panic::AssertUnwindSafe(self.run(import, held)).catch_unwind().await;
        let failure = match done {
            Ok(Ok(())) => return Ok(true),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Broken(anyhow::anyhow!("an import panicked")),
        };
        // What may pass is tried again when nobody holds the import any more.
        match failure.refusal().filter(|refusal| is_final(refusal.reason.status)) {
            Some(refusal) => {
                let why = (&refusal).into();
                self.db.write(Caller::Anyone, FailImport { held, why }).await?;
            }
            None => tracing::error!(import = %held.import, %failure, "an import broke off"),
        }
        Ok(true)
    }

    async fn run(&self, import: Import, held: Held) -> Outcome<()> {
        let file = fetch(&self.db, &import).await?;
        let mut import = import;
        if import.status != ImportStatus::Writing {
            if let Course::IsOver = self.read_through(&import, held, file.try_clone()).await? {
                return Ok(());
            }
            let Some(next) = self.db.write(Caller::Anyone, EndReading(held)).await? else {
                return Ok(());
            };
            import = next;
        }
        if import.status == ImportStatus::Writing
            && let Course::GoesOn = self.write_through(&import, held, file).await?
        {
            self.db.write(Caller::Anyone, EndWriting(held)).await?;
        }
        Ok(())
    }

    /// Looks at every row that has not been looked at.
    async fn read_through(
        &self,
        import: &Import,
        held: Held,
        file: std::io::Result<File>,
    ) -> Outcome<Course> {
        let file = file.context("opening a file again")?;
        let around = self.surroundings(import).await?;
        let mut batches = batches(file, import.file.kind, import.progress.reached_row);
        while let Some(batch) = batches.recv().await {
            let began = Instant::now();
            let batch = batch?;
            let Some(reached) = batch.last_row() else { continue };
            let read = u32::try_from(batch.rows.len()).unwrap_or(u32::MAX);
            let rows = around.prepare(&self.db, batch).await?;
            let faults = rows.iter().filter_map(Prepared::faults).collect();
            let note = NoteRows { held, reached, read, faults };
            if !self.db.write(Caller::Anyone, note).await? {
                return Ok(Course::IsOver);
            }
            pause(began).await;
        }
        Ok(Course::GoesOn)
    }

    /// Writes every right row that has not been written.
    async fn write_through(&self, import: &Import, held: Held, file: File) -> Outcome<Course> {
        let around = self.surroundings(import).await?;
        let faulty = store::faulty_rows(&mut *self.db.reader().await?, import.id).await?;
        let mut batches = batches(file, import.file.kind, import.progress.reached_row);
        while let Some(batch) = batches.recv().await {
            let began = Instant::now();
            let batch = batch?;
            if let Course::IsOver = self.write(&around, held, batch, &faulty).await? {
                return Ok(Course::IsOver);
            }
            pause(began).await;
        }
        Ok(Course::GoesOn)
    }

    /// Writes a batch, in the name of who brought it in. If a listing of it changes meanwhile, it is
    /// prepared again.
    async fn write(
        &self,
        around: &Surroundings,
        held: Held,
        batch: Batch,
        faulty: &HashSet<u32>,
    ) -> Outcome<Course> {
        let Some(reached) = batch.last_row() else { return Ok(Course::GoesOn) };
        let batch = batch.without(faulty);
        for tries in 1.. {
            let rows = around.prepare(&self.db, batch.clone()).await?.into();
            let write = WriteRows { ports: Arc::clone(&self.ports), held, reached, rows };
            match self.db.write(around.caller, write).await {
                Ok(held) => return Ok(held.into()),
                Err(Failure::Refused(refusal))
                    if tries < TRIES
                        && (refusal.reason == &STALE || refusal.reason == &REFERENCE_TAKEN) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(Course::GoesOn)
    }

    async fn surroundings(&self, import: &Import) -> Outcome<Surroundings> {
        let own = import.actor.organisation;
        let facts = self.ports.organisation(&mut *self.db.reader().await?, own).await?;
        let facts = facts.with_context(|| format!("an actor's {own:?} is unknown"))?;
        Ok(Surroundings {
            caller: Caller::SignedIn(import.actor),
            organisation: own,
            submitter: Submitter { name: facts.name, verified: facts.verified },
            submit: import.wish.submit,
            day: civil_date(import.created_at),
        })
    }
}

/// The import's file, from where every server finds it into a nameless one here.
pub(crate) async fn fetch(db: &Db, import: &Import) -> Outcome<File> {
    let file = tempfile::tempfile().context("making a temporary file")?;
    let mut file = tokio::fs::File::from_std(file);
    for position in 0.. {
        let mut conn = db.reader().await?;
        let Some(piece) = store::piece(&mut conn, import.id, position).await? else { break };
        drop(conn);
        file.write_all(&piece).await.context("writing a temporary file")?;
    }
    file.flush().await.context("writing a temporary file")?;
    Ok(file.into_std().await)
}

/// Would it be refused again? What is only busy or has just changed would not.
const fn is_final(status: Status) -> bool {
    !matches!(status, Status::Unavailable | Status::Stale | Status::TooMany)
}

/// Leaves processor and database to others, half as long as the step took.
async fn pause(began: Instant) {
    let took = began.elapsed();
    tokio::time::sleep((took / 2).max(PAUSE)).await;
}

/// Goes on holding an import until dropped.
struct SignsOfLife(JoinHandle<()>);

impl SignsOfLife {
    fn give(db: Db, held: Held) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(SIGN_EVERY).await;
                match db.write(Caller::Anyone, HoldOn(held)).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(failure) => tracing::warn!(%failure, "could not give a sign of life"),
                }
            }
        }))
    }
}

impl Drop for SignsOfLife {
    fn drop(&mut self) {
        self.0.abort();
    }
}
