//! Listings that were kept elsewhere: an operator enters many at once, published. They come into
//! the market without being announced; whoever enters them tells those who have to know.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use events::ListingPublished;
use kernel::{ListingStatus, Relation, Version, civil_date, judge};
use serde_json::json;

use crate::{
    access,
    error::refuse_faults,
    model::{Listing, NewListing, Publication, State},
    store,
};

/// Enters many listings at once.
#[derive(Clone)]
pub struct EnterListings {
    listings: Arc<[NewListing]>,
}

impl EnterListings {
    /// Makes the command; checks the listings.
    ///
    /// # Errors
    /// 422 `invalid` with every fault of the first listing that has any.
    pub fn new(listings: Vec<NewListing>) -> Outcome<Self> {
        for listing in &listings {
            let content = &listing.content;
            let day = civil_date(listing.created_at);
            refuse_faults([content.faults(), content.faults_at_submission(day)].concat())?;
        }
        Ok(Self { listings: listings.into() })
    }
}

impl Command for EnterListings {
    const ACT: &'static str = "enter_listings";
    type Output = Vec<ListingPublished>;

    /// Each listing comes to the version that it would have reached step by step, and the audit
    /// trail accounts for all of them.
    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Vec<ListingPublished>> {
        let permit = judge::<access::PublishListing>(tx.caller(), &[Relation::Stranger])?;
        let submitted = Version::FIRST.next();
        let numbers =
            store::add_listings(tx.conn(), &self.listings, submitted.next(), published).await?;
        let mut events = Vec::with_capacity(numbers.len());
        for (new, number) in self.listings.iter().zip(numbers) {
            let at = new.created_at;
            let draft = new.clone().numbered(number);
            let facts = json!({
                "number": draft.number,
                "kind": draft.content.kind,
                "status": draft.state.status(),
            });
            tx.record(draft.id, draft.version, facts);
            tx.record(draft.id, submitted, json!({ "status": ListingStatus::Submitted }));
            let listing = Listing { state: State::Submitted { at }, version: submitted, ..draft };
            let (listing, event) = listing.publish(&permit, at)?;
            tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
            events.push(event);
        }
        Ok(events)
    }
}

/// Published since it was made.
fn published(new: &NewListing) -> State {
    let at = new.created_at;
    let publication = Publication { submitted_at: at, at, until: new.stands_until() };
    State::Published { publication, revision: None }
}
