//! Pages of listings. A page is one statement; its indexes are in the migration `listing`.
//!
//! Texts are looked for here only among what is not published: a few that an operator has to read,
//! or all that one organisation has, of which every word may simply be looked at. What is published
//! is found by the index of each server, and its rows are read here by their ids.

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    dsl::IntoBoxed,
    expression::ValidGrouping,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use kernel::{
    Domain, Fen, Id, Line, ListingKind, ListingStatus, PriceMode, Prose, Region, TransferMode,
    Version, kinds,
};
use schema::listing::listings::{self, dsl};
use serde::{Deserialize, Serialize};
use store::{Conn, Outcome};

use crate::model::{Criteria, Criterion, Ipc, ListingNumber, Stage, Trl};

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
    /// Of each of these, one spelling occurs in the title, the abstract, a keyword or the number,
    /// or in the owner's own number if that may be read.
    pub(crate) words: Vec<Vec<String>>,
    /// May the owner's own number be read of all of them?
    pub(crate) whole: bool,
    /// What they are; the words of it are looked for above, or in the index.
    pub(crate) criteria: Criteria,
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
    /// By how well it answers the query: the bits of a float, which no JSON rounds.
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

diesel::define_sql_function! {
    /// An array's members in one text.
    fn array_to_string(members: Array<Text>, between: Text) -> Text;
}

type Found = IntoBoxed<'static, listings::table, Pg>;

/// The listings that are wanted.
fn found(wanted: &Wanted) -> Found {
    let mut query = listings::table.into_boxed();
    match wanted.status {
        Some(ListingStatus::Published) => query = query.filter(IsPublished),
        Some(status) => query = query.filter(dsl::status.eq(status)),
        None => {}
    }
    for word in &wanted.words {
        let spellings = word.iter().map(|spelling| says(spelling, wanted.whole));
        let either: Option<Says> = spellings.reduce(|one, other| Box::new(one.or(other)));
        if let Some(either) = either {
            query = query.filter(either);
        }
    }
    for criterion in wanted.criteria.each() {
        query = match criterion {
            Criterion::Kind(kind) => query.filter(dsl::kind.eq(kind)),
            Criterion::Domain(domain) => query.filter(dsl::domain.eq(domain)),
            Criterion::Region(region) => query.filter(dsl::region.eq(region.clone())),
            Criterion::TrlMin(level) => query.filter(dsl::trl.ge(level)),
            Criterion::TrlMax(level) => query.filter(dsl::trl.le(level)),
            Criterion::PriceMax(price) => query.filter(dsl::price_fen.le(price)),
            Criterion::TransferMode(mode) => query.filter(dsl::transfer_modes.contains(vec![mode])),
            Criterion::Organisation(owner) => query.filter(dsl::organisation_id.eq(owner)),
        };
    }
    query
}

type Says = Box<dyn BoxableExpression<listings::table, Pg, SqlType = Nullable<Bool>>>;

/// A word occurs in it.
fn says(word: &str, whole: bool) -> Says {
    let pattern =
        format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let keywords = array_to_string(dsl::keywords, "\n");
    let public = dsl::title
        .ilike(pattern.clone())
        .or(dsl::summary.ilike(pattern.clone()))
        .or(keywords.ilike(pattern.clone()))
        .or(dsl::number.ilike(pattern.clone()));
    if whole {
        Box::new(public.or(dsl::reference.ilike(pattern)))
    } else {
        Box::new(public.nullable())
    }
}

/// Those of the listings that are as wanted, now; in no order.
pub(crate) async fn shown(
    conn: &mut Conn,
    wanted: &Wanted,
    ids: &[ListingId],
) -> Outcome<Vec<SummaryRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = found(wanted).filter(dsl::id.eq_any(ids.to_vec()));
    Ok(rows.select(SummaryRow::as_select()).load(conn).await?)
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
    match start {
        Start::Cheapest(after) => cheapest(conn, wanted, after, limit).await,
        Start::Newest(after) if wanted.status == Some(ListingStatus::Published) => {
            newest(conn, wanted, after, limit).await
        }
        Start::Newest(after) => newest_made(conn, wanted, after, limit).await,
        Start::Best(_) => Err(anyhow!("only the index ranks").into()),
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

fn placed(rows: Vec<SummaryRow>, place: impl Fn(&SummaryRow) -> Place) -> Vec<(SummaryRow, Place)> {
    rows.into_iter()
        .map(|row| {
            let place = place(&row);
            (row, place)
        })
        .collect()
}
