//! What happens here when something has happened elsewhere. Reactions are the market's own doing:
//! nobody's permission is asked. Each is idempotent, since an event may come again.

mod hits;

use ::store::{Outcome, Tx};
use events::{ContractOffered, ContractSigned, ContractWithdrawn};
use serde_json::json;

pub use self::hits::{note_further_hits, note_hits};
use crate::store;

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
