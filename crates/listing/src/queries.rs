//! Reads for screens, and the answers to siblings' questions.

mod counts;
mod facets;
mod proposals;
mod protected;
mod reviews;
mod search;
mod suggestions;

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::{
    Caller, Id, Line, ListingKind, ListingStatus, Relation, UNAUTHENTICATED, judge, kinds, words,
};

use crate::{
    Ports,
    access::{self, Sight},
    model::{Import, ImportStatus, Listing, SavedSearch, sheet::CellFault},
    store::{self, ChangePlace, FollowPlace, ImportPlace, Reception, SummaryRow, Visible},
};

pub(crate) use self::{
    facets::Facets,
    proposals::{Proposal, Proposals, proposals},
    protected::{
        DisclosureFilter, attachment, attachments, disclosure, disclosures, expect_may_look, grant,
        looks,
    },
    reviews::{Duplicate, Waiting, duplicates, history, reviews, wanted_reviews},
    search::{Asked, Found, Highlights, Search},
    suggestions::{Suggestion, suggestions},
};
pub use counts::{ListingCount, listing_counts, public_firsts, public_listings};
pub use protected::{DisclosureRole, Protected, ShownDisclosure};
pub use search::{Filter, Sort};
pub use suggestions::SuggestionKind;

/// A listing, and how much of it the caller may see.
///
/// # Errors
/// 404 if there is none that the caller may know of.
pub async fn listing(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Listing>,
) -> Outcome<(Listing, Sight)> {
    let listing = store::listing(conn, id).await?;
    let sight = access::sight(caller, listing.organisation.id, listing.state.status());
    let sight = sight.ok_or_else(|| NOT_FOUND.refuse())?;
    Ok((listing, sight))
}

/// The listing to which the caller's organisation gave this number of its own.
///
/// # Errors
/// 401 if nobody has signed in, 404 if there is none.
pub async fn own_listing(
    conn: &mut Conn,
    caller: &Caller,
    reference: &Line<100>,
) -> Outcome<Listing> {
    let (own, _) = access::own::<access::GetListingByReference>(caller)?;
    let found = store::listing_by_reference(conn, own, reference).await?;
    found.ok_or_else(|| NOT_FOUND.refuse().into())
}

/// The listing to which its owner gave this number of its own; that number is for those who read
/// everything of it.
///
/// # Errors
/// If the database does not answer.
pub async fn listing_by_reference(
    conn: &mut Conn,
    caller: &Caller,
    owner: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<Option<Listing>> {
    if !access::reads_whole(caller, owner) {
        return Ok(None);
    }
    store::listing_by_reference(conn, owner, reference).await
}

/// The organisation's listings that changed after a place, and the place of the last of them.
///
/// # Errors
/// If the database does not answer.
pub(crate) async fn changes(
    conn: &mut Conn,
    own: Id<kinds::Organisation>,
    after: Option<ChangePlace>,
    limit: i64,
) -> Outcome<(Vec<Listing>, ChangePlace)> {
    store::changed_after(conn, own, after, limit).await
}

/// How a listing is received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statistics {
    /// By those who look at it and follow it.
    pub(crate) reception: Reception,
    /// How many introductions it has been part of.
    pub(crate) introductions: i64,
}

/// How many days count as lately, today included.
const LATELY: TimeDelta = TimeDelta::days(30);

/// How a listing is received, for those who may know.
///
/// # Errors
/// 401 if nobody has signed in, 404 if there is none that the caller may know of, 403 if this is
/// not for them.
pub(crate) async fn statistics(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    id: Id<kinds::Listing>,
    today: NaiveDate,
) -> Outcome<Statistics> {
    caller.actor().ok_or_else(|| UNAUTHENTICATED.refuse())?;
    let (found, _) = listing(conn, caller, id).await?;
    access::permit::<access::GetListingStatistics>(caller, &found)?;
    let reception = store::reception(conn, id, today - LATELY).await?;
    Ok(Statistics { reception, introductions: ports.introductions(conn, id).await? })
}

/// What the caller follows and may see, and if asked how many that are.
///
/// # Errors
/// 401 if nobody has signed in.
pub(crate) async fn followed(
    conn: &mut Conn,
    caller: &Caller,
    after: Option<FollowPlace>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<(DateTime<Utc>, SummaryRow)>, Option<i64>)> {
    let actor = caller.actor().ok_or_else(|| UNAUTHENTICATED.refuse())?;
    judge::<access::ListFollowedListings>(caller, &[Relation::Own])?;
    let public = ListingStatus::ALL.iter().copied().filter(|status| access::is_public(*status));
    let visible = if access::reads_all(caller) {
        Visible::All
    } else {
        Visible::Public(public.collect(), actor.organisation)
    };
    let rows = store::followed_by(conn, actor.account, &visible, after, limit).await?;
    let total = match count {
        true => Some(store::count_followed(conn, actor.account, &visible).await?),
        false => None,
    };
    Ok((rows, total))
}

