//! The tables `listing_follows` and `listing_views`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    dsl::count_star,
    prelude::*,
    sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, ListingStatus, kinds};
use schema::{
    listing::listings::dsl as listing,
    listing_followers::listing_follows::{self, dsl},
};
use serde::{Deserialize, Serialize};
use store::{Conn, Outcome};

use super::search::SummaryRow;

/// Where a followed listing stands in somebody's list.
pub(crate) type FollowPlace = (DateTime<Utc>, Id<kinds::Listing>);

/// Whose listings a list may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Visible {
    /// Everybody's, in whatever state.
    All,
    /// What is in these states, and this organisation's own.
    Public(Vec<ListingStatus>, Id<kinds::Organisation>),
}

/// How a listing is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, QueryableByName)]
pub(crate) struct Reception {
    /// How often others have looked at it.
    #[diesel(sql_type = BigInt)]
    pub(crate) views: i64,
    /// Of these, in the last days.
    #[diesel(sql_type = BigInt)]
    pub(crate) views_lately: i64,
    /// How many follow it.
    #[diesel(sql_type = BigInt)]
    pub(crate) follows: i64,
}

/// From here on, until the transaction ends, this account follows nothing more.
pub(crate) async fn lock_follows(conn: &mut Conn, account: Id<kinds::Account>) -> Outcome<()> {
    diesel::sql_query(
        "SELECT pg_advisory_xact_lock(hashtextextended('listing_follows ' || $1, 0))",
    )
    .bind::<Text, _>(account.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// How many listings an account follows beside one.
pub(crate) async fn follows_beside(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: Id<kinds::Listing>,
) -> Outcome<i64> {
    let others =
        listing_follows::table.filter(dsl::account_id.eq(account)).filter(dsl::listing_id.ne(id));
    Ok(others.count().get_result(conn).await?)
}

/// Somebody follows a listing; since when stays as it was.
pub(crate) async fn follow(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: Id<kinds::Listing>,
    now: DateTime<Utc>,
) -> Outcome<()> {
    diesel::insert_into(listing_follows::table)
        .values((dsl::account_id.eq(account), dsl::listing_id.eq(id), dsl::followed_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Somebody no longer follows a listing; false if they did not.
pub(crate) async fn unfollow(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: Id<kinds::Listing>,
) -> Outcome<bool> {
    Ok(diesel::delete(listing_follows::table.find((account, id))).execute(conn).await? > 0)
}

/// What somebody follows and may see, the newest first, after a place.
pub(crate) async fn followed_by(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    visible: &Visible,
    after: Option<FollowPlace>,
    limit: i64,
) -> Outcome<Vec<(DateTime<Utc>, SummaryRow)>> {
    let mut query = listing_follows::table
        .inner_join(listing::listings)
        .filter(dsl::account_id.eq(account))
        .order((dsl::followed_at.desc(), dsl::listing_id.desc()))
        .select((dsl::followed_at, SummaryRow::as_select()))
        .limit(limit)
        .into_boxed();
    if let Visible::Public(states, own) = visible {
        query = query.filter(listing::status.eq_any(states).or(listing::organisation_id.eq(own)));
    }
    if let Some((at, id)) = after {
        let same_time = dsl::followed_at.eq(at).and(dsl::listing_id.lt(id));
        query = query.filter(dsl::followed_at.lt(at).or(same_time));
    }
    Ok(query.load(conn).await?)
}

/// How many listings somebody follows and may see.
pub(crate) async fn count_followed(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    visible: &Visible,
) -> Outcome<i64> {
    let mut query = listing_follows::table
        .inner_join(listing::listings)
        .filter(dsl::account_id.eq(account))
        .select(count_star())
        .into_boxed();
    if let Visible::Public(states, own) = visible {
        query = query.filter(listing::status.eq_any(states).or(listing::organisation_id.eq(own)));
    }
    Ok(query.get_result(conn).await?)
}

/// In the order of the ids: two servers that add at once wait for one another, never in a circle.
const ADD_VIEWS: &str = "
    INSERT INTO listing_views (listing_id, day, views)
    SELECT id, $3, views FROM unnest($1, $2) AS counted (id, views) ORDER BY id
    ON CONFLICT (listing_id, day) DO UPDATE SET views = listing_views.views + excluded.views";

/// Adds to how often listings were looked at on a day.
pub(crate) async fn add_views(
    conn: &mut Conn,
    day: NaiveDate,
    views: &[(Id<kinds::Listing>, i64)],
) -> Outcome<()> {
    let (ids, counts): (Vec<_>, Vec<_>) = views.iter().copied().unzip();
    diesel::sql_query(ADD_VIEWS)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<BigInt>, _>(counts)
        .bind::<Date, _>(day)
        .execute(conn)
        .await?;
    Ok(())
}

const RECEPTION: &str = "
    SELECT coalesce(sum(views), 0)::bigint AS views,
           coalesce(sum(views) FILTER (WHERE day > $2), 0)::bigint AS views_lately,
           (SELECT count(*) FROM listing_follows WHERE listing_id = $1) AS follows
      FROM listing_views WHERE listing_id = $1";

/// How a listing is received, and lately: after this day.
pub(crate) async fn reception(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
    lately: NaiveDate,
) -> Outcome<Reception> {
    let query = diesel::sql_query(RECEPTION).bind::<SqlUuid, _>(id).bind::<Date, _>(lately);
    Ok(query.get_result(conn).await?)
}
