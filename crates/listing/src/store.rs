//! Rows and SQL of this domain's tables.

mod bulk;
mod duplicates;
mod import_errors;
mod imports;
mod life;
mod listings;
mod reviews;
mod rows;
mod search;
mod text_search;

pub(crate) use bulk::*;
pub(crate) use duplicates::*;
pub(crate) use import_errors::*;
pub(crate) use imports::*;
pub(crate) use life::*;
pub(crate) use listings::*;
pub(crate) use reviews::*;
pub(crate) use search::*;
