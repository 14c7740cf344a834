//! The tables `saved_searches` and `saved_search_hits`.

use std::collections::{HashMap, HashSet};

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{
    Domain, Fen, Id, Line, ListingKind, ListingStatus, Region, TransferMode, Version, kinds,
};
use schema::{
    listing::listings,
    listing_searches::{saved_search_hits, saved_searches},
};

use super::{PublicRow, SummaryRow};
use crate::{
    access,
    model::{Criteria, Notify, SavedSearch, Trl},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = saved_searches, check_for_backend(diesel::pg::Pg))]
struct SearchRow {
    id: Id<kinds::SavedSearch>,
    version: Version,
    account_id: Id<kinds::Account>,
    organisation_id: Id<kinds::Organisation>,
    name: Line<100>,
    notify: Notify,
    created_at: DateTime<Utc>,
    words: Option<Line<200>>,
    kind: Option<ListingKind>,
    domain: Option<Domain>,
    region: Option<Region>,
    trl_min: Option<Trl>,
    trl_max: Option<Trl>,
    price_max_fen: Option<Fen>,
    transfer_mode: Option<TransferMode>,
    owner_id: Option<Id<kinds::Organisation>>,
}

impl From<SavedSearch> for SearchRow {
    fn from(search: SavedSearch) -> Self {
        let criteria = search.criteria;
        Self {
            id: search.id,
            version: search.version,
            account_id: search.account,
            organisation_id: search.organisation,
            name: search.name,
            notify: search.notify,
            created_at: search.created_at,
            words: criteria.q,
            kind: criteria.kind,
            domain: criteria.domain,
            region: criteria.region,
            trl_min: criteria.trl_min,
            trl_max: criteria.trl_max,
            price_max_fen: criteria.price_max,
            transfer_mode: criteria.transfer_mode,
            owner_id: criteria.organisation,
        }
    }
}

impl From<SearchRow> for SavedSearch {
    fn from(row: SearchRow) -> Self {
        let criteria = Criteria {
            q: row.words,
            kind: row.kind,
            domain: row.domain,
            region: row.region,
            trl_min: row.trl_min,
            trl_max: row.trl_max,
            price_max: row.price_max_fen,
            transfer_mode: row.transfer_mode,
            organisation: row.owner_id,
        };
        Self {
            id: row.id,
            version: row.version,
            account: row.account_id,
            organisation: row.organisation_id,
            name: row.name,
            criteria,
            notify: row.notify,
            created_at: row.created_at,
        }
    }
}

type SearchId = Id<kinds::SavedSearch>;

/// Keeps a search.
pub(crate) async fn add_saved_search(conn: &mut Conn, search: SavedSearch) -> Outcome<()> {
    let row = SearchRow::from(search);
    diesel::insert_into(saved_searches::table).values(row).execute(conn).await?;
    Ok(())
}

