//! Rows and SQL of this domain's tables.

mod duplicates;
mod followed;
mod life;
mod listings;
mod reviews;
mod rows;
mod saved_searches;
mod search;

pub(crate) use duplicates::*;
pub(crate) use followed::*;
pub(crate) use life::*;
pub(crate) use listings::*;
pub(crate) use reviews::*;
pub(crate) use saved_searches::*;
pub(crate) use search::*;
