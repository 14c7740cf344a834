//! Tells those who are told once a day of what was found for their saved searches since.

use ::store::{Command, Outcome, Tx};
use chrono::{DateTime, TimeDelta, Utc};
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
        if due.is_empty() {
            return Ok(0);
        }
        let ids: Vec<_> = due.iter().map(|search| search.id).collect();
        let mut hits = store::take_hits(tx.conn(), &ids, now).await?;
        for search in &due {
            let mut listing_ids = hits.remove(&search.id).unwrap_or_default();
            listing_ids.drain(..listing_ids.len().saturating_sub(TOLD_AT_ONCE));
            if !listing_ids.is_empty() {
                tx.announce(SavedSearchHit {
                    saved_search_id: search.id,
                    account_id: search.account_id,
                    organisation_id: search.organisation_id,
                    listing_ids,
                });
            }
        }
        Ok(due.len())
    }
}

/// Forgets what was found for saved searches before an instant, some at a time. What is published
/// again after that is found again.
#[derive(Clone, Copy, Debug)]
pub struct ForgetHits {
    /// What was found earlier goes.
    pub before: DateTime<Utc>,
    /// How many at most.
    pub at_most: i64,
}

impl Command for ForgetHits {
    const ACT: &'static str = "forget_saved_search_hits";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        store::forget_hits(tx.conn(), self.before, self.at_most).await
    }
}
