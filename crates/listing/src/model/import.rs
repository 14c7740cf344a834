//! A file of listings that is brought in, how far it has come, and what has come of it.

use chrono::{DateTime, Utc};
use kernel::{Actor, Id, Line, Permit, Refusal, Version, Words, kinds, words};

use crate::{access::CancelListingImport, error::import_is_finished, model::sheet::CellFault};

words! {
    /// What a file of listings is.
    pub enum FileKind {
        /// An Office Open XML workbook.
        Xlsx = "xlsx", "xlsx 工作簿", "xlsx workbook";
        /// Text, a line for each row.
        Csv = "csv", "CSV 文本", "CSV text";
    }
}

words! {
    /// What becomes of the right rows of a file in which others are wrong.
    pub enum ImportMode {
        /// Nothing is written unless every row is right.
        AllOrNothing = "all_or_nothing", "全部或全不", "all or nothing";
        /// The right rows are written.
        ValidRows = "valid_rows", "仅有效行", "valid rows";
    }
}

words! {
    /// Where an import stands.
    pub enum ImportStatus {
        /// It waits for its turn.
        Queued = "queued", "排队中", "queued";
        /// Every row is looked at; nothing is written yet.
        Reading = "reading", "校验中", "reading";
        /// The right rows are written.
        Writing = "writing", "写入中", "writing";
        /// Everything has been done.
        Done = "done", "已完成", "done";
        /// It came to nothing, or ended early.
        Failed = "failed", "失败", "failed";
        /// Its owner has called it off.
        Cancelled = "cancelled", "已取消", "cancelled";
    }
}

impl ImportStatus {
    /// Is there nothing more to be done?
    #[must_use]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A file of listings that is brought in.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its id.
    pub id: Id<kinds::ListingImport>,
    /// Its version: one more with each step of its status, not with progress.
    pub version: Version,
    /// Who brought it in, for which organisation, with which rights.
    pub actor: Actor,
    /// When it was brought in.
    pub created_at: DateTime<Utc>,
    /// When it came further, last.
    pub updated_at: DateTime<Utc>,
    /// The file.
    pub file: ImportFile,
    /// What is to be done.
    pub wish: ImportWish,
    /// Where it stands.
    pub status: ImportStatus,
    /// How far it has come.
    pub progress: Progress,
    /// Why it failed, if it did.
    pub failure: Option<ImportFailure>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
}

/// The file of an import.
#[derive(Clone, Debug)]
pub struct ImportFile {
    /// What its sender calls it.
    pub name: Line<200>,
    /// What it is.
    pub kind: FileKind,
    /// Its length.
    pub bytes: i64,
    /// Is it still there? Only as long as rows of it are to be read or mended.
    pub kept: bool,
}

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportWish {
    /// What becomes of the right rows if others are wrong.
    pub mode: ImportMode,
    /// Is it only looked at?
    pub dry_run: bool,
    /// Are the listings submitted at once?
    pub submit: bool,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last row of the sheet that the present pass has dealt with.
    pub reached_row: u32,
    /// How many rows there are.
    pub total: u32,
    /// How many have been looked at.
    pub read: u32,
    /// How many of these are right.
    pub valid: u32,
    /// How many listings were made.
    pub created: u32,
    /// How many were changed.
    pub updated: u32,
    /// How many said already what their row says.
    pub unchanged: u32,
    /// How many rows are wrong.
    pub failed: u32,
    /// How many errors they have.
    pub errors: u32,
    /// How many of these are kept.
    pub errors_kept: u32,
}

/// Why an import failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFailure {
    /// Stable code.
    pub code: String,
    /// What was wrong.
    pub words: Words,
}

impl From<&Refusal> for ImportFailure {
    fn from(refusal: &Refusal) -> Self {
        let title = Words::from(refusal.reason.title);
        let words = match &refusal.detail {
            None => title,
            Some(detail) => Words::new(
                format!("{}:{}", title.zh, detail.zh),
                format!("{}: {}", title.en, detail.en),
            ),
        };
        Self { code: refusal.reason.code.to_owned(), words }
    }
}

impl Import {
    /// Its owner calls it off. What has been written by then stays.
    ///
    /// # Errors
    /// 409 `invalid_state` if it is finished.
    pub fn cancel(
        self,
        _permit: &Permit<CancelListingImport>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        if self.status.is_finished() {
            return Err(import_is_finished(self.status));
        }
        Ok(self.stepped(ImportStatus::Cancelled, now))
    }

    /// Every row has been looked at: what comes next. `faulty` says why nothing is written if it
    /// must be all or nothing and some rows are wrong.
    #[must_use]
    pub fn read_through(self, faulty: &Refusal, now: DateTime<Utc>) -> Self {
        let ImportWish { mode, dry_run, .. } = self.wish;
        if dry_run {
            return self.stepped(ImportStatus::Done, now);
        }
        if mode == ImportMode::AllOrNothing && self.progress.failed > 0 {
            return self.fail(faulty.into(), now);
        }
        let progress = Progress { reached_row: 0, ..self.progress };
        Self { progress, ..self.stepped(ImportStatus::Writing, now) }
    }

    /// It comes to nothing more.
    #[must_use]
    pub fn fail(self, why: ImportFailure, now: DateTime<Utc>) -> Self {
        Self { failure: Some(why), ..self.stepped(ImportStatus::Failed, now) }
    }

    /// The next version, in this state since now.
    #[must_use]
    pub fn stepped(self, status: ImportStatus, now: DateTime<Utc>) -> Self {
        let finished_at = status.is_finished().then_some(now);
        Self { status, version: self.version.next(), updated_at: now, finished_at, ..self }
    }
}

/// The most errors of one row that are kept, and the number of errors from which on only the first
/// of each row is.
const KEPT_OF_ROW: usize = 20;
const KEPT_FREELY: u32 = 20_000;

impl Progress {
    /// Which of a row's errors are kept, from the left to the right: its first one always, so that
    /// every row that is wrong can be told. Counts all of them.
    pub fn keep(&mut self, mut faults: Vec<CellFault>) -> Vec<CellFault> {
        let count = |faults: &[CellFault]| u32::try_from(faults.len()).unwrap_or(u32::MAX);
        self.errors = self.errors.saturating_add(count(&faults));
        faults.sort_by_cached_key(CellFault::place_in_row);
        faults.truncate(if self.errors_kept < KEPT_FREELY { KEPT_OF_ROW } else { 1 });
        self.errors_kept = self.errors_kept.saturating_add(count(&faults));
        faults
    }
}
