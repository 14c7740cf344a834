//! `publish_listing`: an operator shows it, or its next text, to everybody.

use ::store::{Command, Db, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    access,
    model::{Listing, Terms},
    segmenter, store,
};

/// Shows a listing to everybody.
#[derive(Clone, Debug)]
pub struct PublishListing {
    id: Id<kinds::Listing>,
    version: Version,
    /// The words of its next text, if it has one.
    terms: Option<Terms>,
}

impl PublishListing {
    /// Makes the command for the version that the operator has read; cuts the next text of a
    /// published listing into words beforehand. If it has moved on when the command runs, the
    /// command refuses, and its words go nowhere.
    ///
    /// # Errors
    /// 404 if there is no such listing.
    pub async fn new(db: &Db, id: Id<kinds::Listing>, version: Version) -> Outcome<Self> {
        let listing = store::listing(&mut *db.reader().await?, id).await?;
        let terms = match listing.state.revision() {
            None => None,
            Some(revision) => Some(segmenter::terms(revision.content.clone()).await?),
        };
        Ok(Self { id, version, terms })
    }
}

impl Command for PublishListing {
    const ACT: &'static str = "publish_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::PublishListing>(tx, self.id, self.version).await?;
        let (listing, event) = before.clone().publish(&permit, tx.now())?;
        store::save(tx.conn(), &before, &listing, self.terms.as_ref()).await?;
        let facts = json!({
            "status": listing.state.status(),
            "changed": before.content.differences(&listing.content),
        });
        tx.record(listing.id, listing.version, facts);
        tx.announce(event);
        Ok(listing)
    }
}
