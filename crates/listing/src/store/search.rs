//! Pages of listings. A page is one statement; its indexes are in the migration `listing`.

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    dsl::{IntoBoxed, LeftJoin},
    expression::{AsExpression, ValidGrouping},
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Float},
};
use diesel_async::RunQueryDsl;
use kernel::{
    Domain, Fen, Id, Line, ListingKind, ListingStatus, PriceMode, Prose, Region, TransferMode,
    Version, kinds,
};
use schema::listing::{
    listing_terms,
    listings::{self, dsl},
};
use serde::{Deserialize, Serialize};
use store::{Conn, Outcome};

use super::text_search::{Finds, Named, TermQuery, Tsquery, ts_rank};
use crate::model::{Ipc, ListingNumber, Stage, TextQuery, Trl};

/// What a list shows of a listing.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(Pg))]
pub(crate) struct SummaryRow {
    pub(crate) id: Id<kinds::Listing>,
    pub(crate) version: Version,
    pub(crate) number: ListingNumber,
    pub(crate) organisation_id: Id<kinds::Organisation>,
    pub(crate) organisation_name: Line<200>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) kind: ListingKind,
    pub(crate) title: Line<200>,
    pub(crate) summary: Prose<2000>,
    pub(crate) keywords: Vec<Line<50>>,
    pub(crate) domain: Domain,
    pub(crate) ipc: Vec<Ipc>,
    pub(crate) region: Region,
    pub(crate) trl: Option<Trl>,
    pub(crate) stage: Option<Stage>,
    pub(crate) transfer_modes: Vec<TransferMode>,
    pub(crate) price_mode: Option<PriceMode>,
    pub(crate) price_fen: Option<Fen>,
    pub(crate) budget_min_fen: Option<Fen>,
    pub(crate) budget_max_fen: Option<Fen>,
    pub(crate) deadline: Option<NaiveDate>,
    pub(crate) status: ListingStatus,
    pub(crate) submitted_at: Option<DateTime<Utc>>,
    pub(crate) published_at: Option<DateTime<Utc>>,
}

/// Which listings are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) status: Option<ListingStatus>,
    pub(crate) organisation: Option<Id<kinds::Organisation>>,
    pub(crate) text: Option<TextQuery>,
    pub(crate) kind: Option<ListingKind>,
    pub(crate) domain: Option<Domain>,
    pub(crate) region: Option<Region>,
    pub(crate) trl_min: Option<Trl>,
    pub(crate) trl_max: Option<Trl>,
    pub(crate) price_max: Option<Fen>,
    pub(crate) transfer_mode: Option<TransferMode>,
}

type ListingId = Id<kinds::Listing>;

/// Where a listing stands in the order of its list; a cursor is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// By when it was published; in lists of other states, by when it was made.
    Newest(DateTime<Utc>, ListingId),
    /// By its price in fen; without one, behind every price.
    Cheapest(i64, ListingId),
    /// By how well it answers the query: the bits of a `real`, which no JSON rounds.
    Best(u32, ListingId),
}

/// In which order, and after which place, a page starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// The newest first.
    Newest(Option<(DateTime<Utc>, ListingId)>),
    /// The cheapest first.
    Cheapest(Option<(i64, ListingId)>),
    /// The best answers first.
    Best(Option<(u32, ListingId)>),
}

/// A fragment of SQL as a type, so that the statement is prepared once.
macro_rules! written {
    ($(#[$doc:meta])* $name:ident: $sql_type:ty = $sql:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, QueryId, ValidGrouping)]
        struct $name;
        impl Expression for $name {
            type SqlType = $sql_type;
        }
        impl<Source> AppearsOnTable<Source> for $name {}
        impl<Source> SelectableExpression<Source> for $name {}
        impl QueryFragment<Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }
    };
}

written! {
    /// Not a parameter: PostgreSQL must see that the partial indexes serve.
    IsPublished: Bool = "listings.status = 'published'"
}
written! {
    /// The price, or more than any price.
    PriceOrLast: BigInt = "coalesce(listings.price_fen, 9223372036854775807)"
}
written! {
    /// The name of the rank in the select list, by which it is computed only once.
    Rank: Float = "rank"
}
written! {
    BestFirst: Float = "rank DESC"
}

type Found = IntoBoxed<'static, LeftJoin<listings::table, listing_terms::table>, Pg>;

/// The listings that are wanted. The join costs nothing where no text is asked for: PostgreSQL
/// leaves it out.
fn found(wanted: &Wanted) -> Found {
    let mut query = listings::table.left_join(listing_terms::table).into_boxed();
    match wanted.status {
        Some(ListingStatus::Published) => query = query.filter(IsPublished),
        Some(status) => query = query.filter(dsl::status.eq(status)),
        None => {}
    }
    if let Some(organisation) = wanted.organisation {
        query = query.filter(dsl::organisation_id.eq(organisation));
    }
    if let Some(text) = &wanted.text {
        let required = TermQuery(text.required.clone());
        let required = AsExpression::<Tsquery>::as_expression(required);
        query = query.filter(Finds::new(listing_terms::terms.nullable(), required));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(dsl::kind.eq(kind));
    }
    if let Some(domain) = wanted.domain {
        query = query.filter(dsl::domain.eq(domain));
    }
    if let Some(region) = &wanted.region {
        query = query.filter(dsl::region.eq(region.clone()));
    }
    if let Some(level) = wanted.trl_min {
        query = query.filter(dsl::trl.ge(level));
    }
    if let Some(level) = wanted.trl_max {
        query = query.filter(dsl::trl.le(level));
    }
    if let Some(price) = wanted.price_max {
        query = query.filter(dsl::price_fen.le(price));
    }
    if let Some(mode) = wanted.transfer_mode {
        query = query.filter(dsl::transfer_modes.contains(vec![mode]));
    }
    query
}

