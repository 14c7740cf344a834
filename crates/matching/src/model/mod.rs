//! Ranking and introductions, pure: no database, no HTTP, no clock.

pub mod document;
pub mod explanation;
mod factors;
mod features;
pub mod introduction;
pub mod message;
pub mod ranker;
pub mod signals;
mod text_index;
pub(crate) mod wording;
