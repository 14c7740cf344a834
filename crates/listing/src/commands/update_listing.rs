//! `update_listing`: its owner changes what it says.

use ::store::{Command, Db, Outcome, Tx};
use kernel::{Id, Permit, Version, kinds};
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
        rewrite(tx, &permit, listing, self.changes, self.terms.as_ref()).await
    }
}

/// Changes what a locked listing says; `terms` are its words afterwards, if its texts change.
pub(super) async fn rewrite(
    tx: &mut Tx<'_>,
    permit: &Permit<access::UpdateListing>,
    listing: Listing,
    changes: Changes,
    terms: Option<&Terms>,
) -> Outcome<Listing> {
    let (version, before) = (listing.version, listing.content.clone());
    let listing = listing.update(permit, changes, tx.now())?;
    store::save_content(tx.conn(), version, &listing, terms).await?;
    let facts = json!({ "changed": before.differences(&listing.content) });
    tx.record(listing.id, listing.version, facts);
    Ok(listing)
}
