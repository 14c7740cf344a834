//! `update_listing`: its owner changes what it says.

use ::store::{Command, Db, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    access,
    model::{Changes, Listing, Terms},
    segmenter, store,
};

/// Changes what a listing says.
#[derive(Clone, Debug)]
pub struct UpdateListing {
    id: Id<kinds::Listing>,
    version: Version,
    changes: Changes,
    /// The words after the change, if any text changes.
    terms: Option<Terms>,
}

impl UpdateListing {
    /// Makes the command; cuts changed texts into words beforehand. The other texts are those of
    /// the listing as it is now: if it has moved on when the command runs, the command refuses,
    /// and its words go nowhere.
    ///
    /// # Errors
    /// 404 if there is no such listing.
    pub async fn new(
        db: &Db,
        id: Id<kinds::Listing>,
        version: Version,
        changes: Changes,
    ) -> Outcome<Self> {
        let mut terms = None;
        if changes.touch_texts() {
            let present = store::listing(&mut *db.reader().await?, id).await?.content;
            terms = Some(segmenter::terms(present.with(changes.clone())).await?);
        }
        Ok(Self { id, version, changes, terms })
    }
}

impl Command for UpdateListing {
    const ACT: &'static str = "update_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (listing, permit) =
            listing_for::<access::UpdateListing>(tx, self.id, self.version).await?;
        let before = listing.content.clone();
        let listing = listing.update(&permit, self.changes, tx.now())?;
        store::save_content(tx.conn(), self.version, &listing, self.terms.as_ref()).await?;
        let facts = json!({ "changed": before.differences(&listing.content) });
        tx.record(listing.id, listing.version, facts);
        Ok(listing)
    }
}
