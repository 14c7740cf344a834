//! Listings by the numbers that their owners gave them.

use diesel::{
    prelude::*,
    sql_types::{Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, Line, kinds};
use schema::listing::{listing_contacts, listing_revisions, listings::dsl};
use store::{Conn, Outcome};

use super::{listings::listing_for_update, rows::WholeRow};
use crate::model::Listing;

/// The listing to which its owner gave this number of its own.
pub(crate) async fn listing_by_reference(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<Option<Listing>> {
    let found: Option<WholeRow> = dsl::listings
        .filter(dsl::organisation_id.eq(owner))
        .filter(dsl::reference.eq(reference))
        .left_join(listing_contacts::table)
        .left_join(listing_revisions::table)
        .select(WholeRow::as_select())
        .first(conn)
        .await
        .optional()?;
    found.map(WholeRow::listing).transpose()
}

/// The same, locked until the transaction ends. If there is none, the number itself is: of two that
/// would both make the listing, the second finds that of the first.
pub(crate) async fn listing_by_reference_for_update(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<Option<Listing>> {
    if let Some(found) = locked(conn, owner, reference).await? {
        return Ok(Some(found));
    }
    diesel::sql_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text || E'\\n' || $2, 2))",
    )
    .bind::<SqlUuid, _>(owner)
    .bind::<Text, _>(reference)
    .execute(conn)
    .await?;
    locked(conn, owner, reference).await
}

async fn locked(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<Option<Listing>> {
    let found: Option<Id<kinds::Listing>> = dsl::listings
        .filter(dsl::organisation_id.eq(owner))
        .filter(dsl::reference.eq(reference))
        .select(dsl::id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let Some(id) = found else { return Ok(None) };
    listing_for_update(conn, id).await.map(Some)
}
