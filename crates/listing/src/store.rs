//! Rows and SQL of this domain's tables.

mod attachments;
mod disclosures;
mod listings;
mod protected;
mod search;
mod text_search;

pub(crate) use attachments::*;
pub(crate) use disclosures::*;
pub(crate) use listings::*;
pub(crate) use protected::*;
pub(crate) use search::*;
