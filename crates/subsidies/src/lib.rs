//! Subsidies: what the measures pay, to whom, and why.
//!
//! A **policy** is data: rules with their articles and quoted words, readings as parameters, and
//! worked examples that must hold before it can be used ([`model::Policy`]). The **calculation** is
//! pure and exact: integer fen, one rounding, each step explained ([`model::Compiled`]). When a
//! contract is signed, what recognition would bring is **projected**; when it is recognised,
//! **awards** are computed; as it is paid, they become payable. Every assessment is kept with the
//! facts it was made from, so that running it again gives the same bytes.
//!
//! Legal basis: 《西宁市加强产学研合作促进科技成果转化若干措施(试行)》(2020), arts. 3–9, 14, 17.

pub mod access;
pub mod error;
mod http;
pub mod model;
mod queries;
mod reactions;
mod store;

pub use error::REASONS;
pub use http::routes;
pub use reactions::{assess, project, reassess_payment};
