//! What waits for an operator: the table `listing_reviews`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Domain, Id, ListingKind, ListingStatus, kinds};
use schema::listing::{listing_reviews, listings};
use store::{Conn, Outcome};

use super::SummaryRow;
use crate::queries::Assigned;

/// A listing in the operators' queue.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = listing_reviews, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ReviewRow {
    pub(crate) submitted_at: DateTime<Utc>,
    pub(crate) assignee_id: Option<Id<kinds::Account>>,
    pub(crate) taken_at: Option<DateTime<Utc>>,
}

/// Which reviews are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WantedReviews {
    pub(crate) assigned: Option<Assigned>,
    pub(crate) by: Id<kinds::Account>,
    pub(crate) kind: Option<ListingKind>,
    pub(crate) domain: Option<Domain>,
    pub(crate) organisation: Option<Id<kinds::Organisation>>,
    pub(crate) revisions: Option<bool>,
}

/// Where a review stands in the queue.
pub(crate) type ReviewPlace = (DateTime<Utc>, Id<kinds::Listing>);

/// The reviews after `after`, the longest waiting first.
pub(crate) async fn reviews(
    conn: &mut Conn,
    wanted: &WantedReviews,
    after: Option<ReviewPlace>,
    limit: i64,
) -> Outcome<Vec<(SummaryRow, ReviewRow)>> {
    use listing_reviews::dsl;
    let mut query = found(wanted)
        .order((dsl::submitted_at, dsl::listing_id))
        .limit(limit)
        .select((SummaryRow::as_select(), ReviewRow::as_select()));
    if let Some((at, id)) = after {
        let later = dsl::submitted_at.gt(at);
        query = query.filter(later.or(dsl::submitted_at.eq(at).and(dsl::listing_id.gt(id))));
    }
    Ok(query.load(conn).await?)
}

/// How many reviews that are.
pub(crate) async fn count_reviews(conn: &mut Conn, wanted: &WantedReviews) -> Outcome<i64> {
    Ok(found(wanted).count().get_result(conn).await?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    listing_reviews::table.inner_join(listings::table)
}

type Found = diesel::dsl::IntoBoxed<
    'static,
    diesel::dsl::InnerJoin<listing_reviews::table, listings::table>,
    diesel::pg::Pg,
>;

fn found(wanted: &WantedReviews) -> Found {
    let mut query = joined().into_boxed();
    match wanted.assigned {
        None => {}
        Some(Assigned::Me) => query = query.filter(listing_reviews::assignee_id.eq(wanted.by)),
        Some(Assigned::Nobody) => query = query.filter(listing_reviews::assignee_id.is_null()),
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(listings::kind.eq(kind));
    }
    if let Some(domain) = wanted.domain {
        query = query.filter(listings::domain.eq(domain));
    }
    if let Some(organisation) = wanted.organisation {
        query = query.filter(listings::organisation_id.eq(organisation));
    }
    match wanted.revisions {
        None => {}
        Some(true) => query = query.filter(listings::status.ne(ListingStatus::Submitted)),
        Some(false) => query = query.filter(listings::status.eq(ListingStatus::Submitted)),
    }
    query
}

/// A review, locked until the transaction ends, if the listing waits for one.
pub(crate) async fn review_for_update(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
) -> Outcome<Option<ReviewRow>> {
    let row = listing_reviews::table.find(id).select(ReviewRow::as_select()).for_update();
    Ok(row.first(conn).await.optional()?)
}

/// Notes who has taken a review on, and when; nobody any more without one.
pub(crate) async fn assign_review(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
    assigned: Option<(Id<kinds::Account>, DateTime<Utc>)>,
) -> Outcome<()> {
    diesel::update(listing_reviews::table.find(id))
        .set((
            listing_reviews::assignee_id.eq(assigned.map(|(account, _)| account)),
            listing_reviews::taken_at.eq(assigned.map(|(_, at)| at)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
