//! Tells those who are told once a day of what was found for their saved searches since.

use ::store::{Command, Outcome, Tx};
use chrono::TimeDelta;
use events::SavedSearchHit;

use crate::store;

/// How long somebody is left in peace.
const PEACE: TimeDelta = TimeDelta::hours(24);

/// How many listings one announcement names at most, the last ones; all are in the list of hits.
const TOLD_AT_ONCE: usize = 100;

/// Tells some of them; run it again until there is nobody left to tell.
#[derive(Clone, Copy, Debug)]
pub struct TellSavedSearches;

impl Command for TellSavedSearches {
    const ACT: &'static str = "tell_saved_searches";
    /// How many saved searches were looked after.
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let now = tx.now();
        let due = store::due_searches(tx.conn(), now - PEACE).await?;
        for search in &due {
            let mut listing_ids = store::take_hits(tx.conn(), search.id, now).await?;
            listing_ids.drain(..listing_ids.len().saturating_sub(TOLD_AT_ONCE));
            if !listing_ids.is_empty() {
                tx.announce(SavedSearchHit {
                    saved_search_id: search.id,
                    account_id: search.account,
                    organisation_id: search.organisation,
                    listing_ids,
                });
            }
        }
        Ok(due.len())
    }
}
