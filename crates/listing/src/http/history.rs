//! What has become of a listing, and what else may be the same.

use actix_web::get;
use kernel::{Id, Version, kinds::Listing};
use web::{
    Answer, ListProblems, NoFilter, PageParams, PageView, Paged, Path, ProblemView, Read,
    ReadProblems,
};

use crate::{
    http::{
        params::ListingPath,
        review_views::{DuplicatesView, StepView},
    },
    queries,
};

/// List a listing's history
///
/// For its owner and the market's staff: every step, the newest first, with who took it, what
/// changed, and the operator's reasons.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_listing_history",
    params(ListingPath, PageParams),
    responses(
        ListProblems,
        ReadProblems,
        (status = 200, description = "A page.", body = PageView<StepView>),
        (status = 403, description = "`forbidden`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listings/{id}/history")]
pub(super) async fn list_listing_history(
    read: Read,
    id: Path<Id<Listing>>,
    paged: Paged<NoFilter, Version>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (caller, limit) = (*read.caller(), paged.limit + 1);
    let (owner, steps) = queries::history(&mut conn, &caller, id.0, paged.after, limit).await?;
    let page = paged.page(steps, |step| step.version, None);
    read.list(page.map(|step| StepView::of(step, owner, &caller)))
}

/// Find what may be the same
///
/// For its owner, before it submits, and for the operator who reviews it: listings that name one
/// of its patents, or whose title and abstract are near the same. An owner is shown its own and
/// what is public.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_listing_duplicates",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 200, description = "The likeliest first, at most 20.", body = DuplicatesView),
        (status = 403, description = "`forbidden`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listings/{id}/duplicates")]
pub(super) async fn list_listing_duplicates(read: Read, id: Path<Id<Listing>>) -> Answer {
    let mut conn = read.conn().await?;
    let found = queries::duplicates(&mut conn, read.caller(), id.0).await?;
    read.json(&DuplicatesView::of(found))
}
