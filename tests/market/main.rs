//! The one integration binary: the real server over HTTP, on a real PostgreSQL that it starts
//! itself. One binary links once and starts one cluster; each test clones a migrated template.
//! Modules are named after what they speak of in the API.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::large_futures,
    clippy::zombie_processes,
    unreachable_pub,
    reason = "a test that panics has failed, which is what it is for"
)]

mod support;

mod access;
mod architecture;
mod attachments;
mod awards;
mod calculation;
mod changes;
mod conditional;
mod contracts;
mod demo;
mod description;
mod disclosures;
mod exports;
mod file_store;
mod followers;
mod hostile;
mod idempotency;
mod import_files;
mod import_kill;
mod imports;
mod introduction_life;
mod introductions;
mod kill;
mod leaks;
mod listing_life;
mod listing_reviews;
mod listings;
mod migrations;
mod mirror;
mod operation;
mod organisations;
mod overload;
mod pressure;
mod proposals;
mod races;
mod references;
mod saved_searches;
mod schema;
mod search;
mod search_pressure;
mod sessions;
mod showcases;
mod states;
mod tokens;
mod uploads;
mod vocabularies;
