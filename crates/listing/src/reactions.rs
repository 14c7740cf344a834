//! What happens here when something has happened elsewhere. Reactions are the market's own doing:
//! nobody's permission is asked. Each is idempotent, since an event may come again.

use ::store::{Outcome, Tx};
use events::{
    ContractOffered, ContractSigned, ContractWithdrawn, ListingPublished, SavedSearchHit,
};
use kernel::ListingStatus;
use serde_json::json;

use crate::{
    apart::apart,
    model::{Criteria, Notify, Reading, TextQuery},
    store::{self, PublicRow},
};

/// A contract has been signed by every party: the listings that it names are traded, as far as it
/// takes them off the market. One that is no longer published, or was traded by this contract
/// before, stays as it is.
///
/// # Errors
/// If the database does not answer.
pub async fn mark_traded(tx: &mut Tx<'_>, event: &ContractSigned) -> Outcome<()> {
    for before in store::listings_for_update(tx.conn(), &event.contract.listing_ids).await? {
        let Some((listing, traded)) = before.clone().trade(event, tx.now()) else { continue };
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "contract_id": traded.contract_id });
        tx.record(listing.id, listing.version, facts);
        tx.announce(traded);
    }
    Ok(())
}

/// A contract has been offered: the listings of who offers it are held for it, as far as it would
/// take them off the market.
///
/// # Errors
/// If the database does not answer.
pub async fn reserve(tx: &mut Tx<'_>, event: &ContractOffered) -> Outcome<()> {
    for before in store::listings_for_update(tx.conn(), &event.listing_ids).await? {
        let Some((listing, reserved)) = before.clone().reserve(event, tx.now()) else { continue };
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "contract_id": event.contract_id });
        tx.record(listing.id, listing.version, facts);
        tx.announce(reserved);
    }
    Ok(())
}

/// An offered contract has been taken back: what was held for it is free again.
///
/// # Errors
/// If the database does not answer.
pub async fn release(tx: &mut Tx<'_>, event: &ContractWithdrawn) -> Outcome<()> {
    for before in store::listings_for_update(tx.conn(), &event.listing_ids).await? {
        let Some((listing, published)) = before.clone().release(event, tx.now()) else { continue };
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "contract_id": event.contract_id });
        tx.record(listing.id, listing.version, facts);
        tx.announce(published);
    }
    Ok(())
}

/// A listing has been published: it is noted as a hit of the saved searches that it answers, and
/// those who want to hear at once are told. It is read as it is now; if it has been taken back
/// meanwhile, nobody hears of it.
///
/// # Errors
/// If the database does not answer.
pub async fn note_hits(tx: &mut Tx<'_>, event: &ListingPublished) -> Outcome<()> {
    let found = store::followed(tx.conn(), &[event.listing_id]).await?;
    let published = |listing: &PublicRow| listing.status == ListingStatus::Published;
    let Some(listing) = found.into_iter().map(|(listing, _)| listing).find(published) else {
        return Ok(());
    };
    let searches = store::saved_for(tx.conn(), &listing).await?;
    if searches.is_empty() {
        return Ok(());
    }
    let id = listing.id;
    let met = apart(move || {
        let texts: Vec<Reading> = listing.texts().iter().map(|text| Reading::of(text)).collect();
        let met = searches.into_iter().filter(|search| meets(&listing, &texts, &search.criteria));
        met.collect::<Vec<_>>()
    })
    .await?;
    if met.is_empty() {
        return Ok(());
    }
    let at_once = |notify| match notify {
        Notify::Immediate => true,
        Notify::Daily => false,
    };
    let hits: Vec<_> = met.iter().map(|search| (search.id, at_once(search.notify))).collect();
    let now = tx.now();
    let new = store::add_hits(tx.conn(), id, &hits, now).await?;
    for search in met {
        if at_once(search.notify) && new.contains(&search.id) {
            tx.announce(SavedSearchHit {
                saved_search_id: search.id,
                account_id: search.account,
                organisation_id: search.organisation,
                listing_ids: vec![id],
            });
        }
    }
    Ok(())
}

/// Does a listing answer a saved search, as `search_listings` would find it?
fn meets(listing: &PublicRow, texts: &[Reading], wanted: &Criteria) -> bool {
    wanted.kind.is_none_or(|kind| listing.kind == kind)
        && wanted.domain.is_none_or(|domain| listing.domain == domain)
        && wanted.region.as_ref().is_none_or(|region| listing.region == *region)
        && wanted.trl_min.is_none_or(|least| listing.trl.is_some_and(|level| level >= least))
        && wanted.trl_max.is_none_or(|most| listing.trl.is_some_and(|level| level <= most))
        && wanted.price_max.is_none_or(|most| listing.price_fen.is_some_and(|fen| fen <= most))
        && wanted.transfer_mode.is_none_or(|mode| listing.transfer_modes.contains(&mode))
        && wanted.organisation.is_none_or(|owner| listing.organisation_id == owner)
        && wanted.q.as_ref().is_none_or(|q| {
            TextQuery::of(q.as_str()).is_some_and(|query| query.is_answered_by(texts))
        })
}
