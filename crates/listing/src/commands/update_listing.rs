//! `update_listing`: its owner changes what it says.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Permit, Version, kinds};
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
        let (before, permit) =
            listing_for::<access::UpdateListing>(tx, self.id, self.version).await?;
        rewrite(tx, &permit, before, self.changes).await
    }
}

/// Changes what a locked listing says, or is to say next.
pub(super) async fn rewrite(
    tx: &mut Tx<'_>,
    permit: &Permit<access::UpdateListing>,
    before: Listing,
    changes: Changes,
) -> Outcome<Listing> {
    let (listing, event) = before.clone().update(permit, changes, tx.now())?;
    store::save(tx.conn(), &before, &listing).await?;
    let facts = json!({
        "changed": before.content.differences(&listing.content),
        "revised": before.next_content().differences(listing.next_content()),
    });
    tx.record(listing.id, listing.version, facts);
    if let Some(event) = event {
        tx.announce(event);
    }
    Ok(listing)
}
