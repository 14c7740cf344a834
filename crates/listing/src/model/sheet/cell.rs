//! What stands in a cell, and where.

use chrono::NaiveDate;

/// How many characters a cell holds.
const HELD_BY_CELL: usize = 32_767;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number, as a plain decimal.
    Number(String),
    /// A day.
    Day(NaiveDate),
    /// True or false.
    Truth(bool),
    /// A formula; what it comes to is not looked at.
    Formula(String),
    /// What a formula left behind that came to nothing, such as `#N/A`.
    Broken(String),
}

impl Cell {
    /// A number with the digits that spreadsheet programs show: the fifteen that are significant.
    #[must_use]
    pub fn number(value: f64) -> Self {
        let rounded = format!("{value:.14e}").parse::<f64>().unwrap_or(value);
        Self::Number(rounded.to_string())
    }

    /// A text, as much of it as a cell holds; nothing if there is nothing in it to see.
    #[must_use]
    pub fn text(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self::Text(held(text).to_owned()))
    }

    /// A formula, as much of it as a cell holds.
    #[must_use]
    pub fn formula(formula: &str) -> Self {
        Self::Formula(held(formula).to_owned())
    }

    /// How much it takes in memory.
    const fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Formula(text) | Self::Broken(text) => {
                text.len()
            }
            Self::Day(_) | Self::Truth(_) => 0,
        }
    }

    /// As people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Broken(text) => text.clone(),
            Self::Day(day) => day.to_string(),
            Self::Truth(true) => "TRUE".to_owned(),
            Self::Truth(false) => "FALSE".to_owned(),
            Self::Formula(formula) => format!("={formula}"),
        }
    }
}

/// As much of a text as a cell holds, beginning with what can be seen. No field takes as much, so
/// that what is cut off is wrong in any case.
fn held(text: &str) -> &str {
    if text.len() <= HELD_BY_CELL {
        return text;
    }
    let text = text.trim_start();
    let end = text.char_indices().nth(HELD_BY_CELL).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// A row of a sheet: its number, counted from 1, and what stands in it, by column from the left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: u32,
    /// The column, counted from 0, and what stands there; empty cells are left out.
    pub cells: Vec<(u16, Cell)>,
}

impl Row {
    /// How much it takes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(|(_, cell)| size_of::<(u16, Cell)>() + cell.bytes()).sum()
    }

    /// What stands in a column.
    #[must_use]
    pub fn cell(&self, column: u16) -> Option<&Cell> {
        self.cells.iter().find(|(at, _)| *at == column).map(|(_, cell)| cell)
    }
}

/// The letters of a column, counted from 0: `A`, `Z`, `AA`.
#[must_use]
pub fn letters(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.extend(char::from_digit(digit + 10, 36).map(|letter| letter.to_ascii_uppercase()));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The address of a cell: `发布信息!C7`; without a sheet's name, `C7`.
#[must_use]
pub fn address(sheet: Option<&str>, row: u32, column: u16) -> String {
    let cell = format!("{}{row}", letters(column));
    match sheet {
        None => cell,
        Some(name) if name.chars().all(char::is_alphanumeric) => format!("{name}!{cell}"),
        Some(name) => format!("'{}'!{cell}", name.replace('\'', "''")),
    }
}
