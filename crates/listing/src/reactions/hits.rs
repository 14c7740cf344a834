//! A listing says something new: it is noted, to be compared with the saved searches. Comparing
//! keeps a processor busy; the transaction that settles an event does not wait for that.

use ::store::{Outcome, Tx};
use chrono::{DateTime, Utc};
use events::{ListingCompared, ListingPublished};
use kernel::{Id, kinds};

use crate::store::{self, Comparison};

/// A listing has been published, or says something else since: it is to become a hit of the
/// searches that were saved before and that it answers.
///
/// # Errors
/// If the database does not answer.
pub async fn note_hits(tx: &mut Tx<'_>, event: &ListingPublished) -> Outcome<()> {
    let said_at = event.said_at.unwrap_or(event.published_at);
    note(tx, event.listing_id, said_at, None).await
}

/// The same for the searches that were left for later.
///
/// # Errors
/// If the database does not answer.
pub async fn note_further_hits(tx: &mut Tx<'_>, event: &ListingCompared) -> Outcome<()> {
    note(tx, event.listing_id, event.said_at, Some(event.up_to)).await
}

async fn note(
    tx: &mut Tx<'_>,
    listing_id: Id<kinds::Listing>,
    said_at: DateTime<Utc>,
    behind: Option<Id<kinds::SavedSearch>>,
) -> Outcome<()> {
    let noted_at = tx.now();
    let comparison = Comparison { listing_id, said_at, behind, noted_at };
    store::note_comparison(tx.conn(), comparison).await
}
