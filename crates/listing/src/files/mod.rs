//! Files in which listings come and go: workbooks and tables of text, read row by row and written
//! row by row, so that none is ever whole in memory. Reading and writing keep a thread busy and
//! are never done on one that serves requests.

mod archive;
mod corrected;
mod decoding;
mod exported;
mod spelling;
mod table;
mod template;
mod workbook;

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::ControlFlow,
};

use ::store::Outcome;
use anyhow::Context;

pub(crate) use corrected::Corrected;
pub(crate) use exported::{Sheet, csv_head, csv_rows};
pub(crate) use spelling::Spelling;
pub(crate) use template::template;

use crate::model::{
    FileKind,
    sheet::{
        CELLS_FAR_APART, COLUMNS_MAX, Cell, EXTENSION_DIFFERS, FILE_EMPTY, FILE_UNREADABLE,
        LAST_ROW, Layout, ROWS_EMPTY, ROWS_MAX, ROWS_TOO_MANY, Row, SHEET_EMPTY,
        WORKBOOK_ENCRYPTED, WORKBOOK_OLD,
    },
};

/// The first bytes of the container of old Office files, and of encrypted new ones.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// `EncryptedPackage` as it stands in that container's directory.
const ENCRYPTED: &str = "EncryptedPackage";

/// What goes on with each row; the columns are told with it.
pub(crate) type Visit<'v> = dyn FnMut(&Layout, Row) -> Outcome<ControlFlow<()>> + 'v;

/// Tells from its content what a file is, and checks that it may be read; how many rows it has.
///
/// # Errors
/// 422 with the code of what is wrong with it.
pub(crate) fn inspect(mut file: File, extension: &str) -> Outcome<(FileKind, u32)> {
    let kind = kind_of(&mut file)?;
    let is_called = match extension {
        "xlsx" | "xlsm" | "xls" | "xlsb" | "xltx" | "ods" => Some(FileKind::Xlsx),
        "csv" | "tsv" | "txt" => Some(FileKind::Csv),
        _ => None,
    };
    if is_called.is_some_and(|called| called != kind) {
        let (zh, en) = (kind.label().zh, kind.label().en);
        return Err(EXTENSION_DIFFERS
            .because(
                format!("扩展名为 .{extension},内容却是 {zh}"),
                format!("it is called .{extension}, but is {en}"),
            )
            .into());
    }
    if kind == FileKind::Xlsx {
        archive::check(&file)?;
    }
    let mut rows = 0_u32;
    read(file, kind, &mut |_, _| {
        rows = rows.saturating_add(1);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((kind, rows))
}

/// Reads the rows below the header, one after the other, until there are no more or `visit` has
/// had enough.
///
/// # Errors
/// 422 with the code of what is wrong with the file; whatever `visit` refuses.
pub(crate) fn read(mut file: File, kind: FileKind, visit: &mut Visit<'_>) -> Outcome<()> {
    file.rewind().context("rewinding a file")?;
    let mut sheet = Reading { layout: None, rows: 0, visit };
    match kind {
        FileKind::Xlsx => workbook::read(file, &mut |name, row| sheet.take(name, row))?,
        FileKind::Csv => table::read(file, &mut |row| sheet.take(None, row))?,
    }
    if sheet.rows == 0 { Err(SHEET_EMPTY.refuse().into()) } else { Ok(()) }
}

/// What a sheet has come to so far.
struct Reading<'a, 'v> {
    layout: Option<Layout>,
    rows: u32,
    visit: &'a mut Visit<'v>,
}

impl Reading<'_, '_> {
    fn take(&mut self, sheet: Option<&str>, row: Row) -> Outcome<ControlFlow<()>> {
        let Some((last, _)) = row.cells.last() else {
            // Nothing is in it; but nobody sends so many of them.
            let is_beyond = row.number > LAST_ROW;
            return if is_beyond { Err(ROWS_EMPTY.refuse().into()) } else { go_on() };
        };
        if *last >= COLUMNS_MAX || row.number > LAST_ROW {
            return Err(CELLS_FAR_APART.refuse().into());
        }
        let Some(layout) = &self.layout else {
            self.layout = Some(Layout::of(sheet, &row)?);
            return go_on();
        };
        self.rows = self.rows.saturating_add(1);
        if self.rows > ROWS_MAX {
            return Err(ROWS_TOO_MANY.refuse().into());
        }
        (self.visit)(layout, row)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a visit answers")]
fn go_on() -> Outcome<ControlFlow<()>> {
    Ok(ControlFlow::Continue(()))
}

fn kind_of(file: &mut File) -> Outcome<FileKind> {
    file.rewind().context("rewinding a file")?;
    let mut head = Vec::new();
    file.by_ref().take(4096).read_to_end(&mut head).context("reading a file")?;
    if head.is_empty() {
        return Err(FILE_EMPTY.refuse().into());
    }
    if head.starts_with(COMPOUND) {
        let needle: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = contains(file, &needle)?;
        let reason = if encrypted { &WORKBOOK_ENCRYPTED } else { &WORKBOOK_OLD };
        return Err(reason.refuse().into());
    }
    if head.starts_with(b"PK") {
        return Ok(FileKind::Xlsx);
    }
    if decoding::is_text(&head) { Ok(FileKind::Csv) } else { Err(FILE_UNREADABLE.refuse().into()) }
}

/// Do these bytes occur in the file?
fn contains(file: &mut File, needle: &[u8]) -> Outcome<bool> {
    file.seek(SeekFrom::Start(0)).context("rewinding a file")?;
    let mut seen = Vec::new();
    loop {
        let read = file.by_ref().take(64 * 1024).read_to_end(&mut seen).context("reading")?;
        if seen.windows(needle.len()).any(|window| window == needle) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        // What may be the beginning of it is kept.
        seen.drain(..seen.len().saturating_sub(needle.len()));
    }
}

/// The text of a cell, if there is any.
fn text_cell(text: &str) -> Option<Cell> {
    Cell::text(text)
}
