//! `publish_listing`: an operator shows it to everybody.

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
        let (listing, permit) =
            listing_for::<access::PublishListing>(tx, self.id, self.version).await?;
        let (listing, event) = listing.publish(&permit, tx.now())?;
        store::save_state(tx.conn(), self.version, &listing).await?;
        tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
        tx.announce(event);
        Ok(listing)
    }
}
