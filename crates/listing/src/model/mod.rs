//! What a listing is: its words, its states, and the steps between them. Pure: time and
//! permission come in as arguments.

mod attachment;
mod contact;
mod content;
mod disclosure;
mod ipc;
mod listing;
mod money;
mod number;
mod patent;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod trl;

pub use attachment::{
    ATTACHMENTS, Attachment, LARGEST_ATTACHMENT, MOST_ATTACHMENTS, Visibility, expect_open_for,
};
pub use contact::Contact;
pub use content::{Changes, Content};
pub use disclosure::{Disclosure, DisclosureRequest, DisclosureState, DisclosureStatus, Granted};
pub use ipc::Ipc;
pub use listing::{Listing, NewListing, Owner};
pub use money::{Budget, Price};
pub use number::ListingNumber;
pub use patent::Patent;
pub use state::{ReturnReasons, State};
pub use terms::{Clause, TermWeight, Terms, TextQuery};
pub use trl::{Stage, Trl};
