//! Rows and SQL of this domain's tables.

mod followed;
mod listings;
mod search;

pub(crate) use followed::*;
pub(crate) use listings::*;
pub(crate) use search::*;
