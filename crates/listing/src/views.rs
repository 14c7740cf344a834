//! How often listings are looked at, counted in memory so that a read waits for no write.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::store::{Db, Outcome};
use kernel::{Caller, Id, Role, kinds};

use crate::{commands::CountViews, model::Listing};

/// How often what was counted is added up in the database.
const ADD_UP_EVERY: Duration = Duration::from_secs(5);

/// What one server has counted and not yet added up. What a killed server held is lost, which is
/// no loss of business; one that is stopped adds it up.
#[derive(Debug, Default)]
pub struct Views(Mutex<HashMap<Id<kinds::Listing>, i64>>);

impl Views {
    /// Somebody looks at a listing. Neither its owner's nor the staff's own looks count.
    pub(crate) fn note(&self, caller: &Caller, listing: &Listing) {
        let is_staff = |role: &Role| role.is_staff() && caller.has(*role);
        if caller.acts_for(listing.organisation.id) || Role::ALL.iter().any(is_staff) {
            return;
        }
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let views = counted.entry(listing.id).or_default();
        *views = views.saturating_add(1);
    }

    /// Adds up for as long as the task runs.
    pub async fn add_up(self: Arc<Self>, db: Db) {
        loop {
            tokio::time::sleep(ADD_UP_EVERY).await;
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
        let counted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if counted.is_empty() {
            return Ok(());
        }
        let views: Vec<_> = counted.into_iter().collect();
        let outcome = db.write(Caller::Anyone, CountViews { views: views.clone() }).await;
        if outcome.is_err() {
            let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, more) in views {
                let views = counted.entry(id).or_default();
                *views = views.saturating_add(more);
            }
        }
        outcome
    }
}
