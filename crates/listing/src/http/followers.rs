//! Who follows listings, and how they are received.

use actix_web::{HttpResponse, delete, get, put, web::Data};
use chrono::{DateTime, Utc};
use kernel::{Id, kinds::Listing};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Answer, ListProblems, NoBody, NoFilter, PageParams, PageView, Paged, Path, ProblemView, Read,
    ReadProblems, Write,
};

use crate::{
    Ports,
    commands::{FollowListing, UnfollowListing},
    http::{params::ListingPath, search_views::ListingSummaryView},
    queries::{self, Statistics},
    store::FollowPlace,
};

/// A listing that somebody follows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FollowedListing)]
pub(super) struct FollowedListingView {
    /// Since when.
    followed_at: DateTime<Utc>,
    listing: ListingSummaryView,
}

/// How a listing is received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingStatistics)]
pub(super) struct ListingStatisticsView {
    /// How often others have looked at it: neither its owner nor the market's staff. A few seconds
    /// behind.
    #[schema(minimum = 0)]
    views: i64,
    /// Of these, in the last 30 days, today included.
    #[schema(minimum = 0)]
    views_last_30_days: i64,
    /// How many accounts follow it.
    #[schema(minimum = 0)]
    follows: i64,
    /// How many introductions it has been part of, whatever came of them.
    #[schema(minimum = 0)]
    introductions: i64,
}

impl From<Statistics> for ListingStatisticsView {
    fn from(statistics: Statistics) -> Self {
        let Statistics { reception, introductions } = statistics;
        Self {
            views: reception.views,
            views_last_30_days: reception.views_lately,
            follows: reception.follows,
            introductions,
        }
    }
}

/// Follow a listing
///
/// Whoever has signed in follows what they may see, to find it again in `list_followed_listings`.
/// Following it again changes nothing.
#[utoipa::path(
    tag = "listings",
    operation_id = "follow_listing",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 204, description = "You follow it."),
        (status = 401, description = "`unauthenticated`, `invalid_token`, `rights_changed`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_followed`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[put("/listings/{id}/follow")]
pub(super) async fn follow_listing(id: Path<Id<Listing>>, write: Write<NoBody>) -> Answer {
    write.run(FollowListing { id: id.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Stop following a listing
///
/// Also one that you can no longer see.
#[utoipa::path(
    tag = "listings",
    operation_id = "unfollow_listing",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 204, description = "You do not follow it."),
        (status = 401, description = "`unauthenticated`, `invalid_token`, `rights_changed`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[delete("/listings/{id}/follow")]
pub(super) async fn unfollow_listing(id: Path<Id<Listing>>, write: Write<NoBody>) -> Answer {
    write.run(UnfollowListing { id: id.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List what you follow
///
/// What you followed last comes first. A listing that you can no longer see is left out for as long
/// as that lasts.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_followed_listings",
    params(PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<FollowedListingView>),
    ),
    security(("bearer" = []))
)]
#[get("/me/followed-listings")]
pub(super) async fn list_followed_listings(
    read: Read,
    paged: Paged<NoFilter, FollowPlace>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (rows, total) =
        queries::followed(&mut conn, read.caller(), paged.after, paged.limit + 1, paged.count)
            .await?;
    let page = paged.page(rows, |(at, row)| (*at, row.id), total);
    read.list(page.map(|(followed_at, row)| FollowedListingView {
        followed_at,
        listing: ListingSummaryView::from(row),
    }))
}

/// Read how a listing is received
///
/// For its owner, the operators and the auditors.
#[utoipa::path(
    tag = "listings",
    operation_id = "get_listing_statistics",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 200, description = "How often it was looked at, followed, introduced.",
         body = ListingStatisticsView, headers(("ETag" = String, description = "Its digest."))),
        (status = 304, description = "The client has this."),
        (status = 403, description = "`forbidden`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listings/{id}/statistics")]
pub(super) async fn get_listing_statistics(
    ports: Data<dyn Ports>,
    read: Read,
    id: Path<Id<Listing>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let today = kernel::civil_date(read.db().clock().now());
    let ports = ports.into_inner();
    let found = queries::statistics(&mut conn, ports.as_ref(), read.caller(), id.0, today).await?;
    read.show_as_it_is(&ListingStatisticsView::from(found))
}
