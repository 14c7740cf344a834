//! What a listing is: its words, its states, and the steps between them. Pure: time and
//! permission come in as arguments.

mod attachment;
mod bulk_action;
mod contact;
mod content;
mod criteria;
mod disclosure;
pub mod highlight;
mod import;
mod ipc;
mod life;
mod listing;
mod money;
mod number;
mod patent;
mod pinyin;
mod reading;
mod replacement;
mod review;
mod revise;
mod revision;
mod saved_search;
pub mod sheet;
mod sketch;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod trl;

pub use attachment::{
    ATTACHMENTS, Attachment, LARGEST_ATTACHMENT, MOST_ATTACHMENTS, Visibility, expect_declared,
    expect_open_for,
};
pub use bulk_action::BulkAction;
pub use contact::Contact;
pub use content::{Changes, Content};
pub use criteria::{Criteria, Criterion};
pub use disclosure::{
    Disclosure, DisclosureRequest, DisclosureState, DisclosureStatus, Granted, Looked,
};
pub use import::{
    FileKind, Import, ImportFailure, ImportFile, ImportMode, ImportStatus, ImportWish, Progress,
};
pub use ipc::Ipc;
pub use listing::{Listing, NewListing, Owner, Submitter, expect_fit};
pub use money::{Budget, Price};
pub use number::ListingNumber;
pub use patent::Patent;
pub use pinyin::spellings;
pub use reading::{Reading, folded};
pub use review::{FieldPointer, ReturnReason, ReturnReasons};
pub use revision::{Revision, RevisionStage, RevisionStatus};
pub use saved_search::{Notify, SavedSearch};
pub use sketch::Sketch;
pub use state::{Publication, State};
pub use terms::{Key, Needle, Term, Terms, TextQuery, nouns, words};
pub use trl::{Stage, Trl, TrlScale};
