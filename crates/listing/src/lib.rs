//! Listings: what universities and institutes can do, and what enterprises need.
//!
//! An owner writes a **draft**: a result, a patent, a need or an open challenge. It declares that
//! nothing in it is a state secret and **submits** it; an operator of the market **publishes** it,
//! or **returns** it with reasons to be mended. From then on everybody finds it, until its owner
//! **withdraws** it or a contract has **traded** it. The states and their steps are drawn in
//! [`model::State`].
//!
//! What may be seen by whom is decided in [`access`] and nowhere else: a stranger knows of what
//! has been published, and of nothing before; whom to call about a listing, its owner's own
//! number and an operator's reasons are for the owner and the market's staff.
//!
//! A listing is found by its words. The market segments them itself ([`model::Terms`]), because
//! PostgreSQL cuts no Chinese, and outside of transactions, because a long text takes longer than
//! a row may be locked.
//!
//! What a listing offers and how it is paid for follow the law on the conversion of results
//! (促进科技成果转化法 art. 18: agreed price, listed sale or auction) and the Civil Code, book 3,
//! ch. 20; a patent that is no longer in force has nothing to offer.
//!
//! Offers to others: [`routes`], [`commands`] for the server's own jobs, [`mark_traded`], [`reserve`] and
//! [`release`] for its reactions; asks the question in [`Ports`].

pub mod access;
pub mod commands;
pub mod error;
pub mod exports;
mod files;
mod http;
mod imports;
pub mod model;
mod ports;
pub mod queries;
mod reactions;
mod segmenter;
mod store;

pub use error::REASONS;
pub use http::routes;
pub use imports::Importer;
pub use model::sheet::REFUSED_FILES;
pub use ports::{OrganisationFacts, Ports};
pub use reactions::{mark_traded, release, reserve};
