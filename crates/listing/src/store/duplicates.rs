//! Listings that may be the same thing.

use diesel::{
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_types::{Array, Bool, Jsonb},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, Line, ListingStatus, PatentNumber, Prose, kinds};
use schema::listing::{listing_sketches, listings};
use serde_json::{Value, json};
use store::{Conn, Outcome};

use crate::model::{ListingNumber, Patent};

/// How many listings are compared, at most, by their texts and by their patents.
const CANDIDATES: i64 = 50;

/// A listing that may be the same as another.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(Pg))]
pub(crate) struct CandidateRow {
    pub(crate) id: Id<kinds::Listing>,
    pub(crate) number: ListingNumber,
    pub(crate) organisation_id: Id<kinds::Organisation>,
    pub(crate) organisation_name: Line<200>,
    pub(crate) title: Line<200>,
    pub(crate) summary: Prose<2000>,
    pub(crate) status: ListingStatus,
    patents: Value,
}

impl CandidateRow {
    pub(crate) fn patents(&self) -> Outcome<Vec<Patent>> {
        Ok(serde_json::from_value(self.patents.clone())?)
    }
}

/// Listings other than this one that are still meant and name one of these patents.
pub(crate) async fn with_patents(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
    numbers: &[&PatentNumber],
) -> Outcome<Vec<CandidateRow>> {
    let any: Vec<Value> = numbers.iter().map(|number| json!([{ "number": number }])).collect();
    let names_one = sql::<Bool>("listings.patents @> ANY(").bind::<Array<Jsonb>, _>(any).sql(")");
    Ok(listings::table
        .filter(names_one)
        .filter(sql::<Bool>("listings.patents <> '[]'"))
        .filter(listings::id.ne(id))
        .filter(listings::status.ne(ListingStatus::Withdrawn))
        .order(listings::id)
        .limit(CANDIDATES)
        .select(CandidateRow::as_select())
        .load(conn)
        .await?)
}

/// Listings other than this one that are still meant and share a band with it.
pub(crate) async fn with_bands(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
    bands: &[i64],
) -> Outcome<Vec<CandidateRow>> {
    use diesel::PgArrayExpressionMethods as _;
    Ok(listing_sketches::table
        .inner_join(listings::table)
        .filter(listing_sketches::bands.overlaps_with(bands))
        .filter(listings::id.ne(id))
        .filter(listings::status.ne(ListingStatus::Withdrawn))
        .order(listings::id)
        .limit(CANDIDATES)
        .select(CandidateRow::as_select())
        .load(conn)
        .await?)
}
