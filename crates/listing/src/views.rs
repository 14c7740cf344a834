//! How often listings are looked at, counted in memory so that a read waits for no write.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ::store::{Db, Outcome};
use kernel::{Caller, Id, Role, kinds};

use crate::{commands::CountViews, model::Listing};

type ListingId = Id<kinds::Listing>;

/// How often what was counted is added up in the database.
const ADD_UP_EVERY: Duration = Duration::from_secs(5);
/// How often that is done before whoever looks again counts again: every half hour.
const ADDED_UP_UNTIL_FORGOTTEN: u32 = 360;
/// How many looks are remembered at most; with more, all are forgotten before.
const REMEMBERED_MAX: usize = 100_000;

/// Who looks: one person is told from another by their account, and who has not signed in by the
/// address that they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Viewer {
    Account(Id<kinds::Account>),
    Address(IpAddr),
}

/// What one server has counted and not yet added up. What a killed server held is lost, which is
/// no loss of business; one that is stopped adds it up. Somebody who looks again soon is not counted
/// again; where several servers share the work, each counts them once.
#[derive(Debug, Default)]
pub struct Views(Mutex<Looks>);

#[derive(Debug, Default)]
struct Looks {
    counted: HashMap<ListingId, i64>,
    seen: HashSet<(ListingId, Viewer)>,
}

impl Views {
    /// Somebody looks at a listing. Neither its owner's nor the staff's own looks count.
    pub(crate) fn note(&self, caller: &Caller, from: IpAddr, listing: &Listing) {
        let is_staff = |role: &Role| role.is_staff() && caller.has(*role);
        if caller.acts_for(listing.organisation.id) || Role::ALL.iter().any(is_staff) {
            return;
        }
        let viewer = match caller.actor() {
            Some(actor) => Viewer::Account(actor.account),
            None => Viewer::Address(from),
        };
        let mut looks = self.looks();
        if looks.seen.len() >= REMEMBERED_MAX {
            looks.seen.clear();
        }
        if looks.seen.insert((listing.id, viewer)) {
            looks.add(listing.id, 1);
        }
    }

    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, whoever looks again counts again.
    pub fn forget_viewers(&self) {
        self.looks().seen.clear();
    }

    /// Adds up for as long as the task runs.
    pub async fn add_up(self: Arc<Self>, db: Db) {
        for rounds in (0..ADDED_UP_UNTIL_FORGOTTEN).cycle() {
            tokio::time::sleep(ADD_UP_EVERY).await;
            if rounds == 0 {
                self.forget_viewers();
            }
            if let Err(failure) = self.flush(&db).await {
                tracing::warn!(%failure, "could not add up how often listings were looked at");
            }
        }
    }

    /// Adds up what was counted until now; what cannot be added is kept for the next time.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn flush(&self, db: &Db) -> Outcome<()> {
        let counted = std::mem::take(&mut self.looks().counted);
        if counted.is_empty() {
            return Ok(());
        }
        let views: Vec<_> = counted.into_iter().collect();
        let outcome = db.write(Caller::Anyone, CountViews { views: views.clone() }).await;
        if outcome.is_err() {
            let mut looks = self.looks();
            views.into_iter().for_each(|(id, more)| looks.add(id, more));
        }
        outcome
    }
}

impl Looks {
    fn add(&mut self, id: ListingId, more: i64) {
        let views = self.counted.entry(id).or_default();
        *views = views.saturating_add(more);
    }
}
