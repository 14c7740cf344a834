//! `return_listing`: an operator sends it, or its next text, back to be mended.

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
        let (before, permit) =
            listing_for::<access::ReturnListing>(tx, self.id, self.version).await?;
        let reasons = self.reasons.clone();
        let (listing, event) = before.clone().send_back(&permit, self.reasons, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "reasons": reasons });
        tx.record(listing.id, listing.version, facts);
        tx.announce(event);
        Ok(listing)
    }
}
