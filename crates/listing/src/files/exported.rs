//! Listings on their way out, in sheets that may be brought in again.

use std::{
    fs::File,
    io::{Seek, Write},
};

use ::store::Outcome;
use anyhow::Context;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value;

use super::spelling::{Spelling, unwritten};
use crate::model::sheet::{Column, Place, Takes, columns, disarmed, written};

/// What is told about errors is of no use here.
fn shown() -> impl Iterator<Item = &'static Column> {
    columns().iter().filter(|column| column.place != Place::Told(""))
}

/// The first line of a table of text. It begins with a byte order mark, without which Excel takes
/// it for another encoding.
pub(crate) fn csv_head(spelling: Spelling) -> Outcome<Vec<u8>> {
    let line = shown().map(|column| spelling.head(column).to_owned());
    Ok(["\u{FEFF}".as_bytes(), &csv_line(line)?].concat())
}

/// A line for each listing, as the API shows it.
pub(crate) fn csv_rows(listings: &[Value], spelling: Spelling) -> Outcome<Vec<u8>> {
    let mut lines = Vec::new();
    for listing in listings {
        let cells = shown()
            .map(|column| disarmed(written(column, listing, spelling.label()).unwrap_or_default()));
        lines.extend(csv_line(cells)?);
    }
    Ok(lines)
}

fn csv_line(cells: impl Iterator<Item = String>) -> Outcome<Vec<u8>> {
    let mut line =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    line.write_record(cells).context("writing a line")?;
    Ok(line.into_inner().map_err(|error| anyhow::anyhow!("writing a line: {error}"))?)
}

/// A workbook on its way out, of which a row at a time is in memory.
pub(crate) struct Sheet {
    workbook: Workbook,
    line: u32,
    spelling: Spelling,
    money: Format,
}

impl Sheet {
    /// One without rows.
    pub(crate) fn new(spelling: Spelling) -> Outcome<Self> {
        let mut workbook = Workbook::new();
        begin(&mut workbook, spelling).map_err(unwritten)?;
        let money = Format::new().set_num_format("0.00");
        Ok(Self { workbook, line: 0, spelling, money })
    }

    /// Adds a listing, as the API shows it.
    pub(crate) fn add(&mut self, listing: &Value) -> Outcome<()> {
        self.line = self.line.saturating_add(1);
        self.row(listing).map_err(unwritten)
    }

    /// Cells are typed, so that a text is a text, whatever it begins with.
    fn row(&mut self, listing: &Value) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (at, column) in (0..).zip(shown()) {
            let Some(text) = written(column, listing, self.spelling.label()) else { continue };
            match (&column.takes, text.parse::<f64>()) {
                (Takes::Yuan, Ok(number)) => {
                    sheet.write_number_with_format(self.line, at, number, &self.money)?;
                }
                (Takes::Whole, Ok(number)) => {
                    sheet.write_number(self.line, at, number)?;
                }
                _ => {
                    sheet.write_string(self.line, at, text)?;
                }
            }
        }
        Ok(())
    }

    /// The whole workbook, in a nameless file.
    pub(crate) fn finish(mut self) -> Outcome<File> {
        let mut file = tempfile::tempfile().context("making a temporary file")?;
        self.workbook.save_to_writer(&mut file).map_err(unwritten)?;
        file.flush().context("writing a temporary file")?;
        file.rewind().context("rewinding a temporary file")?;
        Ok(file)
    }
}

fn begin(workbook: &mut Workbook, spelling: Spelling) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(match spelling {
        Spelling::Chinese => "发布信息",
        Spelling::Names => "listings",
    })?;
    sheet.set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold();
    for (at, column) in (0..).zip(shown()) {
        sheet.set_column_width(at, 18)?;
        sheet.write_string_with_format(0, at, spelling.head(column), &head)?;
    }
    Ok(())
}