/// How many listings there are of those.
pub(crate) async fn count(conn: &mut Conn, wanted: &Wanted) -> Outcome<i64> {
    Ok(found(wanted).count().get_result(conn).await?)
}

/// A page of those: at most `limit` from `start` on.
pub(crate) async fn search(
    conn: &mut Conn,
    wanted: &Wanted,
    start: Start,
    limit: i64,
) -> Outcome<Vec<(SummaryRow, Place)>> {
    match (start, &wanted.text) {
        (Start::Cheapest(after), _) => cheapest(conn, wanted, after, limit).await,
        (Start::Best(after), Some(text)) => best(conn, wanted, text, after, limit).await,
        (Start::Newest(after), _) if wanted.status == Some(ListingStatus::Published) => {
            newest(conn, wanted, after, limit).await
        }
        (Start::Newest(after), _) => newest_made(conn, wanted, after, limit).await,
        (Start::Best(_), None) => Err(anyhow!("a ranking without a text").into()),
    }
}

// In each order, the first condition of a cursor is where the index is entered, and the second
// leaves out what was shown already.

/// Published ones, the last published first.
async fn newest(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<(DateTime<Utc>, ListingId)>,
    limit: i64,
) -> Outcome<Vec<(SummaryRow, Place)>> {
    let mut query = found(wanted);
    if let Some((at, id)) = after {
        query = query
            .filter(dsl::published_at.le(at))
            .filter(dsl::published_at.lt(at).or(dsl::id.nullable().lt(id)));
    }
    let rows: Vec<SummaryRow> = query
        .order((dsl::published_at.desc(), dsl::id.desc()))
        .select(SummaryRow::as_select())
        .limit(limit)
        .load(conn)
        .await?;
    let place =
        |row: &SummaryRow| Place::Newest(row.published_at.unwrap_or(row.created_at), row.id);
    Ok(placed(rows, place))
}

/// Those in other states, or in any: the last made first.
async fn newest_made(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<(DateTime<Utc>, ListingId)>,
    limit: i64,
) -> Outcome<Vec<(SummaryRow, Place)>> {
    let mut query = found(wanted);
    if let Some((at, id)) = after {
        query =
            query.filter(dsl::created_at.le(at)).filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    let rows: Vec<SummaryRow> = query
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .select(SummaryRow::as_select())
        .limit(limit)
        .load(conn)
        .await?;
    Ok(placed(rows, |row| Place::Newest(row.created_at, row.id)))
}

/// The cheapest first, and what names no price last.
async fn cheapest(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<(i64, ListingId)>,
    limit: i64,
) -> Outcome<Vec<(SummaryRow, Place)>> {
    let mut query = found(wanted);
    if let Some((price, id)) = after {
        query =
            query.filter(PriceOrLast.ge(price)).filter(PriceOrLast.gt(price).or(dsl::id.gt(id)));
    }
    let rows: Vec<SummaryRow> = query
        .order((PriceOrLast.asc(), dsl::id.asc()))
        .select(SummaryRow::as_select())
        .limit(limit)
        .load(conn)
        .await?;
    let place =
        |row: &SummaryRow| Place::Cheapest(row.price_fen.map_or(i64::MAX, Fen::fen), row.id);
    Ok(placed(rows, place))
}

/// The best answers first.
async fn best(
    conn: &mut Conn,
    wanted: &Wanted,
    text: &TextQuery,
    after: Option<(u32, ListingId)>,
    limit: i64,
) -> Outcome<Vec<(SummaryRow, Place)>> {
    let rank = || ts_rank(listing_terms::terms.nullable(), TermQuery(text.ranking.clone()));
    let mut query = found(wanted);
    if let Some((bits, id)) = after {
        let last = f32::from_bits(bits);
        query = query.filter(rank().le(last)).filter(rank().lt(last).or(dsl::id.nullable().lt(id)));
    }
    let rows: Vec<(SummaryRow, Option<f32>)> = query
        .order((BestFirst, dsl::id.desc()))
        .select((SummaryRow::as_select(), Named::new(rank(), Rank)))
        .limit(limit)
        .load(conn)
        .await?;
    let placed = rows.into_iter().map(|(row, rank)| {
        let place = Place::Best(rank.unwrap_or_default().to_bits(), row.id);
        (row, place)
    });
    Ok(placed.collect())
}

fn placed(rows: Vec<SummaryRow>, place: impl Fn(&SummaryRow) -> Place) -> Vec<(SummaryRow, Place)> {
    rows.into_iter()
        .map(|row| {
            let place = place(&row);
            (row, place)
        })
        .collect()
}
