//! A listing says something new: it is noted as a hit of the saved searches that it answers.
//!
//! However many searches are kept, one transaction looks at a bounded number of them; if there are
//! more, it announces how far it has come, and the next goes on from there.

use std::collections::HashMap;

use ::store::{Outcome, Tx};
use chrono::{DateTime, Utc};
use events::{ListingCompared, ListingPublished, SavedSearchHit};
use kernel::{Id, ListingStatus, kinds};
use web::apart;

use crate::{
    model::{Criteria, Notify, Reading, SavedSearch, TextQuery},
    store::{self, PublicRow},
};

/// How many saved searches one transaction looks at.
const SEARCHES: usize = 500;

/// A listing has been published, or says something else since: it becomes a hit of the searches
/// that were saved before and that it answers, and those who want to hear at once are told. It is
/// read as it is now; if it has been taken back meanwhile, nobody hears of it.
///
/// # Errors
/// If the database does not answer.
pub async fn note_hits(tx: &mut Tx<'_>, event: &ListingPublished) -> Outcome<()> {
    let said_at = event.said_at.unwrap_or(event.published_at);
    note_hits_behind(tx, event.listing_id, said_at, None).await
}

/// The same for the searches that were left for later.
///
/// # Errors
/// If the database does not answer.
pub async fn note_further_hits(tx: &mut Tx<'_>, event: &ListingCompared) -> Outcome<()> {
    note_hits_behind(tx, event.listing_id, event.said_at, Some(event.up_to)).await
}

async fn note_hits_behind(
    tx: &mut Tx<'_>,
    listing_id: Id<kinds::Listing>,
    said_at: DateTime<Utc>,
    behind: Option<Id<kinds::SavedSearch>>,
) -> Outcome<()> {
    let rows = store::public_rows(tx.conn(), &[listing_id]).await?;
    let published = |listing: &PublicRow| listing.status == ListingStatus::Published;
    let Some(listing) = rows.into_iter().find(published) else { return Ok(()) };
    let limit = i64::try_from(SEARCHES).unwrap_or(i64::MAX);
    let searches = store::saved_for(tx.conn(), &listing, said_at, behind, limit).await?;
    if let Some(last) = searches.last().filter(|_| searches.len() >= SEARCHES) {
        tx.announce(ListingCompared { listing_id, said_at, up_to: last.id });
    }
    if searches.is_empty() {
        return Ok(());
    }
    let met = apart(move || met(&listing, searches)).await?;
    let hits: Vec<_> = met.iter().map(|search| (search.id, at_once(search.notify))).collect();
    let now = tx.now();
    let new = store::add_hits(tx.conn(), listing_id, &hits, now).await?;
    for search in met {
        if at_once(search.notify) && new.contains(&search.id) {
            tx.announce(SavedSearchHit {
                saved_search_id: search.id,
                account_id: search.account,
                organisation_id: search.organisation,
                listing_ids: vec![listing_id],
            });
        }
    }
    Ok(())
}

const fn at_once(notify: Notify) -> bool {
    match notify {
        Notify::Immediate => true,
        Notify::Daily => false,
    }
}

/// Those of the searches that the listing answers. What many look for is looked for once.
fn met(listing: &PublicRow, searches: Vec<SavedSearch>) -> Vec<SavedSearch> {
    let texts: Vec<Reading> = listing.texts().iter().map(|text| Reading::of(text)).collect();
    let mut said: HashMap<String, bool> = HashMap::new();
    let mut says = |q: &str| match said.get(q) {
        Some(says) => *says,
        None => {
            let says = TextQuery::of(q).is_some_and(|query| query.is_answered_by(&texts));
            said.insert(q.to_owned(), says);
            says
        }
    };
    let mut met = searches;
    met.retain(|SavedSearch { criteria, .. }| {
        fits(listing, criteria) && criteria.q.as_ref().is_none_or(|q| says(q.as_str()))
    });
    met
}

/// Is a listing what a saved search looks for, whatever it says? As `search_listings` has it.
fn fits(listing: &PublicRow, wanted: &Criteria) -> bool {
    wanted.kind.is_none_or(|kind| listing.kind == kind)
        && wanted.domain.is_none_or(|domain| listing.domain == domain)
        && wanted.region.as_ref().is_none_or(|region| listing.region == *region)
        && wanted.trl_min.is_none_or(|least| listing.trl.is_some_and(|level| level >= least))
        && wanted.trl_max.is_none_or(|most| listing.trl.is_some_and(|level| level <= most))
        && wanted.price_max.is_none_or(|most| listing.price_fen.is_some_and(|fen| fen <= most))
        && wanted.transfer_mode.is_none_or(|mode| listing.transfer_modes.contains(&mode))
        && wanted.organisation.is_none_or(|owner| listing.organisation_id == owner)
}
