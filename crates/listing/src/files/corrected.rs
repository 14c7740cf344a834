//! The rows of an import that are to be mended, as a sheet that may be brought in again: with what
//! is wrong in a column of its own, and the wrong cells marked.

use std::{
    collections::HashMap,
    fs::File,
    io::{Seek, Write},
    ops::ControlFlow,
};

use ::store::Outcome;
use anyhow::Context;
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::{
    read,
    spelling::{Spelling, unwritten},
};
use crate::model::{
    FileKind,
    sheet::{Cell, CellFault, Column, Layout, Place, REFERENCE_REPEATED, Row, columns},
};

/// What is to be mended.
pub(crate) struct Corrected {
    /// The file that was brought in.
    pub(crate) file: File,
    /// What it is.
    pub(crate) kind: FileKind,
    /// What is wrong, by the number of the row.
    pub(crate) faults: HashMap<u32, Vec<CellFault>>,
    /// In which words.
    pub(crate) spelling: Spelling,
}

/// How cells look.
struct Looks {
    head: Format,
    day: Format,
    wrong: Format,
    wrong_day: Format,
    told: Format,
}

impl Corrected {
    /// Writes the sheet into a nameless file.
    pub(crate) fn write(self) -> Outcome<File> {
        let Self { file, kind, faults, spelling } = self;
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(unwritten)?;
        let looks = Looks::new();
        let mut line = 0_u32;
        read(file, kind, &mut |layout, row| {
            let Some(found) = faults.get(&row.number) else {
                return Ok(ControlFlow::Continue(()));
            };
            if line == 0 {
                begin(sheet, layout, spelling, &looks).map_err(unwritten)?;
            }
            line = line.saturating_add(1);
            add(sheet, line, layout, &row, found, spelling, &looks).map_err(unwritten)?;
            Ok(ControlFlow::Continue(()))
        })?;
        let mut written = tempfile::tempfile().context("making a temporary file")?;
        workbook.save_to_writer(&mut written).map_err(unwritten)?;
        written.flush().context("writing a temporary file")?;
        written.rewind().context("rewinding a temporary file")?;
        Ok(written)
    }
}

impl Looks {
    fn new() -> Self {
        let wrong = || Format::new().set_background_color(Color::RGB(0x00FF_C7CE));
        Self {
            head: Format::new().set_bold(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            wrong: wrong(),
            wrong_day: wrong().set_num_format("yyyy-mm-dd"),
            told: Format::new().set_font_color(Color::Red).set_text_wrap(),
        }
    }
}

/// The column in which errors are told.
fn told() -> Option<&'static Column> {
    columns().iter().find(|column| column.place == Place::Told(""))
}

/// Excel takes no longer name of a sheet, in UTF-16 units: half as many characters always fit.
const LONGEST_NAME: usize = 15;
/// Excel takes no longer text in a cell, likewise (32,767 units).
const LONGEST_TEXT: usize = 16_000;

/// Where errors are told: where they were told before, else behind the last column.
fn told_at(layout: &Layout) -> u16 {
    let told = told().and_then(|column| layout.at(column));
    let last = layout.heads().last().map_or(0, |(at, _)| at.saturating_add(1));
    told.unwrap_or(last)
}

fn begin(
    sheet: &mut Worksheet,
    layout: &Layout,
    spelling: Spelling,
    looks: &Looks,
) -> Result<(), XlsxError> {
    if let Some(name) = layout.sheet() {
        // Programs that write longer names than Excel does give theirs up.
        let _ = sheet.set_name(name.chars().take(LONGEST_NAME).collect::<String>());
    }
    sheet.set_freeze_panes(1, 0)?;
    let told_at = told_at(layout);
    sheet.set_column_width(told_at, 60)?;
    for (at, head) in layout.heads().filter(|(at, _)| *at != told_at) {
        sheet.set_column_width(at, 18)?;
        sheet.write_string_with_format(0, at, head, &looks.head)?;
    }
    let head = told().map_or("", |column| spelling.head(column));
    sheet.write_string_with_format(0, told_at, head, &looks.head)?;
    Ok(())
}

fn add(
    sheet: &mut Worksheet,
    line: u32,
    layout: &Layout,
    row: &Row,
    faults: &[CellFault],
    spelling: Spelling,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let told_at = told_at(layout);
    let is_wrong = |at: u16| {
        let here = layout.address(row.number, at);
        faults.iter().any(|found| found.cell.as_deref() == Some(here.as_str()))
    };
    // As it came, the row would change the listing of the earlier one when it is brought in again:
    // what its owner has to decide upon is marked so that it is refused until they have.
    let is_repeated = |at: u16| {
        let here = layout.address(row.number, at);
        let mut faults = faults.iter().filter(|found| found.cell.as_deref() == Some(here.as_str()));
        faults.any(|found| found.fault.code == REFERENCE_REPEATED)
    };
    for (at, _) in layout.heads().filter(|(at, _)| *at != told_at) {
        let wrong = is_wrong(at);
        match row.cell(at) {
            None if wrong => drop(sheet.write_blank(line, at, &looks.wrong)?),
            None => {}
            Some(cell) if is_repeated(at) => {
                let text = format!("{}\n{}", cell.shown(), spelling.repeated());
                sheet.write_string_with_format(line, at, text, &looks.wrong)?;
            }
            Some(cell) => put(sheet, line, at, cell, wrong, looks)?,
        }
    }
    let words: Vec<String> = faults.iter().map(|found| sentence(found, spelling)).collect();
    sheet.write_string_with_format(line, told_at, words.join("\n"), &looks.told)?;
    Ok(())
}

/// A formula is shown, and is none.
fn put(
    sheet: &mut Worksheet,
    line: u32,
    at: u16,
    cell: &Cell,
    wrong: bool,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let plain = if wrong { looks.wrong.clone() } else { Format::new() };
    match cell {
        Cell::Day(day) => {
            let look = if wrong { &looks.wrong_day } else { &looks.day };
            sheet.write_datetime_with_format(line, at, *day, look)?;
        }
        Cell::Truth(truth) => {
            sheet.write_boolean_with_format(line, at, *truth, &plain)?;
        }
        Cell::Number(digits) => match digits.parse::<f64>() {
            Ok(number) => drop(sheet.write_number_with_format(line, at, number, &plain)?),
            Err(_) => drop(sheet.write_string_with_format(line, at, digits, &plain)?),
        },
        Cell::Text(_) | Cell::Formula(_) | Cell::Broken(_) => {
            let text: String = cell.shown().chars().take(LONGEST_TEXT).collect();
            sheet.write_string_with_format(line, at, text, &plain)?;
        }
    }
    Ok(())
}

/// `C7 技术领域:…`, with the address that the cell had in the file that was brought in.
fn sentence(found: &CellFault, spelling: Spelling) -> String {
    let words = match spelling {
        Spelling::Chinese => &found.fault.words.zh,
        Spelling::Names => &found.fault.words.en,
    };
    let place = found.cell.clone().unwrap_or_else(|| found.row.to_string());
    let column = found.column.as_deref().unwrap_or_default();
    format!("{place} {column}: {words}")
}
