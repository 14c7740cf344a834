//! Rows and SQL of this domain's tables.

mod append;
mod list;
mod listings;
mod load;
mod rows;
mod save;

pub(crate) use append::{document, insert_document, insert_payment, insert_signature, insert_step};
pub(crate) use list::{ListFilter, ListKey, Listed, count, list};
pub(crate) use listings::{note_dealt, take_listings};
pub(crate) use load::{Loaded, load, lock};
pub(crate) use save::{freeze_parties, insert, next_serial, save_state, save_terms, thaw_parties};
