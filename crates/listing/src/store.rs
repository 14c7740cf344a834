//! Rows and SQL of this domain's tables.

mod changes;
mod duplicates;
mod followers;
mod life;
mod listings;
mod references;
mod reviews;
mod rows;
mod search;
mod text_search;

pub(crate) use changes::*;
pub(crate) use duplicates::*;
pub(crate) use followers::*;
pub(crate) use life::*;
pub(crate) use listings::*;
pub(crate) use references::*;
pub(crate) use reviews::*;
pub(crate) use search::*;
