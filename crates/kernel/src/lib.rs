//! The words every room of the house shares.
//!
//! Each word is parsed once, at the edge, and cannot be wrong afterwards: [`Fen`] is a sum of
//! money, [`CreditCode`] has a right check character, [`Line`] has no control characters. There
//! is no IO here, no clock and no randomness; those come in as arguments.
//!
//! The only outside things the kernel knows are how a word is spelled in JSON (serde), in the
//! API description (utoipa) and in a column (diesel).

#[macro_use]
mod word;

mod access;
mod actor;
mod change;
mod credit_code;
mod division;
mod file_type;
mod id;
mod money;
mod patent_number;
mod phone;
mod refusal;
mod registration_number;
mod sha256;
mod text;
mod time;
mod version;
mod vocabulary;

pub use access::{Act, ActLine, FORBIDDEN, Grant, Permit, Relation, UNAUTHENTICATED, judge};
pub use actor::{Actor, Caller, RoleSet};
pub use change::{Change, given};
pub use credit_code::CreditCode;
pub use division::{CITY, Funder, Region};
pub use file_type::FileType;
pub use id::{Id, Kind};
pub use money::{BasisPoints, Fen, MoneyError, split_by_shares};
pub use patent_number::PatentNumber;
pub use phone::Phone;
pub use refusal::{Fault, Field, Reason, Refusal, Status, Words};
pub use registration_number::RegistrationNumber;
pub use sha256::Sha256;
pub use text::{Email, Line, Prose};
pub use time::{civil_date, end_of_civil_day};
pub use version::Version;
pub use vocabulary::*;
pub use word::{Vocabulary, Word};

/// Kinds of things that have an [`Id`]: zero-sized marks that keep ids of different things apart.
pub mod kinds {
    pub use crate::id::{
        Account, Attachment, Award, Contract, Disclosure, Event, Export, Introduction,
        IntroductionMessage, Listing, ListingImport, Organisation, Payment, SavedSearch, Session,
    };
}

#[doc(hidden)]
pub mod macro_support {
    pub use diesel;
    pub use serde;
    pub use utoipa;
}
