//! `take_listing_review` and `release_listing_review`: an operator takes a listing on for review,
//! so that no two read the same, or leaves it to others again.

use ::store::{Command, Outcome, Tx};
use kernel::{Act, Id, Permit, kinds};

use crate::{
    access,
    error::{REVIEW_TAKEN, nothing_to_review},
    model::Listing,
    store::{self, ReviewRow},
};

/// Takes a review on.
#[derive(Clone, Copy, Debug)]
pub struct TakeReview {
    /// Of which listing.
    pub id: Id<kinds::Listing>,
}

impl Command for TakeReview {
    const ACT: &'static str = "take_listing_review";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (listing, review, _permit) = review_of::<access::TakeReview>(tx, self.id).await?;
        let me = tx.actor()?.account;
        if review.assignee_id.is_some_and(|assignee| assignee != me) {
            return Err(REVIEW_TAKEN.refuse().into());
        }
        let at = tx.now();
        store::assign_review(tx.conn(), self.id, Some((me, at))).await?;
        Ok(listing)
    }
}

/// Leaves a review to others; any operator may do that, for one who has gone home.
#[derive(Clone, Copy, Debug)]
pub struct ReleaseReview {
    /// Of which listing.
    pub id: Id<kinds::Listing>,
}

impl Command for ReleaseReview {
    const ACT: &'static str = "release_listing_review";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (listing, ..) = review_of::<access::ReleaseReview>(tx, self.id).await?;
        store::assign_review(tx.conn(), self.id, None).await?;
        Ok(listing)
    }
}

/// The listing, locked, and its review.
async fn review_of<A: Act>(
    tx: &mut Tx<'_>,
    id: Id<kinds::Listing>,
) -> Outcome<(Listing, ReviewRow, Permit<A>)> {
    let listing = store::listing_for_update(tx.conn(), id).await?;
    let permit = access::permit::<A>(tx.caller(), &listing)?;
    let review = store::review_for_update(tx.conn(), id).await?;
    let review = review.ok_or_else(|| nothing_to_review(listing.state.status()))?;
    Ok((listing, review, permit))
}
