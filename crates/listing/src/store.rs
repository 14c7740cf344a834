//! Rows and SQL of this domain's tables.

mod duplicates;
mod life;
mod listings;
mod reviews;
mod rows;
mod search;
mod text_search;

pub(crate) use duplicates::*;
pub(crate) use life::*;
pub(crate) use listings::*;
pub(crate) use reviews::*;
pub(crate) use search::*;
