//! `suspend_listing`: an operator takes it down.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Prose, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{access, model::Listing, store};

/// Takes a listing down.
#[derive(Clone, Debug)]
pub struct SuspendListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the operator has read.
    pub version: Version,
    /// Why.
    pub reason: Prose<500>,
}

impl Command for SuspendListing {
    const ACT: &'static str = "suspend_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::SuspendListing>(tx, self.id, self.version).await?;
        let (listing, event) = before.clone().suspend(&permit, self.reason, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "reasons": [&event.reason] });
        tx.record(listing.id, listing.version, facts);
        tx.announce(event);
        Ok(listing)
    }
}
