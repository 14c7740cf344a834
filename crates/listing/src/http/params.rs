//! What operations take beside a body, for the API description; read by [`web`].
#![allow(dead_code, reason = "describes what `web::Path` and `web::Write` read")]

use kernel::{Id, kinds};
use utoipa::IntoParams;

/// Which listing.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ListingPath {
    /// The listing's id.
    id: Id<kinds::Listing>,
}

/// Which listing of one's own organisation.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ReferencePath {
    /// Your organisation's own number for it, percent-encoded (`/` as `%2F`).
    #[param(min_length = 1, max_length = 100, example = "QHU-2026-017")]
    reference: String,
}

/// What is supposed of what is there.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct PreconditionParams {
    /// The `ETag` that was read: only that version is replaced.
    #[param(rename = "If-Match", example = "\"v1\"")]
    if_match: Option<String>,
    /// `*`: only if there is none yet.
    #[param(rename = "If-None-Match", example = "*")]
    if_none_match: Option<String>,
}

/// Which import.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ImportPath {
    /// The import's id.
    id: Id<kinds::ListingImport>,
}

/// Which file of which listing.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct AttachmentPath {
    /// The listing's id.
    id: Id<kinds::Listing>,
    /// The file's id.
    attachment_id: Id<kinds::Attachment>,
}

/// Which request to see what is protected.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DisclosurePath {
    /// The request's id.
    id: Id<kinds::Disclosure>,
}

/// Which saved search.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SavedSearchPath {
    /// The saved search's id.
    id: Id<kinds::SavedSearch>,
}

/// In which version.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct VersionParams {
    /// The `ETag` that was read: the change is made to that version and to no other.
    #[param(rename = "If-Match", example = "\"v1\"")]
    if_match: String,
}

/// Under which key.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct KeyParams {
    /// One key, one effect: a repeated request gets the first answer again.
    #[param(rename = "Idempotency-Key", max_length = 255)]
    idempotency_key: Option<String>,
}
