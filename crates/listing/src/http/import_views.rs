//! Imports on their way out.

use chrono::{DateTime, Utc};
use kernel::{Id, Line, Version, kinds};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Language, PageView, Resource};

use crate::model::{FileKind, Import, ImportMode, ImportStatus, Progress, sheet::CellFault};

/// A file of listings that is brought in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImport, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e33", "status": "writing", "version": 3,
    "mode": "valid_rows", "dry_run": false, "submit": false,
    "file": { "name": "成果清单.xlsx", "kind": "xlsx", "bytes": 184320, "kept": true },
    "rows": { "total": 200, "read": 200, "valid": 160, "failed": 40, "created": 100, "updated": 0, "unchanged": 0 },
    "errors_total": 43,
    "created_at": "2026-03-01T08:00:00Z", "updated_at": "2026-03-01T08:00:07Z"
}))]
pub(super) struct ImportView {
    id: Id<kinds::ListingImport>,
    status: ImportStatus,
    /// Grows with the status, not with progress.
    version: Version,
    mode: ImportMode,
    dry_run: bool,
    submit: bool,
    file: ImportFileView,
    rows: ImportRowsView,
    /// How many errors were found. Of a row with very many, or beyond very many, not all are kept.
    errors_total: u32,
    /// Why it came to nothing, or ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failure: Option<ImportFailureView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    finished_at: Option<DateTime<Utc>>,
}

/// The file of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImportFile)]
struct ImportFileView {
    name: Line<200>,
    kind: FileKind,
    bytes: i64,
    /// Is it still there? It is thrown away 30 days after the import was finished.
    kept: bool,
}

/// How far an import has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImportRows)]
struct ImportRowsView {
    /// How many rows the sheet has.
    total: u32,
    /// How many have been looked at.
    read: u32,
    /// How many of these are right.
    valid: u32,
    /// How many are wrong.
    failed: u32,
    /// How many listings were made.
    created: u32,
    /// How many listings were changed.
    updated: u32,
    /// How many listings said already what their row says.
    unchanged: u32,
}

impl From<Progress> for ImportRowsView {
    fn from(progress: Progress) -> Self {
        let Progress { total, read, valid, failed, created, updated, unchanged, .. } = progress;
        Self { total, read, valid, failed, created, updated, unchanged }
    }
}

/// Why an import failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImportFailure)]
struct ImportFailureView {
    /// Stable code for programs.
    code: String,
    /// What was wrong.
    detail: String,
}

impl ImportView {
    pub(super) fn of(import: &Import, language: Language) -> Self {
        let file = import.file.clone();
        Self {
            id: import.id,
            status: import.status,
            version: import.version,
            mode: import.wish.mode,
            dry_run: import.wish.dry_run,
            submit: import.wish.submit,
            file: ImportFileView {
                name: file.name,
                kind: file.kind,
                bytes: file.bytes,
                kept: file.kept,
            },
            rows: import.progress.into(),
            errors_total: import.progress.errors,
            failure: import
                .failure
                .clone()
                .map(|why| ImportFailureView { code: why.code, detail: language.pick(why.words) }),
            created_at: import.created_at,
            updated_at: import.updated_at,
            finished_at: import.finished_at,
        }
    }
}

impl Resource for ImportView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/listing-imports/{}", self.id)
    }
}

/// An import with a page of its errors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImportDetail)]
pub(super) struct ImportDetailView {
    /// The import.
    #[serde(flatten)]
    pub(super) import: ImportView,
    /// What is wrong in its rows, in the order in which it was found.
    pub(super) errors: ImportErrorPageView,
}

impl Resource for ImportDetailView {
    fn version(&self) -> Version {
        self.import.version()
    }

    fn location(&self) -> String {
        self.import.location()
    }
}

/// A page of errors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImportErrorPage)]
pub(super) struct ImportErrorPageView {
    items: Vec<ImportErrorView>,
    /// Give it as `cursor` to get the next page; null on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many errors are kept; only with `?count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<i64>,
}

impl From<PageView<ImportErrorView>> for ImportErrorPageView {
    fn from(page: PageView<ImportErrorView>) -> Self {
        let PageView { items, next_cursor, total } = page;
        Self { items, next_cursor, total }
    }
}

/// A workbook, for the API description.
#[derive(ToSchema)]
#[schema(as = Workbook, value_type = String, format = Binary)]
#[allow(dead_code, reason = "describes what is sent")]
pub(super) struct WorkbookView(Vec<u8>);

/// Something that is wrong in a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingImportError)]
pub(super) struct ImportErrorView {
    /// The row's number in the sheet.
    #[schema(example = 7)]
    row: u32,
    /// The cell's address; left out if the sheet has no column for what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "发布信息!G7")]
    cell: Option<String>,
    /// The head of its column, or the name of the one that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "技术领域")]
    column: Option<String>,
    /// Stable code for programs.
    #[schema(example = "unknown_value")]
    code: String,
    /// What is wrong.
    detail: String,
    /// What stands there, cut to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    value: Option<String>,
}

impl ImportErrorView {
    pub(super) fn of(found: CellFault, language: Language) -> Self {
        let CellFault { row, cell, column, fault, value } = found;
        Self { row, cell, column, code: fault.code, detail: language.pick(fault.words), value }
    }
}
