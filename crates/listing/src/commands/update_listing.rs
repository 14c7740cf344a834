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
            let present = store::listing(&mut *db.reader().await?, id).await?;
            // What is published keeps its texts, and hence its words, until its revision is.
            if present.state.publication().is_none() || present.state.suspension_reason().is_some()
            {
                terms = Some(segmenter::terms(present.content.with(changes.clone())).await?);
            }
        }
        Ok(Self { id, version, changes, terms })
    }
}

impl Command for UpdateListing {
    const ACT: &'static str = "update_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (before, permit) =
            listing_for::<access::UpdateListing>(tx, self.id, self.version).await?;
        let (listing, event) = before.clone().update(&permit, self.changes, tx.now())?;
        store::save(tx.conn(), &before, &listing, self.terms.as_ref()).await?;
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
}
