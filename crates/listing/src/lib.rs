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
//! Of a listing not everybody sees everything: its protected description and its protected files
//! are for those whom its owner lets see them, on request and for a time, and each look at them is
//! recorded before it is given ([`model::Disclosure`]).
//!
//! A listing is found by its words ([`SearchIndex`]). The market segments them itself, because
//! PostgreSQL cuts no Chinese, into an index that each server has for itself: it is derived from
//! what is published, and may be thrown away and built again.
//!
//! What a listing offers and how it is paid for follow the law on the conversion of results
//! (促进科技成果转化法 art. 18: agreed price, listed sale or auction) and the Civil Code, book 3,
//! ch. 20; a patent that is no longer in force has nothing to offer.
//!
//! Offers to others: [`routes`], [`commands`] for the server's own jobs, [`mark_traded`], [`reserve`],
//! [`release`], [`note_hits`] and [`note_further_hits`] for its reactions, [`Comparer`] and
//! [`Importer`] for what is done in the background, [`reindex`], [`Views`] to be added up; asks the
//! questions in [`Ports`].

pub mod access;
mod attachment_store;
pub mod commands;
mod comparing;
pub mod error;
pub mod exports;
mod files;
mod http;
mod imports;
mod index;
pub mod model;
mod ports;
pub mod queries;
mod reactions;
mod store;
mod views;

pub use attachment_store::{AttachmentStore, Whose};
pub use comparing::Comparer;
pub use error::REASONS;
pub use http::routes;
pub use imports::Importer;
pub use index::{Progress, SearchIndex, reindex};
pub use model::sheet::REFUSED_FILES;
pub use ports::{OrganisationFacts, Ports};
pub use reactions::{mark_traded, note_further_hits, note_hits, release, reserve};
pub use views::Views;
