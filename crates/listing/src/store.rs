//! Rows and SQL of this domain's tables.

mod attachments;
mod disclosures;
mod duplicates;
mod life;
mod listings;
mod protected;
mod reviews;
mod rows;
mod search;
mod text_search;

pub(crate) use attachments::*;
pub(crate) use disclosures::*;
pub(crate) use duplicates::*;
pub(crate) use life::*;
pub(crate) use listings::*;
pub(crate) use protected::*;
pub(crate) use reviews::*;
pub(crate) use search::*;
