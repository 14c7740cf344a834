//! `publish_listing`: an operator shows it, or its next text, to everybody.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{access, model::Listing, store};

/// Shows a listing to everybody.
#[derive(Clone, Copy, Debug)]
pub struct PublishListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the operator has read.
    pub version: Version,
}

impl Command for PublishListing {
    const ACT: &'static str = "publish_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::PublishListing>(tx, self.id, self.version).await?;
        let (listing, event) = before.clone().publish(&permit, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({
            "status": listing.state.status(),
            "changed": before.content.differences(&listing.content),
        });
        tx.record(listing.id, listing.version, facts);
        tx.announce(event);
        Ok(listing)
    }
}
