//! Reads for screens, and the answers to siblings' questions.

mod facets;
mod protected;
mod reviews;
mod search;
mod suggestions;

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use chrono::{DateTime, Utc};
use kernel::{Caller, Id, Line, ListingKind, ListingStatus, kinds, words};

use crate::{
    access::{self, Sight},
    model::{Listing, SavedSearch},
    store,
};

pub(crate) use self::{
    facets::Facets,
    protected::{DisclosureFilter, attachment, attachments, disclosure, disclosures, grant, looks},
    reviews::{Duplicate, duplicates, history, reviews, wanted_reviews},
    search::{Asked, Found, Highlights, Search},
    suggestions::{Suggestion, suggestions},
};
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
