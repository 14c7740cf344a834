//! Compares what is published with what is looked for, in the background.

use std::{collections::HashMap, time::Duration};

use ::store::{Db, Outcome};
use kernel::{Caller, ListingStatus};
use web::apart;

use crate::{
    commands::{NoteHits, TakeUpComparison},
    model::{Reading, SavedSearch, TextQuery},
    store::{self, PublicRow},
};

/// How long a listing waits at most before somebody looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many saved searches are looked at in one step.
const SEARCHES: usize = 500;

/// Notes for whom what has been published is a hit. A listing is read as it is now; if it has been
/// taken back meanwhile, nobody hears of it.
#[derive(Clone)]
pub struct Comparer {
    db: Db,
}

impl Comparer {
    /// One that works on this database.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Works for as long as the task runs.
    pub async fn follow(self) {
        loop {
            match self.work().await {
                Ok(true) => continue,
                Ok(false) => {}
                // It is held for a while, so that the next one is not kept waiting by it.
                Err(failure) => tracing::warn!(%failure, "could not compare with saved searches"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Compares one listing with some searches; false if none waits for it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn work(&self) -> Outcome<bool> {
        let Some(comparison) = self.db.write(Caller::Anyone, TakeUpComparison).await? else {
            return Ok(false);
        };
        let mut conn = self.db.reader().await?;
        let rows = store::public_rows(&mut conn, &[comparison.listing_id]).await?;
        let published = |listing: &PublicRow| listing.status == ListingStatus::Published;
        let listing = rows.into_iter().find(published);
        let mut searches = Vec::new();
        if let Some(listing) = &listing {
            let (said_at, behind) = (comparison.said_at, comparison.behind);
            let limit = i64::try_from(SEARCHES).unwrap_or(i64::MAX);
            searches = store::saved_for(&mut conn, listing, said_at, behind, limit).await?;
        }
        drop(conn);
        let up_to = searches.last().filter(|_| searches.len() >= SEARCHES).map(|last| last.id);
        let met = match listing {
            Some(listing) if !searches.is_empty() => {
                apart(move || answered_by(&listing, searches)).await?
            }
            Some(_) | None => Vec::new(),
        };
        self.db.write(Caller::Anyone, NoteHits { comparison, met, up_to }).await?;
        Ok(true)
    }
}

/// Those of the searches that the listing answers. What many look for is looked for once.
fn answered_by(listing: &PublicRow, searches: Vec<SavedSearch>) -> Vec<SavedSearch> {
    let texts: Vec<Reading> = listing.texts().iter().map(|text| Reading::of(text)).collect();
    let mut said: HashMap<String, bool> = HashMap::new();
    let mut says = |q: &str| match said.get(q) {
        Some(says) => *says,
        None => {
            let says = TextQuery::of(q).is_some_and(|query| query.is_answered_by(&texts));
            said.insert(q.to_owned(), says);
            says
        }
    };
    let mut met = searches;
    met.retain(|SavedSearch { criteria, .. }| {
        listing.fits(criteria) && criteria.q.as_ref().is_none_or(|q| says(q.as_str()))
    });
    met
}
