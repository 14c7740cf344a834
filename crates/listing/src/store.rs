//! Rows and SQL of this domain's tables.

mod attachments;
mod bulk;
mod changes;
mod counts;
mod disclosures;
mod duplicates;
mod followed;
mod followers;
mod import_errors;
mod imports;
mod life;
mod listings;
mod protected;
mod references;
mod reviews;
mod rows;
mod saved_searches;
mod search;

pub(crate) use attachments::*;
pub(crate) use bulk::*;
pub(crate) use changes::*;
pub(crate) use counts::*;
pub(crate) use disclosures::*;
pub(crate) use duplicates::*;
pub(crate) use followed::*;
pub(crate) use followers::*;
pub(crate) use import_errors::*;
pub(crate) use imports::*;
pub(crate) use life::*;
pub(crate) use listings::*;
pub(crate) use protected::*;
pub(crate) use references::*;
pub(crate) use reviews::*;
pub(crate) use saved_searches::*;
pub(crate) use search::*;
