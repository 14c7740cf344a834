//! The binary `market`: what ties the domains together.
//!
//! The only crate that names two domains. [`reactions`] says what one causes in another, [`ports`]
//! answers what one asks of another, [`app`] puts the application together, [`serving`] runs it.

pub mod access;
pub mod app;
pub mod cli;
pub mod config;
mod database_url;
pub mod demo;
pub mod draining;
mod health;
mod housekeeping;
mod keys;
mod logging;
mod metrics;
pub mod openapi;
pub mod ports;
mod problems;
mod progress;
pub mod reactions;
mod routes;
pub mod serving;
mod showcases;
pub mod signals;
pub mod site;
mod vocabularies;
pub mod worker;
