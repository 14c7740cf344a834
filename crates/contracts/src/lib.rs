//! Technology contracts: what the parties agree, sign and pay, and what the registrar recognises.
//!
//! A contract is written as a **draft** by the editors of its parties. **Offering** it freezes its
//! text and the text's SHA-256; the signatory of each party **signs** that digest, once. A text can
//! be **withdrawn** until the last has signed: then it is a draft again, and signatures under it
//! are void. Once **signed** by every party it binds, and this is announced with all facts.
//!
//! The seller (for an import the buyer) **applies for recognition**; the registrar asks for a
//! **supplement**, **recognises** and registers the contract with its type and technology amount,
//! or **refuses** with listed reasons. Payments are **recorded** against the contract, never more
//! than was agreed. What subsidies are paid for hangs on these facts.
//!
//! Legal basis: Civil Code, book 3, chapter 20; the recognition of technology contracts by the
//! registration office (2000 measures and 2001 rules until 2026-02-28, the measures of 2026 since).
//! Completion, amendment, termination, and change, cancellation and revocation of a recognition
//! belong here too: as further [`model::State`]s and [`model::StepFacts`], one command each.
//!
//! What the crate asks of others is in [`ports`]; what it tells them are the `Contract…` events.

// The example of a whole contract in the API description is one large `json!`.
#![recursion_limit = "256"]

pub mod access;
pub mod commands;
pub mod error;
mod http;
pub mod model;
pub mod ports;
pub mod queries;
mod store;

pub use access::TABLE;
pub use error::REASONS;
pub use http::routes;
