//! The listings as a search index follows them: what is public of what is published, and what has
//! changed since which transaction.

use ::store::{Conn, Outcome};
use chrono::{DateTime, Utc};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{
    Domain, Fen, Id, Line, ListingKind, ListingStatus, PriceMode, Prose, Region, TransferMode,
    kinds,
};
use schema::listing::listings::{self, dsl};

use crate::model::{Ipc, ListingNumber, Trl, spellings};

/// What is public of a listing, as far as it is found by it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(diesel::pg::Pg))]
pub(crate) struct PublicRow {
    pub(crate) id: Id<kinds::Listing>,
    pub(crate) number: ListingNumber,
    pub(crate) organisation_id: Id<kinds::Organisation>,
    pub(crate) organisation_name: Line<200>,
    pub(crate) kind: ListingKind,
    pub(crate) title: Line<200>,
    pub(crate) summary: Prose<2000>,
    pub(crate) description: Option<Prose<20000>>,
    pub(crate) advantages: Option<Prose<2000>>,
    pub(crate) market_outlook: Option<Prose<2000>>,
    pub(crate) economic_benefits: Option<Prose<2000>>,
    pub(crate) keywords: Vec<Line<50>>,
    pub(crate) domain: Domain,
    pub(crate) ipc: Vec<Ipc>,
    pub(crate) region: Region,
    pub(crate) trl: Option<Trl>,
    pub(crate) transfer_modes: Vec<TransferMode>,
    pub(crate) price_mode: Option<PriceMode>,
    pub(crate) price_fen: Option<Fen>,
    pub(crate) status: ListingStatus,
    pub(crate) published_at: Option<DateTime<Utc>>,
}

impl PublicRow {
    /// What is said at length, beside the abstract.
    pub(crate) fn prose(&self) -> impl Iterator<Item = &str> {
        let further = [&self.advantages, &self.market_outlook, &self.economic_benefits];
        let further = further.into_iter().flatten().map(Prose::as_str);
        self.description.iter().map(Prose::as_str).chain(further)
    }

    /// Every text by which it is found; with its owner's name also as it is spelled in letters.
    pub(crate) fn texts(&self) -> Vec<String> {
        let labels = [
            self.kind.label().zh,
            self.kind.label().en,
            self.domain.label().zh,
            self.domain.label().en,
        ];
        let lines = [&self.title, &self.organisation_name];
        let mut texts: Vec<String> = lines.into_iter().map(ToString::to_string).collect();
        texts.extend(self.keywords.iter().map(ToString::to_string));
        texts.push(self.summary.to_string());
        texts.extend(self.prose().map(str::to_owned));
        texts.push(self.number.to_string());
        texts.extend(self.ipc.iter().map(ToString::to_string));
        texts.extend(labels.map(str::to_owned));
        texts.extend(spellings(self.organisation_name.as_str()));
        texts
    }
}

/// A listing that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: Id<kinds::Listing>,
    /// The transaction that has changed it.
    pub(crate) xid: i64,
    pub(crate) published: bool,
}

/// What has changed since a horizon, and the horizon to ask from next time.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) horizon: i64,
    pub(crate) listings: Vec<Change>,
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = BigInt)]
    horizon: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    id: Option<Id<kinds::Listing>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    xid: Option<i64>,
    #[diesel(sql_type = Nullable<Bool>)]
    published: Option<bool>,
}

/// One statement, hence one snapshot: what it does not see has a transaction at or after the
/// horizon that it gives. Rows at the horizon may come again; their transaction tells.
const CHANGED: &str = "
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
           l.id, l.changed_xid::text::bigint AS xid, l.status = 'published' AS published
      FROM (VALUES (1)) AS always (one)
      LEFT JOIN listings l ON l.changed_xid >= $1::xid8";

/// Which listings have changed since the horizon.
pub(crate) async fn changed_since(conn: &mut Conn, horizon: i64) -> Outcome<Changed> {
    let rows: Vec<ChangedRow> =
        diesel::sql_query(CHANGED).bind::<Text, _>(horizon.to_string()).load(conn).await?;
    let next = rows.iter().map(|row| row.horizon).next().unwrap_or(horizon);
    let change =
        |row: ChangedRow| Some(Change { id: row.id?, xid: row.xid?, published: row.published? });
    Ok(Changed { horizon: next, listings: rows.into_iter().filter_map(change).collect() })
}

/// A listing, and the transaction that has changed it.
pub(crate) type Followed = (PublicRow, i64);

/// These listings, published or not; unknown ones are left out.
pub(crate) async fn followed(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<Followed>> {
    let rows = dsl::listings
        .filter(dsl::id.eq_any(ids))
        .select((PublicRow::as_select(), sql::<BigInt>("changed_xid::text::bigint")))
        .load(conn)
        .await?;
    Ok(rows)
}

/// The published listings, in the order of their ids, after one of them.
pub(crate) async fn published_after(
    conn: &mut Conn,
    after: Option<Id<kinds::Listing>>,
    limit: i64,
) -> Outcome<Vec<PublicRow>> {
    let mut query = dsl::listings
        .filter(dsl::status.eq(ListingStatus::Published))
        .order(dsl::id)
        .limit(limit)
        .select(PublicRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn).await?)
}

/// How many listings are published.
pub(crate) async fn published_total(conn: &mut Conn) -> Outcome<i64> {
    let published = dsl::listings.filter(dsl::status.eq(ListingStatus::Published));
    Ok(published.count().get_result(conn).await?)
}

/// Which database this is, and how far it is.
#[derive(Clone, Debug, QueryableByName)]
pub(crate) struct Present {
    /// Tells it from every other, and from its own past after it was set back to it.
    #[diesel(sql_type = Text)]
    pub(crate) database: String,
    /// The oldest transaction that is still open: everything older can be seen.
    #[diesel(sql_type = BigInt)]
    pub(crate) horizon: i64,
}

/// The timeline is that of what is written now: the one of the last checkpoint may still be that of
/// the past when a database has just been set back.
const PRESENT: &str = "
    SELECT s.system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
               || '/' || d.oid AS database,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon
      FROM pg_control_system() s, pg_database d
     WHERE d.datname = current_database()";

/// Which database this is, and how far it is.
pub(crate) async fn present(conn: &mut Conn) -> Outcome<Present> {
    Ok(diesel::sql_query(PRESENT).get_result(conn).await?)
}

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = SqlUuid)]
    id: Id<kinds::Organisation>,
    #[diesel(sql_type = Text)]
    name: Line<200>,
}

/// Each from its last published listing: one step in an index for each organisation.
const NAMES: &str = "
    SELECT o.id, l.organisation_name AS name
      FROM unnest($1) AS o (id)
     CROSS JOIN LATERAL (SELECT organisation_name FROM listings
                          WHERE organisation_id = o.id AND status = 'published'
                          ORDER BY published_at DESC, id DESC LIMIT 1) l";

/// The names of organisations, as far as they have published something.
pub(crate) async fn names(
    conn: &mut Conn,
    ids: &[Id<kinds::Organisation>],
) -> Outcome<Vec<(Id<kinds::Organisation>, Line<200>)>> {
    let rows: Vec<NameRow> = diesel::sql_query(NAMES)
        .bind::<diesel::sql_types::Array<SqlUuid>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