/// What others may ask of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingFacts {
    /// Which listing.
    pub id: Id<kinds::Listing>,
    /// Whose it is.
    pub organisation_id: Id<kinds::Organisation>,
    /// What it is.
    pub kind: ListingKind,
    /// Where it stands.
    pub status: ListingStatus,
}

/// Whose these listings are, what they are and where they stand, whatever their state; unknown ids
/// are left out. For siblings' questions.
///
/// # Errors
/// If the database does not answer.
pub async fn listing_facts(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<ListingFacts>> {
    let found = store::standings(conn, ids).await?.into_iter();
    let facts = found.map(|(id, organisation_id, kind, status)| ListingFacts {
        id,
        organisation_id,
        kind,
        status,
    });
    Ok(facts.collect())
}

/// An import of the caller's own organisation.
///
/// # Errors
/// 404 if there is none that the caller may know of.
pub(crate) async fn import(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::ListingImport>,
) -> Outcome<Import> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let import = store::import(conn, id).await?;
    let relations = access::relations(caller, import.actor.organisation);
    // Who may not read it may not know of it.
    let _permit =
        judge::<access::GetListingImport>(caller, relations).map_err(|_| NOT_FOUND.refuse())?;
    Ok(import)
}

/// The imports of the caller's own organisation, at most `limit` after a place, and if asked how
/// many there are in all.
///
/// # Errors
/// 401 if nobody has signed in.
pub(crate) async fn imports(
    conn: &mut Conn,
    caller: &Caller,
    status: Option<ImportStatus>,
    after: Option<ImportPlace>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<Import>, Option<i64>)> {
    judge::<access::ListListingImports>(caller, &[])?;
    let Some(actor) = caller.actor() else { return Err(UNAUTHENTICATED.refuse().into()) };
    let own = actor.organisation;
    let imports = store::imports(conn, own, status, after, limit).await?;
    let total = if count { Some(store::imports_total(conn, own, status).await?) } else { None };
    Ok((imports, total))
}

/// What is wrong in the rows of an import, at most `limit` behind a position.
///
/// # Errors
/// If the database does not answer.
pub(crate) async fn import_errors(
    conn: &mut Conn,
    import: &Import,
    after: Option<i32>,
    limit: i64,
) -> Outcome<Vec<(i32, CellFault)>> {
    store::errors(conn, import.id, after, limit).await
}

words! {
    /// Who has taken a step of a listing's history.
    pub enum TakenBy {
        /// The listing's owner.
        Owner = "owner", "发布单位", "the owner";
        /// The market's staff.
        Market = "market", "市场运营", "the market";
        /// The market by itself: time, or a contract.
        System = "system", "系统", "the system";
    }
}

words! {
    /// Who has taken a review on.
    pub enum Assigned {
        /// The operator who asks.
        Me = "me", "本人", "me";
        /// Nobody yet.
        Nobody = "nobody", "未领取", "nobody";
    }
}

/// An account's saved searches, the newest first, and, if asked, how many there are in all.
pub(crate) async fn saved_searches(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    after: Option<(DateTime<Utc>, Id<kinds::SavedSearch>)>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<SavedSearch>, Option<i64>)> {
    let searches = store::saved_by(conn, account, after, limit).await?;
    let total = if count { Some(store::saved_total(conn, account).await?) } else { None };
    Ok((searches, total))
}

/// An account's saved search.
pub(crate) async fn saved_search(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: Id<kinds::SavedSearch>,
) -> Outcome<SavedSearch> {
    store::saved_search(conn, account, id).await
}

/// What was found for an account's saved search and is still public, the last found first, and, if
/// asked, how many there are in all.
pub(crate) async fn saved_search_hits(
    conn: &mut Conn,
    account: Id<kinds::Account>,
    id: Id<kinds::SavedSearch>,
    after: Option<store::HitPlace>,
    (limit, count): (i64, bool),
) -> Outcome<(Vec<(DateTime<Utc>, store::SummaryRow)>, Option<i64>)> {
    store::saved_search(conn, account, id).await?;
    let hits = store::hits_of(conn, id, after, limit).await?;
    let total = if count { Some(store::hits_total(conn, id).await?) } else { None };
    Ok((hits, total))
}
