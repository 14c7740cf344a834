//! `submit_listing`: its owner hands it, or its next text, to the market for review.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use anyhow::anyhow;
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    Ports, access,
    model::{Listing, Submitter},
    store,
};

/// Hands a listing to the market for review.
#[derive(Clone)]
pub struct SubmitListing {
    /// Answers what its owner is.
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
        let (before, permit) =
            listing_for::<access::SubmitListing>(tx, self.id, self.version).await?;
        let owner = self.ports.organisation(tx.conn(), before.organisation.id).await?;
        let owner = owner.ok_or_else(|| anyhow!("{:?} has no owner", self.id))?;
        let owner = Submitter { name: owner.name, verified: owner.verified };
        let listing = before.clone().submit(&permit, owner, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        let facts = json!({ "status": listing.state.status(), "submitted": true });
        tx.record(listing.id, listing.version, facts);
        Ok(listing)
    }
}
