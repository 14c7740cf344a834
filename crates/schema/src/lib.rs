//! The tables as diesel sees them, a file for each crate that owns them, and nothing else.
//!
//! A test compares every column with the migrated database.
#![allow(missing_docs, reason = "the migrations describe the tables")]

pub mod contracts;
pub mod disclosure;
pub mod ground;
pub mod listing;
pub mod listing_comparisons;
pub mod listing_followers;
pub mod listing_imports;
pub mod listing_searches;
pub mod matching;
pub mod parties;
pub mod subsidies;
