//! Rows and SQL of this domain's tables.

mod listings;
mod search;
mod text_search;

pub(crate) use listings::*;
pub(crate) use search::*;
