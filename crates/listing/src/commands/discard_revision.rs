//! `discard_listing_revision`: its owner gives up its next text.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{access, model::Listing, store};

/// Gives up the next text of a published listing.
#[derive(Clone, Copy, Debug)]
pub struct DiscardRevision {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the owner means.
    pub version: Version,
}

impl Command for DiscardRevision {
    const ACT: &'static str = "discard_listing_revision";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::DiscardRevision>(tx, self.id, self.version).await?;
        let listing = before.clone().discard_revision(&permit, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        tx.record(listing.id, listing.version, json!({ "revision": null }));
        Ok(listing)
    }
}