/// From here on, until the transaction ends, nobody else keeps a search for this account.
pub(crate) async fn lock_saved(conn: &mut Conn, account: Id<kinds::Account>) -> Outcome<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('saved_searches ' || $1, 0))")
        .bind::<Text, _>(account.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// How many an account keeps.
pub(crate) async fn saved_total(conn: &mut Conn, account: Id<kinds::Account>) -> Outcome<i64> {
    let own = saved_searches::table.filter(saved_searches::account_id.eq(account));
    Ok(own.count().get_result(conn).await?)
}

/// An account's saved search.
///
/// # Errors
/// 404 if it keeps none of this id.
pub(crate) async fn saved_search(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: SearchId,
) -> Outcome<SavedSearch> {
    let own = saved_searches::table.find(id).filter(saved_searches::account_id.eq(account));
    let row: SearchRow = own.select(SearchRow::as_select()).first(conn).await?;
    Ok(row.into())
}

/// An account's saved searches, the newest first, after a place.
pub(crate) async fn saved_by(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    after: Option<(DateTime<Utc>, SearchId)>,
    limit: i64,
) -> Outcome<Vec<SavedSearch>> {
    let mut query = saved_searches::table
        .filter(saved_searches::account_id.eq(account))
        .order((saved_searches::created_at.desc(), saved_searches::id.desc()))
        .select(SearchRow::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((at, id)) = after {
        query = query
            .filter(saved_searches::created_at.le(at))
            .filter(saved_searches::created_at.lt(at).or(saved_searches::id.lt(id)));
    }
    let rows: Vec<SearchRow> = query.load(conn).await?;
    Ok(rows.into_iter().map(SavedSearch::from).collect())
}

/// Forgets an account's saved search.
///
/// # Errors
/// 404 if it keeps none of this id.
pub(crate) async fn remove_saved_search(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: SearchId,
) -> Outcome<()> {
    let own = saved_searches::table.find(id).filter(saved_searches::account_id.eq(account));
    match diesel::delete(own).execute(conn).await? {
        0 => Err(NOT_FOUND.refuse().into()),
        _ => Ok(()),
    }
}

/// The first of the searches behind one that may be answered by a listing, as far as its kind,
/// field, place and owner tell, and that were saved before it said what it says; those of its own
/// organisation need not be told of it.
pub(crate) async fn saved_for(
    conn: &mut Conn,
    listing: &PublicRow,
    said_at: DateTime<Utc>,
    behind: Option<SearchId>,
    limit: i64,
) -> Outcome<Vec<SavedSearch>> {
    use saved_searches::dsl;
    let mut query = dsl::saved_searches
        .filter(dsl::kind.is_null().or(dsl::kind.eq(listing.kind)))
        .filter(dsl::domain.is_null().or(dsl::domain.eq(listing.domain)))
        .filter(dsl::region.is_null().or(dsl::region.eq(&listing.region)))
        .filter(dsl::owner_id.is_null().or(dsl::owner_id.eq(listing.organisation_id)))
        .filter(dsl::organisation_id.ne(listing.organisation_id))
        .filter(dsl::created_at.le(said_at))
        .order(dsl::id)
        .limit(limit)
        .select(SearchRow::as_select())
        .into_boxed();
    if let Some(behind) = behind {
        query = query.filter(dsl::id.gt(behind));
    }
    let rows: Vec<SearchRow> = query.load(conn).await?;
    Ok(rows.into_iter().map(SavedSearch::from).collect())
}

#[derive(QueryableByName)]
struct HitRow {
    #[diesel(sql_type = SqlUuid)]
    search_id: SearchId,
}

/// A search that has been removed meanwhile is left out.
const ADD_HITS: &str = "
    INSERT INTO saved_search_hits (search_id, listing_id, found_at, told)
    SELECT s.id, $1, $2, met.told
      FROM unnest($3, $4) AS met (id, told) JOIN saved_searches s ON s.id = met.id
       FOR KEY SHARE OF s
        ON CONFLICT DO NOTHING
    RETURNING search_id";

/// Notes a listing as found for these searches; answers those for which it is new. With each
/// comes whether its owner is told at once.
pub(crate) async fn add_hits(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    searches: &[(SearchId, bool)],
    at: DateTime<Utc>,
) -> Outcome<HashSet<SearchId>> {
    if searches.is_empty() {
        return Ok(HashSet::new());
    }
    let (ids, told): (Vec<_>, Vec<_>) = searches.iter().copied().unzip();
    let added: Vec<HitRow> = diesel::sql_query(ADD_HITS)
        .bind::<SqlUuid, _>(listing)
        .bind::<Timestamptz, _>(at)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Bool>, _>(told)
        .load(conn)
        .await?;
    Ok(added.into_iter().map(|row| row.search_id).collect())
}

/// Where a hit stands among those of its search.
pub(crate) type HitPlace = (DateTime<Utc>, Id<kinds::Listing>);

/// What was found for a search and is still public, the last found first, after a place; with each
/// comes when it was found.
pub(crate) async fn hits_of(
    conn: &mut Conn,
    search: SearchId,
    after: Option<HitPlace>,
    limit: i64,
) -> Outcome<Vec<(DateTime<Utc>, SummaryRow)>> {
    use saved_search_hits::dsl;
    let mut query = dsl::saved_search_hits
        .inner_join(listings::table.on(listings::id.eq(dsl::listing_id)))
        .filter(dsl::search_id.eq(search))
        .filter(listings::status.eq_any(public_states()))
        .order((dsl::found_at.desc(), dsl::listing_id.desc()))
        .limit(limit)
        .select((dsl::found_at, SummaryRow::as_select()))
        .into_boxed();
    if let Some((at, id)) = after {
        query = query
            .filter(dsl::found_at.le(at))
            .filter(dsl::found_at.lt(at).or(dsl::listing_id.lt(id)));
    }
    Ok(query.load(conn).await?)
}

/// How many there are of those.
pub(crate) async fn hits_total(conn: &mut Conn, search: SearchId) -> Outcome<i64> {
    use saved_search_hits::dsl;
    let hits = dsl::saved_search_hits
        .inner_join(listings::table.on(listings::id.eq(dsl::listing_id)))
        .filter(dsl::search_id.eq(search))
        .filter(listings::status.eq_any(public_states()));
    Ok(hits.count().get_result(conn).await?)
}

fn public_states() -> Vec<ListingStatus> {
    ListingStatus::ALL.iter().copied().filter(|status| access::is_public(*status)).collect()
}

/// A saved search with something to tell, and whose it is.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub(crate) struct DueSearch {
    #[diesel(sql_type = SqlUuid)]
    pub(crate) id: SearchId,
    #[diesel(sql_type = SqlUuid)]
    pub(crate) account_id: Id<kinds::Account>,
    #[diesel(sql_type = SqlUuid)]
    pub(crate) organisation_id: Id<kinds::Organisation>,
}

/// Another server's are skipped.
const DUE: &str = "
    SELECT s.id, s.account_id, s.organisation_id FROM saved_searches s
     WHERE (s.told_at IS NULL OR s.told_at <= $1)
       AND EXISTS (SELECT 1 FROM saved_search_hits h WHERE h.search_id = s.id AND NOT h.told)
     ORDER BY s.id
     LIMIT 100
       FOR UPDATE SKIP LOCKED";

/// Saved searches with hits of which nobody has been told, and nothing told since then; locked.
pub(crate) async fn due_searches(conn: &mut Conn, since: DateTime<Utc>) -> Outcome<Vec<DueSearch>> {
    Ok(diesel::sql_query(DUE).bind::<Timestamptz, _>(since).load(conn).await?)
}

#[derive(QueryableByName)]
struct WaitingRow {
    #[diesel(sql_type = SqlUuid)]
    search_id: SearchId,
    #[diesel(sql_type = SqlUuid)]
    listing_id: Id<kinds::Listing>,
    #[diesel(sql_type = Bool)]
    published: bool,
}

const TELL: &str = "
    UPDATE saved_search_hits h SET told = true FROM listings l
     WHERE h.search_id = ANY ($1) AND NOT h.told AND l.id = h.listing_id
    RETURNING h.search_id, h.listing_id, l.status = 'published' AS published";

/// Takes the hits of these searches of which nobody has been told; answers those that are still
/// published, in the order in which they were made.
pub(crate) async fn take_hits(
    conn: &mut Conn,
    searches: &[SearchId],
    at: DateTime<Utc>,
) -> Outcome<HashMap<SearchId, Vec<Id<kinds::Listing>>>> {
    let rows: Vec<WaitingRow> =
        diesel::sql_query(TELL).bind::<Array<SqlUuid>, _>(searches).load(conn).await?;
    diesel::update(saved_searches::table.filter(saved_searches::id.eq_any(searches)))
        .set(saved_searches::told_at.eq(at))
        .execute(conn)
        .await?;
    let mut hits: HashMap<SearchId, Vec<Id<kinds::Listing>>> = HashMap::new();
    for row in rows.into_iter().filter(|row| row.published) {
        hits.entry(row.search_id).or_default().push(row.listing_id);
    }
    hits.values_mut().for_each(|listings| listings.sort_unstable());
    Ok(hits)
}

const FORGET: &str = "
    DELETE FROM saved_search_hits h USING (
        SELECT search_id, listing_id FROM saved_search_hits
         WHERE found_at < $1 ORDER BY found_at LIMIT $2 FOR UPDATE SKIP LOCKED) old
     WHERE h.search_id = old.search_id AND h.listing_id = old.listing_id";

/// Forgets what was found before an instant, at most so many.
pub(crate) async fn forget_hits(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> Outcome<usize> {
    let old = diesel::sql_query(FORGET).bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit);
    Ok(old.execute(conn).await?)
}
