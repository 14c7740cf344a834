//! The operators' queue.

use actix_web::{get, post};
use kernel::{Id, kinds::Listing};
use web::{
    Answer, ChangeProblems, ListProblems, NoBody, PageParams, PageView, Paged, Path, ProblemView,
    Read, Write,
};

use crate::{
    commands::{ReleaseReview, TakeReview},
    http::{
        forms::ReviewFilterForm,
        params::{KeyParams, ListingPath},
        review_views::ReviewView,
        views::ListingView,
    },
    queries::{self, Waiting},
    store::ReviewPlace,
};

/// List what waits for review
///
/// For an `operator`: new listings and next texts of published ones, the longest waiting first.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_listing_reviews",
    params(ReviewFilterForm, PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<ReviewView>),
    ),
    security(("bearer" = []))
)]
#[get("/listing-reviews")]
pub(super) async fn list_listing_reviews(
    read: Read,
    paged: Paged<ReviewFilterForm, ReviewPlace>,
) -> Answer {
    let wanted = queries::wanted_reviews(read.caller(), &paged.filter)?;
    let mut conn = read.conn().await?;
    let (limit, count) = (paged.limit + 1, paged.count);
    let (rows, total) = queries::reviews(&mut conn, &wanted, paged.after, limit, count).await?;
    let place = |waiting: &Waiting| (waiting.review.submitted_at, waiting.listing.id);
    let page = paged.page(rows, place, total);
    read.list(page.map(ReviewView::from))
}

/// Take a listing on for review
///
/// An `operator` says that they read it, so that nobody else does. Saying it again changes nothing.
#[utoipa::path(
    tag = "listings",
    operation_id = "take_listing_review",
    params(ListingPath, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Taken on.", body = ListingView,
         headers(("ETag" = String, description = "Its version, unchanged."))),
        (status = 409, description = "`review_taken`, `invalid_state`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/review/take")]
pub(super) async fn take_listing_review(id: Path<Id<Listing>>, write: Write<NoBody>) -> Answer {
    write.change(TakeReview { id: id.0 }, ListingView::whole).await
}

/// Leave a review to others
///
/// By any `operator`, also for a colleague who is away.
#[utoipa::path(
    tag = "listings",
    operation_id = "release_listing_review",
    params(ListingPath, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Left to others.", body = ListingView,
         headers(("ETag" = String, description = "Its version, unchanged."))),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/review/release")]
pub(super) async fn release_listing_review(id: Path<Id<Listing>>, write: Write<NoBody>) -> Answer {
    write.change(ReleaseReview { id: id.0 }, ListingView::whole).await
}
