//! `follow_listing` and `unfollow_listing`: somebody wants to find a listing again, or no longer.

use ::store::{Command, Outcome, Tx, refusals::NOT_FOUND};
use kernel::{Id, Relation, judge, kinds};

use crate::{access, error::TOO_MANY_FOLLOWED, store};

/// How many listings one account may follow.
const FOLLOWED_MAX: i64 = 1000;

/// Somebody follows a listing.
#[derive(Clone, Copy, Debug)]
pub struct FollowListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
}

impl Command for FollowListing {
    const ACT: &'static str = "follow_listing";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        judge::<access::FollowListing>(tx.caller(), &[Relation::Stranger])?;
        let (account, now) = (tx.actor()?.account, tx.now());
        expect_visible(tx, self.id).await?;
        store::lock_follows(tx.conn(), account).await?;
        if store::follows_beside(tx.conn(), account, self.id).await? >= FOLLOWED_MAX {
            return Err(TOO_MANY_FOLLOWED.refuse().into());
        }
        store::follow(tx.conn(), account, self.id, now).await
    }
}

/// Somebody no longer follows a listing, which they may even no longer see.
#[derive(Clone, Copy, Debug)]
pub struct UnfollowListing {
    /// Which one.
    pub id: Id<kinds::Listing>,
}

impl Command for UnfollowListing {
    const ACT: &'static str = "unfollow_listing";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        judge::<access::UnfollowListing>(tx.caller(), &[Relation::Stranger])?;
        let account = tx.actor()?.account;
        if store::unfollow(tx.conn(), account, self.id).await? {
            return Ok(());
        }
        expect_visible(tx, self.id).await
    }
}

/// 404 if the caller may not know of the listing.
async fn expect_visible(tx: &mut Tx<'_>, id: Id<kinds::Listing>) -> Outcome<()> {
    let listing = store::listing(tx.conn(), id).await?;
    let sight = access::sight(tx.caller(), listing.organisation.id, listing.state.status());
    if sight.is_none() { Err(NOT_FOUND.refuse().into()) } else { Ok(()) }
}
