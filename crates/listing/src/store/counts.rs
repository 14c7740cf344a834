//! Counts from indexes alone.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Uuid as SqlUuid},
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

#[derive(QueryableByName)]
struct FirstRow {
    #[diesel(sql_type = SqlUuid)]
    id: Id<kinds::Listing>,
}

const FIRSTS: &str = "
    SELECT id FROM (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS before FROM listings
         WHERE status IN ('published', 'reserved')) public
     WHERE before % $1 = 0
     ORDER BY id";

/// The first of every so many listings that everybody may read, in the order of their ids.
pub(crate) async fn public_firsts(conn: &mut Conn, every: i64) -> Outcome<Vec<Id<kinds::Listing>>> {
    let firsts: Vec<FirstRow> =
        diesel::sql_query(FIRSTS).bind::<BigInt, _>(every).load(conn).await?;
    Ok(firsts.into_iter().map(|row| row.id).collect())
}

/// Listings that everybody may read, in the order of their ids from one on, and when they changed,
/// last.
pub(crate) async fn public_listings(
    conn: &mut Conn,
    from: Id<kinds::Listing>,
    most: i64,
) -> Outcome<Vec<(Id<kinds::Listing>, DateTime<Utc>)>> {
    let public = sql::<Bool>("status IN ('published', 'reserved')");
    Ok(listings::table
        .filter(public)
        .filter(listings::id.ge(from))
        .order(listings::id)
        .limit(most)
        .select((listings::id, listings::updated_at))
        .load(conn)
        .await?)
}
