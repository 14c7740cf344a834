//! The table `listing_comparisons`.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, kinds};
use schema::listing_comparisons::listing_comparisons::{self, dsl};
use store::{Conn, Outcome};

/// A listing that is to be compared with the saved searches behind one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub(crate) struct Comparison {
    #[diesel(sql_type = SqlUuid)]
    pub(crate) listing_id: Id<kinds::Listing>,
    #[diesel(sql_type = Timestamptz)]
    pub(crate) said_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(crate) behind: Option<Id<kinds::SavedSearch>>,
    #[diesel(sql_type = Timestamptz)]
    pub(crate) noted_at: DateTime<Utc>,
}

/// Notes that a listing is to be compared. One that is noted already begins anew.
pub(crate) async fn note_comparison(conn: &mut Conn, comparison: Comparison) -> Outcome<()> {
    let from = (
        dsl::said_at.eq(comparison.said_at),
        dsl::behind.eq(comparison.behind),
        dsl::noted_at.eq(comparison.noted_at),
        dsl::held_until.eq(None::<DateTime<Utc>>),
    );
    diesel::insert_into(listing_comparisons::table)
        .values((dsl::listing_id.eq(comparison.listing_id), from))
        .on_conflict(dsl::listing_id)
        .do_update()
        .set(from)
        .execute(conn)
        .await?;
    Ok(())
}

/// Another server's are skipped.
const TAKE_UP: &str = "
    UPDATE listing_comparisons SET held_until = $2
     WHERE listing_id = (
            SELECT listing_id FROM listing_comparisons
             WHERE held_until IS NULL OR held_until <= $1
             ORDER BY noted_at, listing_id
             LIMIT 1
               FOR UPDATE SKIP LOCKED)
    RETURNING listing_id, said_at, behind, noted_at";

/// Takes up the one that was noted first; until then nobody else does.
pub(crate) async fn take_up_comparison(
    conn: &mut Conn,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Outcome<Option<Comparison>> {
    let taken = diesel::sql_query(TAKE_UP)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(until)
        .get_result(conn)
        .await;
    Ok(taken.optional()?)
}

/// Is it still as it was taken up? It is locked until the transaction ends.
pub(crate) async fn is_unchanged(conn: &mut Conn, comparison: &Comparison) -> Outcome<bool> {
    let row = dsl::listing_comparisons
        .find(comparison.listing_id)
        .filter(dsl::said_at.eq(comparison.said_at))
        .filter(dsl::behind.is_not_distinct_from(comparison.behind))
        .filter(dsl::noted_at.eq(comparison.noted_at))
        .select(dsl::listing_id)
        .for_update();
    let found: Option<Id<kinds::Listing>> = row.first(conn).await.optional()?;
    Ok(found.is_some())
}

/// A listing has been compared with all of them.
pub(crate) async fn end_comparison(conn: &mut Conn, id: Id<kinds::Listing>) -> Outcome<()> {
    diesel::delete(dsl::listing_comparisons.find(id)).execute(conn).await?;
    Ok(())
}
