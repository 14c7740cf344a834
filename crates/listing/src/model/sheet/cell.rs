//! What stands in a cell, and where.

use chrono::NaiveDate;

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

    /// A text; nothing if there is nothing in it to see.
    #[must_use]
    pub fn text(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self::Text(text.to_owned()))
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

/// A row of a sheet: its number, counted from 1, and what stands in it, by column from the left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: u32,
    /// The column, counted from 0, and what stands there; empty cells are left out.
    pub cells: Vec<(u16, Cell)>,
}

impl Row {
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
