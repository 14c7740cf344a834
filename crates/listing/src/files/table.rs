//! Tables of text (CSV, RFC 4180), whatever separates their columns.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    ops::ControlFlow,
};

use ::store::{Failure, Outcome};
use anyhow::Context;
use csv::{ReaderBuilder, StringRecord};

use super::{
    decoding::{Decoded, encoding_of},
    text_cell,
};
use crate::model::sheet::{
    CELLS_FAR_APART, Cell, ENCODING_UNKNOWN, FILE_UNREADABLE, LAST_ROW, Layout, ROWS_EMPTY, Row,
    armed,
};

/// As much of the beginning as tells what separates columns.
const BEGINNING: u64 = 64 * 1024;
/// What may separate them.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// More cells than any row has that is read.
const CELLS_MAX: usize = 1000;

/// Reads the rows.
pub(super) fn read(
    file: File,
    visit: &mut dyn FnMut(Row) -> Outcome<ControlFlow<()>>,
) -> Outcome<()> {
    let mut file = file;
    let encoding = encoding_of(&mut file)?;
    file.rewind().context("rewinding a file")?;
    let delimiter = delimiter(Decoded::new(&file, encoding))?;
    file.rewind().context("rewinding a file")?;
    let mut table = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(Decoded::new(BufReader::new(file), encoding));
    let (mut record, mut number) = (StringRecord::new(), 0_u32);
    loop {
        let before = table.position().line();
        if !table.read_record(&mut record).map_err(|error| unreadable(&error))? {
            return Ok(());
        }
        let consumed = table.position().line().saturating_sub(before);
        number = number.saturating_add(1).saturating_add(skipped(&record, consumed));
        if number > LAST_ROW {
            return Err(ROWS_EMPTY.refuse().into());
        }
        if record.len() > CELLS_MAX {
            return Err(CELLS_FAR_APART.refuse().into());
        }
        let cells = (0..).zip(record.iter()).filter_map(|(at, text)| Some((at, cell(text)?)));
        if visit(Row { number, cells: cells.collect() })?.is_break() {
            return Ok(());
        }
    }
}

fn cell(text: &str) -> Option<Cell> {
    text_cell(armed(text))
}

/// How many empty lines the reader has passed over: spreadsheet programs count them as rows. The
/// last line of a file may lack its end.
fn skipped(record: &StringRecord, consumed: u64) -> u32 {
    let inside: usize = record.iter().map(|text| text.matches('\n').count()).sum();
    let own = u64::try_from(inside).unwrap_or(u64::MAX).saturating_add(1);
    u32::try_from(consumed.saturating_sub(own)).unwrap_or(u32::MAX)
}

/// What separates the columns: by which the first line has the most heads that are known, and if
/// none has any, the most parts.
fn delimiter(text: impl Read) -> Outcome<u8> {
    let mut lines = BufReader::new(text.take(BEGINNING));
    let mut line = String::new();
    while line.trim().is_empty() {
        line.clear();
        if lines.read_line(&mut line).map_err(|error| broken_off(&error))? == 0 {
            break;
        }
    }
    let parts = |delimiter: u8| -> Vec<String> {
        let mut table = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(line.as_bytes());
        let mut record = StringRecord::new();
        let _read = table.read_record(&mut record);
        record.iter().map(str::to_owned).collect()
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| {
        let parts = parts(*delimiter);
        (Layout::known_heads(parts.iter().map(String::as_str)), parts.len())
    });
    Ok(best.unwrap_or(b','))
}

fn unreadable(error: &csv::Error) -> Failure {
    if let csv::ErrorKind::Io(error) = error.kind() {
        return broken_off(error);
    }
    FILE_UNREADABLE.refuse().into()
}

fn broken_off(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::InvalidData {
        return ENCODING_UNKNOWN.refuse().into();
    }
    anyhow::anyhow!("reading a table: {error}").into()
}
