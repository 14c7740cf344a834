//! Rows and SQL of this domain's tables.

mod bulk;
mod import_errors;
mod imports;
mod listings;
mod search;
mod text_search;

pub(crate) use bulk::*;
pub(crate) use import_errors::*;
pub(crate) use imports::*;
pub(crate) use listings::*;
pub(crate) use search::*;
