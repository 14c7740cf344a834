//! Counts from indexes alone.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::Bool,
};
use diesel_async::RunQueryDsl;
use kernel::{Domain, Id, ListingKind, ListingStatus, kinds};
use schema::listing::listings;
use store::{Conn, Outcome};

/// How many listings of an organisation everybody may know of, by state, kind and field.
pub(crate) async fn listing_counts(
    conn: &mut Conn,
    organisation: Id<kinds::Organisation>,
) -> Outcome<Vec<(ListingStatus, ListingKind, Domain, i64)>> {
    // Spelled as the index spells it.
    let known = sql::<Bool>("status IN ('published', 'reserved', 'traded')");
    Ok(listings::table
        .filter(listings::organisation_id.eq(organisation))
        .filter(known)
        .group_by((listings::status, listings::kind, listings::domain))
        .order((listings::status, listings::kind, listings::domain))
        .select((listings::status, listings::kind, listings::domain, count_star()))
        .load(conn)
        .await?)
}

/// How many listings everybody may read.
pub(crate) async fn public_count(conn: &mut Conn) -> Outcome<i64> {
    let public = sql::<Bool>("status IN ('published', 'reserved')");
    Ok(listings::table.filter(public).count().get_result(conn).await?)
}

/// Listings that everybody may read, in the order of their ids, and when they changed, last.
pub(crate) async fn public_listings(
    conn: &mut Conn,
    skip: i64,
    most: i64,
) -> Outcome<Vec<(Id<kinds::Listing>, DateTime<Utc>)>> {
    let public = sql::<Bool>("status IN ('published', 'reserved')");
    Ok(listings::table
        .filter(public)
        .order(listings::id)
        .offset(skip)
        .limit(most)
        .select((listings::id, listings::updated_at))
        .load(conn)
        .await?)
}
