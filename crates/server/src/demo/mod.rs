//! What shows the market to people who meet it for the first time, and to those who measure it.
//!
//! [`load`] puts a small, believable world into the database, through the same commands as the
//! API. [`story`] plays one whole deal over HTTP. [`generate`] fills the database with as many
//! random listings and contracts as a load test wants.

// mod generator;
mod progress;
pub mod story;
mod world;

// pub use generator::{Plan, generate};
pub use world::{Account, Loaded, accounts, load, staff_email};

/// The password of every account of the demo. It is known to everybody: no market that serves
/// real people has these accounts.
pub const PASSWORD: &str = "prayer flags over riyue 7";
