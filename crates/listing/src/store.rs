//! Rows and SQL of this domain's tables.

mod changes;
mod followers;
mod listings;
mod references;
mod search;
mod text_search;

pub(crate) use changes::*;
pub(crate) use followers::*;
pub(crate) use listings::*;
pub(crate) use references::*;
pub(crate) use search::*;
