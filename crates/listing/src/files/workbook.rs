//! Workbooks, cell by cell. Nothing is looked up by address: a reader that makes room for all
//! between two far cells would make room for billions.

use std::{fs::File, io::BufReader, ops::ControlFlow};

use ::store::Outcome;
use anyhow::Context;
use calamine::{DataRef, Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxFormulaMetadata};

use super::text_cell;
use crate::model::sheet::{Cell, Row, SHEET_EMPTY, WORKBOOK_DAMAGED};

/// What goes on with each row; the sheet's name is told with it.
type Visit<'v> = dyn FnMut(Option<&str>, Row) -> Outcome<ControlFlow<()>> + 'v;

/// Reads the first sheet that is shown.
pub(super) fn read(file: File, visit: &mut Visit<'_>) -> Outcome<()> {
    let file = file.try_clone().context("opening a file again")?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|_| WORKBOOK_DAMAGED.refuse())?;
    let is_shown = |sheet: &&Sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    };
    let name = workbook.sheets_metadata().iter().find(is_shown).map(|sheet| sheet.name.clone());
    let name = name.ok_or_else(|| SHEET_EMPTY.refuse())?;
    let mut cells =
        workbook.worksheet_cells_reader(&name).map_err(|_| WORKBOOK_DAMAGED.refuse())?;
    let mut row = Row { number: 0, cells: Vec::new() };
    loop {
        let cell =
            cells.next_cell_with_formula_metadata().map_err(|_| WORKBOOK_DAMAGED.refuse())?;
        let Some(cell) = cell else { break };
        let (line, column) = cell.pos;
        let number = line.saturating_add(1);
        if number < row.number {
            return Err(WORKBOOK_DAMAGED.refuse().into());
        }
        if number > row.number {
            let done = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
            if done.number > 0 && visit(Some(&name), done)?.is_break() {
                return Ok(());
            }
        }
        let Some(cell) = content(cell.formula, &cell.value) else { continue };
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        if row.cells.last().is_some_and(|(last, _)| *last >= column) {
            return Err(WORKBOOK_DAMAGED.refuse().into());
        }
        row.cells.push((column, cell));
    }
    if row.number > 0 {
        let _ended = visit(Some(&name), row)?;
    }
    Ok(())
}

fn content(formula: Option<XlsxFormulaMetadata>, value: &DataRef<'_>) -> Option<Cell> {
    match formula {
        Some(
            XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. },
        ) => return Some(Cell::formula(&formula)),
        Some(_) => return Some(Cell::Formula(String::new())),
        None => {}
    }
    match value {
        DataRef::Int(number) => Some(Cell::Number(number.to_string())),
        DataRef::Float(number) => Some(Cell::number(*number)),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text_cell(text)
        }
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(truth) => Some(Cell::Truth(*truth)),
        DataRef::DateTime(instant) if instant.is_datetime() => {
            let day = instant.as_datetime().map(|instant| Cell::Day(instant.date()));
            Some(day.unwrap_or_else(|| Cell::number(instant.as_f64())))
        }
        DataRef::DateTime(length) => Some(Cell::number(length.as_f64())),
        DataRef::Error(error) => Some(Cell::Broken(error.to_string())),
        DataRef::Empty => None,
    }
}
