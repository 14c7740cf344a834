//! Rows and SQL of this domain's tables.

mod listings;
mod references;
mod search;
mod text_search;

pub(crate) use listings::*;
pub(crate) use references::*;
pub(crate) use search::*;
