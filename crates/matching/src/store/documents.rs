//! The table `match_documents`.

use ::store::{Conn, Outcome};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use events::{ListingFacts, ListingPublished};
use kernel::{Id, kinds};
use schema::matching::match_documents::{self, dsl};
use serde_json::Value;

use crate::model::document::{Document, DocumentState, Side};

#[derive(Queryable, Selectable)]
#[diesel(table_name = match_documents)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct DocumentRow {
    listing_id: Id<kinds::Listing>,
    facts: Value,
    state: DocumentState,
    revision: i64,
}

/// A document as it was read: one revision of it.
pub(crate) struct Read {
    pub(crate) document: Document,
    pub(crate) revision: i64,
    pub(crate) published: bool,
}

impl TryFrom<DocumentRow> for Read {
    type Error = serde_json::Error;

    fn try_from(row: DocumentRow) -> Result<Self, serde_json::Error> {
        let DocumentRow { listing_id, facts, state, revision } = row;
        let facts: ListingFacts = serde_json::from_value(facts)?;
        let document = Document { listing_id, facts };
        Ok(Self { document, revision, published: state == DocumentState::Published })
    }
}

fn read(rows: Vec<DocumentRow>) -> Outcome<Vec<Read>> {
    Ok(rows.into_iter().map(Read::try_from).collect::<Result<_, _>>()?)
}

/// Notes what a listing says, unless something as new is known.
pub(crate) async fn learn_document(conn: &mut Conn, event: &ListingPublished) -> Outcome<()> {
    use diesel::query_dsl::methods::FilterDsl as _;
    diesel::insert_into(dsl::match_documents)
        .values((
            dsl::listing_id.eq(event.listing_id),
            dsl::version.eq(event.version),
            dsl::side.eq(Side::of(&event.listing)),
            dsl::organisation_id.eq(event.listing.organisation_id),
            dsl::facts.eq(serde_json::to_value(&event.listing)?),
            dsl::state.eq(DocumentState::Published),
        ))
        .on_conflict(dsl::listing_id)
        .do_update()
        .set((
            dsl::version.eq(excluded(dsl::version)),
            dsl::side.eq(excluded(dsl::side)),
            dsl::organisation_id.eq(excluded(dsl::organisation_id)),
            dsl::facts.eq(excluded(dsl::facts)),
            dsl::state.eq(excluded(dsl::state)),
        ))
        .filter(dsl::version.lt(excluded(dsl::version)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a listing is no longer to be found.
pub(crate) async fn lose_document(conn: &mut Conn, id: Id<kinds::Listing>) -> Outcome<()> {
    diesel::update(dsl::match_documents.find(id))
        .filter(dsl::state.eq(DocumentState::Published))
        .set(dsl::state.eq(DocumentState::Gone))
        .execute(conn)
        .await?;
    Ok(())
}

/// A listing that is published now.
pub(crate) async fn published_document(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
) -> Outcome<Option<Document>> {
    Ok(documents(conn, &[id]).await?.into_iter().find(|read| read.published).map(|r| r.document))
}

/// These listings, published or gone, in no order; unknown ones are left out.
pub(crate) async fn documents(conn: &mut Conn, ids: &[Id<kinds::Listing>]) -> Outcome<Vec<Read>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = dsl::match_documents
        .filter(dsl::listing_id.eq_any(ids))
        .select(DocumentRow::as_select())
        .load(conn)
        .await?;
    read(rows)
}

/// Those of these listings that are published and stay so until the transaction ends.
pub(crate) async fn documents_for_share(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<Document>> {
    let rows = dsl::match_documents
        .filter(dsl::listing_id.eq_any(ids))
        .filter(dsl::state.eq(DocumentState::Published))
        .order(dsl::listing_id)
        .select(DocumentRow::as_select())
        .for_share()
        .load(conn)
        .await?;
    Ok(read(rows)?.into_iter().map(|read| read.document).collect())
}

/// The published listings, in the order of their ids, after one of them.
pub(crate) async fn documents_after(
    conn: &mut Conn,
    after: Option<Id<kinds::Listing>>,
    limit: i64,
) -> Outcome<Vec<Read>> {
    let mut query = dsl::match_documents
        .filter(dsl::state.eq(DocumentState::Published))
        .order(dsl::listing_id)
        .limit(limit)
        .select(DocumentRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::listing_id.gt(after));
    }
    read(query.load(conn).await?)
}

/// How many listings are published.
pub(crate) async fn published_total(conn: &mut Conn) -> Outcome<i64> {
    let published = dsl::match_documents.filter(dsl::state.eq(DocumentState::Published));
    Ok(published.count().get_result(conn).await?)
}

#[derive(QueryableByName)]
struct HorizonRow {
    #[diesel(sql_type = BigInt)]
    horizon: i64,
}

/// The oldest transaction that is still open: everything older can be seen.
pub(crate) async fn horizon(conn: &mut Conn) -> Outcome<i64> {
    const HORIZON: &str = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon";
    let row: HorizonRow = diesel::sql_query(HORIZON).get_result(conn).await?;
    Ok(row.horizon)
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = BigInt)]
    horizon: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    listing_id: Option<Id<kinds::Listing>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    revision: Option<i64>,
}

/// What has changed since a horizon, and the horizon to ask from next time.
pub(crate) struct Changed {
    pub(crate) horizon: i64,
    pub(crate) documents: Vec<(Id<kinds::Listing>, i64)>,
}

/// One statement, hence one snapshot: what it does not see has a transaction at or after the
/// horizon that it gives. Rows at the horizon may come again; their revision tells.
const CHANGED: &str = "
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
           d.listing_id, d.revision
      FROM (VALUES (1)) AS always (one)
      LEFT JOIN match_documents d ON d.changed_xid >= $1::xid8";

/// Which documents have changed since the horizon.
pub(crate) async fn changed_since(conn: &mut Conn, horizon: i64) -> Outcome<Changed> {
    let rows: Vec<ChangedRow> =
        diesel::sql_query(CHANGED).bind::<Text, _>(horizon.to_string()).load(conn).await?;
    let next = rows.iter().map(|row| row.horizon).next().unwrap_or(horizon);
    let documents = rows.iter().filter_map(|row| row.listing_id.zip(row.revision)).collect();
    Ok(Changed { horizon: next, documents })
}

/// What can be seen was written by a transaction that this snapshot knows to be over, unless it was
/// written in another cluster. The trigger marks each with this transaction; those that another
/// server marks at the moment are left to it.
const STAMP: &str = "
    UPDATE match_documents SET changed_xid = pg_current_xact_id()
     WHERE listing_id IN (SELECT listing_id FROM match_documents
                           WHERE changed_xid >= pg_snapshot_xmax(pg_current_snapshot())
                           ORDER BY changed_xid LIMIT $1
                             FOR UPDATE SKIP LOCKED)";

/// Marks documents whose last change seems to come from the future as changed now, at most so many.
pub(crate) async fn stamp_anew(conn: &mut Conn, limit: i64) -> Outcome<usize> {
    Ok(diesel::sql_query(STAMP).bind::<BigInt, _>(limit).execute(conn).await?)
}
