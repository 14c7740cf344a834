//! Listings in a sheet: one row for each, one column for each thing that is said of it.
//!
//! A row is turned into the form in which a listing comes in over the API, and judged by that
//! form; what the form finds wrong at a JSON pointer is wrong in the cell that the pointer came
//! from. What a column is called, what it takes and how it is explained stands in one table,
//! [`columns`], from which the template, the reading and the writing of sheets are made.

mod cell;
mod column;
mod judge;
mod layout;
mod reading;
mod refusals;
mod table;
#[cfg(test)]
mod tests;
mod writing;

pub use cell::{Cell, Row, address, letters};
pub use column::{Column, Place, Takes};
pub use judge::judge;
pub use layout::{CellFault, Form, Layout};
pub use refusals::*;
pub use table::columns;
pub use writing::{armed, disarmed, example, written};

/// The code of a reference that stands in an earlier row.
pub const REFERENCE_REPEATED: &str = "reference_repeated";
/// How many rows of listings a sheet may have.
pub const ROWS_MAX: u32 = 50_000;
/// How many columns a sheet may have.
pub const COLUMNS_MAX: u16 = 100;
/// Which row, counted with the empty ones, may be the last.
pub const LAST_ROW: u32 = 200_000;
