//! Ranking and introductions, pure: no database, no HTTP, no clock.

pub mod document;
pub mod explanation;
mod factors;
mod features;
pub mod introduction;
pub mod message;
pub mod ranker;
mod text_index;
