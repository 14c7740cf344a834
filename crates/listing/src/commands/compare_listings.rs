//! Compares what has been published with the saved searches: a listing is taken up, compared
//! outside of any transaction, and what was found is noted.
//!
//! However many searches are kept, one step looks at a bounded number of them, and notes how far it
//! has come; the next goes on from there, on whichever server.

use ::store::{Command, Outcome, Tx};
use chrono::TimeDelta;
use events::SavedSearchHit;
use kernel::{Id, ListingStatus, kinds};

use crate::{
    model::{Notify, SavedSearch},
    store::{self, Comparison},
};

/// How long whoever has taken a listing up has it for itself.
const HELD_FOR: TimeDelta = TimeDelta::seconds(30);

/// Takes up the listing that was noted first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TakeUpComparison;

impl Command for TakeUpComparison {
    const ACT: &'static str = "take_up_comparison";
    type Output = Option<Comparison>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Option<Comparison>> {
        let now = tx.now();
        store::take_up_comparison(tx.conn(), now, now + HELD_FOR).await
    }
}

/// Notes what was found; not if the listing says something else by then: it is noted anew.
#[derive(Clone, Debug)]
pub(crate) struct NoteHits {
    /// What was taken up.
    pub(crate) comparison: Comparison,
    /// The searches that the listing answers.
    pub(crate) met: Vec<SavedSearch>,
    /// The last search that was looked at, if there are more behind it.
    pub(crate) up_to: Option<Id<kinds::SavedSearch>>,
}

impl Command for NoteHits {
    const ACT: &'static str = "note_saved_search_hits";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let Self { comparison, met, up_to } = self;
        if !store::is_unchanged(tx.conn(), &comparison).await? {
            return Ok(());
        }
        let (id, now) = (comparison.listing_id, tx.now());
        if store::listing(tx.conn(), id).await?.state.status() == ListingStatus::Published {
            let hits: Vec<_> =
                met.iter().map(|search| (search.id, at_once(search.notify))).collect();
            let new = store::add_hits(tx.conn(), id, &hits, now).await?;
            let told = met.iter().filter(|it| at_once(it.notify) && new.contains(&it.id));
            for search in told {
                tx.announce(SavedSearchHit {
                    saved_search_id: search.id,
                    account_id: search.account,
                    organisation_id: search.organisation,
                    listing_ids: vec![id],
                });
            }
        }
        match up_to {
            None => store::end_comparison(tx.conn(), id).await,
            Some(_) => {
                let next = Comparison { behind: up_to, noted_at: now, ..comparison };
                store::note_comparison(tx.conn(), next).await
            }
        }
    }
}

const fn at_once(notify: Notify) -> bool {
    match notify {
        Notify::Immediate => true,
        Notify::Daily => false,
    }
}
