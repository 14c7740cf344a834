//! `submit_listing`: its owner hands it to the market for review.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{Ports, access, model::Listing, store};

/// Hands a listing to the market for review.
#[derive(Clone)]
pub struct SubmitListing {
    /// Answers whether its owner is verified.
    pub ports: Arc<dyn Ports>,
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the owner means.
    pub version: Version,
}

impl Command for SubmitListing {
    const ACT: &'static str = "submit_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (listing, permit) =
            listing_for::<access::SubmitListing>(tx, self.id, self.version).await?;
        let owner = self.ports.organisation(tx.conn(), listing.organisation.id).await?;
        let owner_is_verified = owner.is_some_and(|owner| owner.verified);
        let listing = listing.submit(&permit, owner_is_verified, tx.now())?;
        store::save_state(tx.conn(), self.version, &listing).await?;
        tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
        Ok(listing)
    }
}
