//! `renew_listing`: its owner lets it stand longer, or come back.

use ::store::{Command, Outcome, Tx};
use chrono::NaiveDate;
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{access, model::Listing, store};

/// Lets a listing stand longer.
#[derive(Clone, Copy, Debug)]
pub struct RenewListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
    /// The version that the owner means.
    pub version: Version,
    /// Its new last day; in a year without one.
    pub until: Option<NaiveDate>,
}

impl Command for RenewListing {
    const ACT: &'static str = "renew_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::RenewListing>(tx, self.id, self.version).await?;
        let (listing, event) = before.clone().renew(&permit, self.until, tx.now())?;
        store::save(tx.conn(), &before, &listing).await?;
        let until = listing.state.publication().map(|publication| publication.until);
        let facts = json!({ "status": listing.state.status(), "stands_until": until });
        tx.record(listing.id, listing.version, facts);
        if let Some(event) = event {
            tx.announce(event);
        }
        Ok(listing)
    }
}
