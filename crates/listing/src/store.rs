//! Rows and SQL of this domain's tables.

mod followed;
mod listings;
mod saved_searches;
mod search;

pub(crate) use followed::*;
pub(crate) use listings::*;
pub(crate) use saved_searches::*;
pub(crate) use search::*;
