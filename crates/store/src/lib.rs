//! The one door to PostgreSQL.
//!
//! Reads take a connection from a pool that cannot write ([`Db::reader`]). Writes are
//! [`Command`]s: [`Db::write`] opens a transaction, checks that the caller's rights still stand,
//! runs the command, and commits its change together with the audit entries, the announced events
//! and the answer kept under the caller's `Idempotency-Key`. Nothing else opens a transaction.
//!
//! What is too large for a row is kept beside it, in [`Objects`].

pub mod audit;
mod check;
mod clock;
mod command;
mod db;
pub mod embedded;
mod failure;
mod idempotency;
pub mod migrations;
mod objects;
pub mod outbox;
mod pool;
pub mod refusals;
mod tx;

pub use check::check_server;
pub use clock::Clock;
pub use command::Command;
pub use db::{Db, Request};
pub use diesel_async::AsyncPgConnection as Conn;
pub use failure::{Failure, Outcome, on_constraint};
pub use idempotency::{ForgetKeys, Kept, KeyUse};
pub use objects::{ObjectBytes, Objects};
pub use pool::{PoolSettings, Reader};
pub use tx::Tx;
