//! How a request comes in and an answer goes out.
//!
//! A handler takes a [`Read`] or a [`Write`] and gives an [`Answer`]; what is refused on the way
//! becomes an RFC 9457 problem in one place ([`guard`]). The order of a request: [`guard`] (id,
//! span, limits, headers) → extractors (who is it, body, query) → the domain's handler.

mod apart;
mod authenticate;
mod body;
mod client;
mod conditional;
mod cors;
mod cursor;
mod download;
pub mod faults;
mod feed;
mod file_name;
mod file_type;
mod gate;
mod guard;
mod head;
mod json_fault;
mod language;
mod page;
mod parts;
mod path;
mod problem;
mod problems;
mod query;
mod read;
pub mod refusals;
mod settings;
mod trace;
mod upload;
mod write;

pub use apart::apart;
pub use authenticate::Authenticate;
pub use body::BodyRoom;
pub use client::client_address;
pub use conditional::{Precondition, Resource, etag, expect_version, show_as_it_is};
pub use cors::cors;
pub use cursor::CursorKey;
pub use download::{Content, Download};
pub use feed::{Feed, FeedParams, FeedView};
pub use file_name::FileName;
pub use file_type::file_type;
pub use gate::{Class, Computing, Gate, Gates, Hashing, Short};
pub use guard::guard;
pub use head::head_as_get;
pub use json_fault::check_json;
pub use language::Language;
pub use page::{NoFilter, Page, PageParams, PageView, Paged};
pub use path::{Path, PathIn};
pub use problem::{Answer, Problem, ProblemFieldView, ProblemView};
pub use problems::{
    ChangeProblems, CreateProblems, ListProblems, OpenCreateProblems, OpenListProblems,
    OpenReadProblems, ReadProblems,
};
pub use query::{FromPairs, Named, Parted, Query};
pub use read::Read;
pub use settings::Settings;
pub use trace::RequestId;
pub use upload::{ReceivedFile, UnderWay, Upload, UploadSettings};
pub use write::{Anyone, NoBody, SignedIn, Write};

/// 422 `invalid`: add each field that must be mended with [`kernel::Refusal::at`].
#[must_use]
pub fn invalid() -> kernel::Refusal {
    store::refusals::INVALID.refuse()
}
