//! What changes in one's own organisation's listings.

use actix_web::get;
use web::{Answer, Feed, FeedParams, FeedView, ListProblems, Read};

use crate::{access, http::views::ListingView, queries};

/// Follow the changes of your listings
///
/// Every listing of the organisation that you act for, whole, in the order in which they changed
/// last, whoever changed them: your editors here, the market's operators, a contract that traded
/// one. A listing that has been withdrawn is among them, with that `status`; none ever disappears.
/// Begin without `after`, keep `next_after` once you have stored what was on the page, and go on
/// from it whenever you like: no change is missed, however late it was finished. The same version
/// may come twice, and after a restore of the market's database an older one. Its files and what is
/// protected of a listing are not in it, though a change of them makes a new `version`: they have
/// addresses of their own.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_listing_changes",
    params(FeedParams),
    responses(
        ListProblems,
        (status = 200, description = "What changed next.", body = FeedView<ListingView>),
    ),
    security(("bearer" = []))
)]
#[get("/listings/changes")]
pub(super) async fn list_listing_changes(read: Read, feed: Feed) -> Answer {
    let (own, _) = access::own::<access::ListListingChanges>(read.caller())?;
    let mut conn = read.conn().await?;
    let after = feed.after(&own)?;
    let (listings, place) = queries::changes(&mut conn, own, after, feed.limit).await?;
    feed.answer(&own, listings.iter().map(ListingView::whole).collect(), &place)
}
