//! The listings as a search index follows them: what is public of what is published, and what has
//! changed since which moment.

use ::store::{Conn, Outcome};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{
    Domain, Fen, Id, Line, ListingKind, ListingStatus, PriceMode, Prose, Region, TransferMode,
    kinds,
};
use schema::listing::listings::{self, dsl};
use serde::{Deserialize, Serialize};

use crate::model::{Criteria, Criterion, Ipc, ListingNumber, Trl, spellings};

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

    /// Is it what a saved search looks for, whatever it says? As `search_listings` has it.
    pub(crate) fn fits(&self, wanted: &Criteria) -> bool {
        wanted.each().all(|criterion| match criterion {
            Criterion::Kind(kind) => self.kind == kind,
            Criterion::Domain(domain) => self.domain == domain,
            Criterion::Region(region) => self.region == *region,
            Criterion::TrlMin(least) => self.trl.is_some_and(|level| level >= least),
            Criterion::TrlMax(most) => self.trl.is_some_and(|level| level <= most),
            Criterion::PriceMax(most) => self.price_fen.is_some_and(|fen| fen <= most),
            Criterion::TransferMode(mode) => self.transfer_modes.contains(&mode),
            Criterion::Organisation(owner) => self.organisation_id == owner,
        })
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

/// A moment of the database, as PostgreSQL writes a snapshot: the changes of which transactions
/// can be seen in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(String);

impl Moment {
    /// No transaction from this one on can be seen in it.
    pub(crate) fn end(&self) -> Option<u64> {
        self.0.split(':').nth(1)?.parse().ok()
    }

    #[cfg(test)]
    pub(crate) fn before(end: u64) -> Self {
        Self(format!("{end}:{end}:"))
    }
}

/// A listing that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: Id<kinds::Listing>,
    pub(crate) published: bool,
}

/// What has changed between two moments, as far as it has been read.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) until: Moment,
    pub(crate) listings: Vec<Change>,
    /// Behind which change there is more.
    pub(crate) more: Option<Behind>,
}

/// Behind a change: by its transaction and listing.
#[derive(Clone, Debug)]
pub(crate) struct Behind {
    xid: String,
    id: Id<kinds::Listing>,
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Text)]
    until: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    id: Option<Id<kinds::Listing>>,
    #[diesel(sql_type = Nullable<Text>)]
    xid: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    published: Option<bool>,
}

/// What could not be seen in the first moment was changed either by a transaction that was open
/// then or by one that began later: each of both is one range of the index, however long some
/// other transaction stays open. A draft has never been anything else, so nobody has to hear of
/// it. The first page tells its own moment; the next ones leave out what has changed since then,
/// which the next round finds.
const CHANGED: &str = "
    SELECT coalesce($2, pg_current_snapshot()::text) AS until,
           c.id, c.changed_xid::text AS xid, c.status = 'published' AS published
      FROM (VALUES (1)) AS always (one)
      LEFT JOIN (
            SELECT * FROM (
                SELECT id, changed_xid, status FROM listings
                 WHERE changed_xid >= pg_snapshot_xmax($1::pg_snapshot)
                UNION ALL
                SELECT id, changed_xid, status FROM listings
                 WHERE changed_xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot)))
            ) either
             WHERE status <> 'draft'
               AND ($2 IS NULL OR pg_visible_in_snapshot(changed_xid, $2::pg_snapshot))
               AND (changed_xid, id) > ($3::xid8, $4)
             ORDER BY changed_xid, id
             LIMIT $5
           ) c ON true
     ORDER BY c.changed_xid, c.id";

/// The first `limit` changes since a moment until now; or, of those that were begun to be read,
/// the next.
pub(crate) async fn changed_since(
    conn: &mut Conn,
    since: &Moment,
    begun: Option<(&Moment, &Behind)>,
    limit: i64,
) -> Outcome<Changes> {
    let (xid, id) = match begun {
        Some((_, behind)) => (behind.xid.clone(), behind.id),
        None => ("0".to_owned(), Id::from_uuid(uuid::Uuid::nil())),
    };
    let rows: Vec<ChangedRow> = diesel::sql_query(CHANGED)
        .bind::<Text, _>(&since.0)
        .bind::<Nullable<Text>, _>(begun.map(|(until, _)| &until.0))
        .bind::<Text, _>(xid)
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    let until =
        rows.as_slice().first().map_or_else(|| since.clone(), |row| Moment(row.until.clone()));
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let behind = |row: &ChangedRow| Some(Behind { xid: row.xid.clone()?, id: row.id? });
    let more = rows.last().filter(|_| full).and_then(behind);
    let change = |row: ChangedRow| Some(Change { id: row.id?, published: row.published? });
    Ok(Changes { until, listings: rows.into_iter().filter_map(change).collect(), more })
}

/// These listings, published or not; unknown ones are left out.
pub(crate) async fn public_rows(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<PublicRow>> {
    let rows = dsl::listings.filter(dsl::id.eq_any(ids)).select(PublicRow::as_select());
    Ok(rows.load(conn).await?)
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
#[derive(Clone, Debug)]
pub(crate) struct Present {
    /// Tells it from every other, and from its own past after it was set back to it.
    pub(crate) database: String,
    /// What can be seen of it.
    pub(crate) moment: Moment,
}

#[derive(QueryableByName)]
struct PresentRow {
    #[diesel(sql_type = Text)]
    database: String,
    #[diesel(sql_type = Text)]
    moment: String,
}

/// The timeline is that of what is written now: the one of the last checkpoint may still be that of
/// the past when a database has just been set back.
const PRESENT: &str = "
    SELECT s.system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
               || '/' || d.oid AS database,
           pg_current_snapshot()::text AS moment
      FROM pg_control_system() s, pg_database d
     WHERE d.datname = current_database()";

/// Which database this is, and how far it is.
pub(crate) async fn present(conn: &mut Conn) -> Outcome<Present> {
    let PresentRow { database, moment } = diesel::sql_query(PRESENT).get_result(conn).await?;
    Ok(Present { database, moment: Moment(moment) })
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
