//! The steps in which an import is done: taken up, held, looked through, finished. Each is done
//! only by whoever holds it; what is no longer held is left alone.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Id, kinds};
use serde_json::json;

use crate::{
    error::{IMPORT_BROKEN, ROWS_FAULTY},
    model::{Import, ImportFailure, ImportStatus, sheet::CellFault},
    store,
};

type ImportId = Id<kinds::ListingImport>;

/// How long whoever has taken an import up holds it without a sign of life.
const HELD_FOR: TimeDelta = TimeDelta::seconds(15);
/// How often an import is taken up without coming any further.
const ATTEMPTS_MAX: i32 = 5;

/// An import, and the name under which it is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) import: ImportId,
    pub(crate) holder: ImportId,
}

impl Held {
    /// The import, locked, if it is still held.
    pub(super) async fn lock(self, tx: &mut Tx<'_>) -> Outcome<Option<Import>> {
        store::held_import(tx.conn(), self.import, self.holder).await
    }
}

/// Takes up the oldest import that nobody works on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TakeUpImport;

impl Command for TakeUpImport {
    const ACT: &'static str = "take_up_import";
    type Output = Option<(Import, Held)>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Self::Output> {
        let now = tx.now();
        loop {
            let Some((import, attempts)) = store::due_import(tx.conn(), now).await? else {
                return Ok(None);
            };
            if attempts >= ATTEMPTS_MAX {
                let import = import.fail((&IMPORT_BROKEN.refuse()).into(), now);
                finish(tx, &import).await?;
                continue;
            }
            let holder = tx.new_id();
            let import = if import.status == ImportStatus::Queued {
                let import = import.stepped(ImportStatus::Reading, now);
                store::save_import(tx.conn(), &import).await?;
                import
            } else {
                import
            };
            store::hold_import(tx.conn(), import.id, holder, now + HELD_FOR).await?;
            let held = Held { import: import.id, holder };
            return Ok(Some((import, held)));
        }
    }
}

/// Goes on holding an import; false if it is no longer held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HoldOn(pub(crate) Held);

impl Command for HoldOn {
    const ACT: &'static str = "hold_import";
    type Output = bool;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let until = tx.now() + HELD_FOR;
        store::hold_on(tx.conn(), self.0.import, self.0.holder, until).await
    }
}

/// Notes what was found in some rows; false if the import is no longer held.
#[derive(Clone, Debug)]
pub(crate) struct NoteRows {
    pub(crate) held: Held,
    /// The number of the last of them.
    pub(crate) reached: u32,
    /// How many there were.
    pub(crate) read: u32,
    /// What is wrong, for each row in which something is.
    pub(crate) faults: Arc<[Vec<CellFault>]>,
}

impl Command for NoteRows {
    const ACT: &'static str = "note_import_rows";
    type Output = bool;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let Some(mut import) = self.held.lock(tx).await? else { return Ok(false) };
        let failed = u32::try_from(self.faults.len()).unwrap_or(u32::MAX);
        let progress = &mut import.progress;
        progress.reached_row = self.reached;
        progress.read = progress.read.saturating_add(self.read);
        progress.failed = progress.failed.saturating_add(failed);
        progress.valid = progress.valid.saturating_add(self.read.saturating_sub(failed));
        let kept = progress.errors_kept;
        let faults = self.faults.iter().flat_map(|row| progress.keep(row.clone())).collect();
        store::add_errors(tx.conn(), import.id, kept, faults).await?;
        save(tx, import, self.held).await
    }
}

/// Every row has been looked at; what comes next, if the import is still held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndReading(pub(crate) Held);

impl Command for EndReading {
    const ACT: &'static str = "end_import_reading";
    type Output = Option<Import>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Option<Import>> {
        let Some(import) = self.0.lock(tx).await? else { return Ok(None) };
        let failed = import.progress.failed;
        let faulty =
            ROWS_FAULTY.because(format!("{failed} 行有误"), format!("{failed} rows are wrong"));
        let import = import.read_through(&faulty, tx.now());
        finish(tx, &import).await?;
        Ok(Some(import))
    }
}

/// Every right row has been written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndWriting(pub(crate) Held);

impl Command for EndWriting {
    const ACT: &'static str = "end_import_writing";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let Some(import) = self.0.lock(tx).await? else { return Ok(()) };
        let import = import.stepped(ImportStatus::Done, tx.now());
        finish(tx, &import).await
    }
}

/// It comes to nothing more.
#[derive(Clone, Debug)]
pub(crate) struct FailImport {
    pub(crate) held: Held,
    pub(crate) why: ImportFailure,
}

impl Command for FailImport {
    const ACT: &'static str = "fail_import";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let Some(import) = self.held.lock(tx).await? else { return Ok(()) };
        let import = import.fail(self.why, tx.now());
        finish(tx, &import).await
    }
}

/// Forgets the files of imports that were finished before an instant, some at a time.
#[derive(Clone, Copy, Debug)]
pub struct ForgetImportFiles {
    /// Older ones go.
    pub before: DateTime<Utc>,
}

impl Command for ForgetImportFiles {
    const ACT: &'static str = "forget_import_files";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        store::forget_files(tx.conn(), self.before, 50).await
    }
}

/// Saves how far an import has come, and goes on holding it.
pub(super) async fn save(tx: &mut Tx<'_>, import: Import, held: Held) -> Outcome<bool> {
    let now = tx.now();
    store::save_import(tx.conn(), &Import { updated_at: now, ..import }).await?;
    store::hold_on(tx.conn(), held.import, held.holder, now + HELD_FOR).await
}

async fn finish(tx: &mut Tx<'_>, import: &Import) -> Outcome<()> {
    store::save_import(tx.conn(), import).await?;
    let progress = import.progress;
    let facts = json!({
        "status": import.status, "created": progress.created, "updated": progress.updated,
        "failed": progress.failed,
    });
    tx.record(import.id, import.version, facts);
    Ok(())
}
