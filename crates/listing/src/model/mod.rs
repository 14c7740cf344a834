//! What a listing is: its words, its states, and the steps between them. Pure: time and
//! permission come in as arguments.

mod contact;
mod content;
mod import;
mod ipc;
mod life;
mod listing;
mod money;
mod number;
mod patent;
mod replacement;
mod review;
mod revise;
mod revision;
pub mod sheet;
mod sketch;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod trl;

pub use contact::Contact;
pub use content::{Changes, Content};
pub use import::{
    FileKind, Import, ImportFailure, ImportFile, ImportMode, ImportStatus, ImportWish, Progress,
};
pub use ipc::Ipc;
pub use listing::{Listing, NewListing, Owner, Submitter};
pub use money::{Budget, Price};
pub use number::ListingNumber;
pub use patent::Patent;
pub use review::{FieldPointer, ReturnReason, ReturnReasons};
pub use revision::{Revision, RevisionStage, RevisionStatus};
pub use sketch::Sketch;
pub use state::{Publication, State};
pub use terms::{Clause, TermWeight, Terms, TextQuery};
pub use trl::{Stage, Trl, TrlScale};
