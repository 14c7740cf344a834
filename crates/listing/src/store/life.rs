//! Listings whose last day is near or over.

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date, Integer, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, ListingStatus, kinds};
use schema::listing::listings::dsl;
use store::{Conn, Outcome};

/// Published listings whose last day is over, at most so many; those that somebody is changing
/// come next time.
pub(crate) async fn standing_too_long(
    conn: &mut Conn,
    today: NaiveDate,
    limit: i64,
) -> Outcome<Vec<Id<kinds::Listing>>> {
    Ok(dsl::listings
        .filter(dsl::status.eq(ListingStatus::Published))
        .filter(dsl::stands_until.lt(today))
        .order((dsl::stands_until, dsl::id))
        .limit(limit)
        .select(dsl::id)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?)
}

/// A listing whose owner has just been noted to be told.
#[derive(Debug, QueryableByName)]
pub(crate) struct Reminded {
    #[diesel(sql_type = SqlUuid)]
    pub(crate) listing_id: Id<kinds::Listing>,
    #[diesel(sql_type = SqlUuid)]
    pub(crate) organisation_id: Id<kinds::Organisation>,
    #[diesel(sql_type = Date)]
    pub(crate) stands_until: NaiveDate,
}

/// Notes the owners to be told that a listing's last day is at most so many days away, each once
/// for each last day and distance; at most so many at a time.
pub(crate) async fn note_reminders(
    conn: &mut Conn,
    today: NaiveDate,
    days_before: i32,
    limit: i64,
) -> Outcome<Vec<Reminded>> {
    const NOTE: &str = "
        WITH due AS (
            SELECT l.id, l.organisation_id, l.stands_until FROM listings l
             WHERE l.status = 'published'
               AND l.stands_until BETWEEN $1 AND $1 + $2
               AND NOT EXISTS (SELECT 1 FROM listing_reminders r
                                WHERE r.listing_id = l.id AND r.stands_until = l.stands_until
                                  AND r.days_before <= $2)
             ORDER BY l.stands_until, l.id LIMIT $3
        ), noted AS (
            INSERT INTO listing_reminders (listing_id, stands_until, days_before)
            SELECT id, stands_until, $2 FROM due
            ON CONFLICT DO NOTHING
            RETURNING listing_id
        )
        SELECT due.id AS listing_id, due.organisation_id, due.stands_until
          FROM due JOIN noted ON noted.listing_id = due.id";
    Ok(diesel::sql_query(NOTE)
        .bind::<Date, _>(today)
        .bind::<Integer, _>(days_before)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?)
}
