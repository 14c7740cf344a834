//! What happens here when something has happened elsewhere. Reactions are the market's own doing:
//! nobody's permission is asked. Each is idempotent, since an event may come again.

use ::store::{Outcome, Tx};
use events::ContractSigned;
use serde_json::json;

use crate::store;

/// A contract has been signed by every party: the listings that it names are traded, as far as it
/// takes them off the market. One that is no longer published, or was traded by this contract
/// before, stays as it is.
///
/// # Errors
/// If the database does not answer.
pub async fn mark_traded(tx: &mut Tx<'_>, event: &ContractSigned) -> Outcome<()> {
    for listing in store::listings_for_update(tx.conn(), &event.contract.listing_ids).await? {
        let before = listing.version;
        let Some((listing, traded)) = listing.trade(event, tx.now()) else { continue };
        store::save_state(tx.conn(), before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "contract_id": traded.contract_id });
        tx.record(listing.id, listing.version, facts);
        tx.announce(traded);
    }
    Ok(())
}
