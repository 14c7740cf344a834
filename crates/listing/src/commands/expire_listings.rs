//! Takes off the market what has stood to the end of its last day, and tells owners before that.

use ::store::{Command, Outcome, Tx};
use events::ListingExpiring;
use serde_json::json;

use crate::store;

/// How many listings one transaction takes, so that it holds its locks only briefly.
const BATCH: i64 = 100;
/// How many days before the last one an owner is told, the nearest first: whoever comes within
/// the last week is told once, not twice.
const REMIND_DAYS: [i32; 2] = [7, 30];

/// Expires some of what is due; answers how many.
#[derive(Clone, Copy, Debug)]
pub struct ExpireListings;

impl Command for ExpireListings {
    const ACT: &'static str = "expire_listings";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let today = tx.today();
        let due = store::standing_too_long(tx.conn(), today, BATCH).await?;
        for before in store::listings_for_update(tx.conn(), &due).await? {
            let Some((listing, event)) = before.clone().expire(tx.now()) else { continue };
            store::save(tx.conn(), &before, &listing).await?;
            tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
            tx.announce(event);
        }
        Ok(due.len())
    }
}

/// Tells some of the owners whose listings' last day comes near; answers how many.
#[derive(Clone, Copy, Debug)]
pub struct RemindOwners;

impl Command for RemindOwners {
    const ACT: &'static str = "remind_owners";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let today = tx.today();
        let mut told = 0_usize;
        for days in REMIND_DAYS {
            for due in store::note_reminders(tx.conn(), today, days, BATCH).await? {
                told = told.saturating_add(1);
                tx.announce(ListingExpiring {
                    listing_id: due.listing_id,
                    organisation_id: due.organisation_id,
                    until: due.stands_until,
                });
            }
        }
        Ok(told)
    }
}
