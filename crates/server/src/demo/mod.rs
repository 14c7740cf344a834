//! What shows the market to people who meet it for the first time, and to those who measure it.
//!
//! [`load`] puts a small, believable world into the database, through the same commands as the
//! API. [`story`] plays one whole deal over HTTP. [`generate`] fills the database with as many
//! random listings and contracts as a load test wants.

mod generator;
mod people;
pub mod story;
pub mod texts;
mod world;

pub use generator::{Plan, generate};
pub use world::{Account, Loaded, accounts, load, staff_email};

/// The password of every account of the demo. It is known to everybody: no market that serves
/// real people has these accounts.
pub const PASSWORD: &str = "prayer flags over riyue 7";

/// A word of the kernel's, from a text that the demo has written itself.
fn parsed<T: std::str::FromStr<Err = kernel::Fault>>(text: &str) -> anyhow::Result<T> {
    text.parse().map_err(|fault: kernel::Fault| anyhow::anyhow!("“{text}”: {}", fault.words.en))
}
