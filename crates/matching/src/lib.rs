//! Who fits whom, and the introductions that come of it.
//!
//! Every listing that is published becomes a document of the index, on the side that asks or on
//! the side that offers. Whoever has signed in may ask which documents of the other side fit a
//! listing, and is told why: the words that both share, and what else agrees ([`MatchIndex`]). How
//! good that is can be measured ([`evaluation`]).
//! Then somebody asks both to talk, often a broker; when everybody concerned has accepted, they
//! learn whom to call. If a contract comes of it, the introduction says so: the measures of 2020
//! pay a broker for having brought the two together (art. 6), and its steps are the proof.
//!
//! Matching knows of listings, brokers and contracts only by events, and keeps what it needs of
//! them. What of a suspended organisation it knows it keeps, and leaves out of every answer until
//! the organisation is verified again. [`ports::Ports`] are the questions that it asks: whom to
//! call, and who is verified at the moment of an introduction.

pub mod access;
pub mod commands;
pub mod error;
pub mod evaluation;
mod http;
mod index;
pub mod model;
pub mod ports;
pub mod queries;
mod reactions;
mod store;

pub use access::TABLE;
pub use error::REASONS;
pub use http::routes;
pub use index::MatchIndex;
pub use reactions::{
    forget_listing, learn_listing, learn_organisation, leave_organisation_out, mark_contracted,
};
