//! An owner's listings in the order in which they changed.
//!
//! That order is the one of the transactions that changed them. A transaction may commit long after
//! a later one; so nothing is shown that is not older than every transaction still open: what is
//! shown is complete, and who goes on from there misses nothing.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, kinds};
use schema::listing::{listing_contacts, listing_revisions, listings::dsl};
use serde::{Deserialize, Serialize};
use store::{Conn, Outcome};

use super::{followed::present, rows::WholeRow};
use crate::model::Listing;

/// Where a change stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangePlace {
    /// In which history of the database: a database that was restored goes another way from there,
    /// and its transactions count anew.
    history: String,
    /// The transaction that made it.
    xid: i64,
    /// The listing.
    id: Id<kinds::Listing>,
}

impl ChangePlace {
    fn beginning(history: String) -> Self {
        Self { history, xid: 0, id: Id::from_parts(0, &[0; 10]) }
    }
}

/// The owner's listings that changed after a place, at most `limit`, and the place of the last.
/// After a place in another history, all of them.
pub(crate) async fn changed_after(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    after: Option<ChangePlace>,
    limit: i64,
) -> Outcome<(Vec<Listing>, ChangePlace)> {
    let history = present(conn).await?.database;
    let after = after.filter(|place| place.history == history);
    let mut place = after.unwrap_or_else(|| ChangePlace::beginning(history));
    // The owner stands in the comparison, too, so that only the index
    // `listings_changed_by_organisation` serves it: one of everybody's changes would do for the
    // place, and be read through for the owner.
    let later = diesel::dsl::sql::<Bool>(
        "(listings.organisation_id, listings.changed_xid, listings.id) > (",
    )
    .bind::<SqlUuid, _>(owner)
    .sql(", ")
    .bind::<Text, _>(place.xid.to_string())
    .sql("::xid8, ")
    .bind::<SqlUuid, _>(place.id)
    .sql(") AND listings.changed_xid < pg_snapshot_xmin(pg_current_snapshot())");
    let rows: Vec<(WholeRow, i64)> = dsl::listings
        .left_join(listing_contacts::table)
        .left_join(listing_revisions::table)
        .filter(dsl::organisation_id.eq(owner))
        .filter(later)
        .order(diesel::dsl::sql::<Text>(
            "listings.organisation_id, listings.changed_xid, listings.id",
        ))
        .select((
            WholeRow::as_select(),
            diesel::dsl::sql::<BigInt>("listings.changed_xid::text::bigint"),
        ))
        .limit(limit)
        .load(conn)
        .await?;
    let mut listings = Vec::with_capacity(rows.len());
    for (row, xid) in rows {
        place = ChangePlace { xid, id: row.row.id, ..place };
        listings.push(row.listing()?);
    }
    Ok((listings, place))
}

/// What can be seen was written by a transaction that this snapshot knows to be over, unless it was
/// written in another cluster. The trigger marks each with this transaction; those that another
/// server marks at the moment are left to it.
const STAMP: &str = "
    UPDATE listings SET changed_xid = pg_current_xact_id()
     WHERE id IN (SELECT id FROM listings
                   WHERE changed_xid >= pg_snapshot_xmax(pg_current_snapshot())
                   ORDER BY changed_xid, id LIMIT $1
                     FOR UPDATE SKIP LOCKED)";

/// Marks listings whose last change seems to come from the future as changed now, at most so many.
pub(crate) async fn stamp_anew(conn: &mut Conn, limit: i64) -> Outcome<usize> {
    Ok(diesel::sql_query(STAMP).bind::<BigInt, _>(limit).execute(conn).await?)
}
