//! `return_listing`: an operator sends it back to be mended.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    access,
    model::{Listing, ReturnReasons},
    store,
};

/// Sends a listing back.
#[derive(Clone, Debug)]
pub struct ReturnListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the operator has read.
    pub version: Version,
    /// What is to be mended.
    pub reasons: ReturnReasons,
}

impl Command for ReturnListing {
    const ACT: &'static str = "return_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (listing, permit) =
            listing_for::<access::ReturnListing>(tx, self.id, self.version).await?;
        let (listing, event) = listing.send_back(&permit, self.reasons, tx.now())?;
        store::save_state(tx.conn(), self.version, &listing).await?;
        tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
        tx.announce(event);
        Ok(listing)
    }
}
