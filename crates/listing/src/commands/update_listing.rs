//! `update_listing`: its owner changes what it says.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    access,
    model::{Changes, Listing},
    store,
};

/// Changes what a listing says.
#[derive(Clone, Debug)]
pub struct UpdateListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that its owner has read.
    pub version: Version,
    /// What changes.
    pub changes: Changes,
}

impl Command for UpdateListing {
    const ACT: &'static str = "update_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (listing, permit) =
            listing_for::<access::UpdateListing>(tx, self.id, self.version).await?;
        let before = listing.content.clone();
        let listing = listing.update(&permit, self.changes, tx.now())?;
        store::save_content(tx.conn(), self.version, &listing).await?;
        let facts = json!({ "changed": before.differences(&listing.content) });
        tx.record(listing.id, listing.version, facts);
        Ok(listing)
    }
}
