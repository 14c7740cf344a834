//! How long a listing stands, and what stops it.

use actix_web::{delete, post};
use kernel::{Id, kinds::Listing};
use web::{Answer, ChangeProblems, NoBody, Path, ProblemView, Write};

use crate::{
    commands::{DiscardRevision, RenewListing, SuspendListing},
    http::{
        forms::{RenewListingForm, SuspendListingForm},
        params::{KeyParams, ListingPath, VersionParams},
        views::ListingView,
    },
};

/// Take a listing down
///
/// By an `operator`, with a reason, when it should not be seen: nobody finds it until it is
/// published again. Its owner may mend it and submit it.
#[utoipa::path(
    tag = "listings",
    operation_id = "suspend_listing",
    params(ListingPath, VersionParams, KeyParams),
    request_body = SuspendListingForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Taken down.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/suspend")]
pub(super) async fn suspend_listing(
    id: Path<Id<Listing>>,
    write: Write<SuspendListingForm>,
) -> Answer {
    let (version, reason) = (write.if_match()?, write.body.reason.clone());
    write.change(SuspendListing { id: id.0, version, reason }, ListingView::whole).await
}

/// Let a listing stand longer
///
/// An `editor` of its owner lets a published listing stand on, or an expired one come back. What
/// has become wrong meanwhile, such as a right that has ended, is refused.
#[utoipa::path(
    tag = "listings",
    operation_id = "renew_listing",
    params(ListingPath, VersionParams, KeyParams),
    request_body = RenewListingForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Renewed.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/renew")]
pub(super) async fn renew_listing(id: Path<Id<Listing>>, write: Write<RenewListingForm>) -> Answer {
    let (version, until) = (write.if_match()?, write.body.expires_on);
    write.change(RenewListing { id: id.0, version, until }, ListingView::whole).await
}

/// Give up a revision
///
/// An `editor` of its owner gives up what a published listing was to say next, in whatever stage
/// that is. The listing stands as it is.
#[utoipa::path(
    tag = "listings",
    operation_id = "discard_listing_revision",
    params(ListingPath, VersionParams, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Given up.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
        (status = 409, description = "`no_revision`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[delete("/listings/{id}/revision")]
pub(super) async fn discard_listing_revision(
    id: Path<Id<Listing>>,
    write: Write<NoBody>,
) -> Answer {
    let version = write.if_match()?;
    write.change(DiscardRevision { id: id.0, version }, ListingView::whole).await
}
