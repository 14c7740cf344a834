//! `withdraw_listing`: its owner takes it back.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{access, model::Listing, store};

/// Takes a listing back.
#[derive(Clone, Copy, Debug)]
pub struct WithdrawListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the owner means.
    pub version: Version,
}

impl Command for WithdrawListing {
    const ACT: &'static str = "withdraw_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::WithdrawListing>(tx, self.id, self.version).await?;
        let (listing, event) = before.clone().withdraw(&permit, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        if listing.state.published_at().is_none() {
            // Nobody sees what belongs to it any more.
            let (owner, now) = (listing.organisation.id, tx.now());
            store::remove_attachments(tx.conn(), owner, listing.id, None, now).await?;
            store::save_protected_description(tx.conn(), listing.id, None, now).await?;
        }
        tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
        if let Some(event) = event {
            tx.announce(event);
        }
        Ok(listing)
    }
}
