//! The index of this server: a [`Ranker`] that follows the database.
//!
//! It is read from `match_documents` when the server starts, and before each question it catches
//! up with one cheap statement, so that every server sees every committed change at once. That
//! statement asks for rows changed by transactions not older than the oldest one that was still
//! open at the last look: a change that commits late is not missed.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use ::store::{Conn, Db, Outcome};
use anyhow::Context;
use kernel::{Id, kinds};
use tokio::sync::Mutex;

use crate::{
    error::INDEX_NOT_READY,
    model::ranker::{Answer, Prepared, Query, Ranker},
    store::{self, Changed},
};

/// How many listings are read at once.
const BATCH: usize = 500;
/// How often the index catches up by itself, so that questions find little left to do.
const CATCH_UP_EVERY: Duration = Duration::from_secs(1);
/// How long to wait before reading is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Live {
    ranker: Ranker,
    /// Which revision of each listing is known, gone ones too.
    revisions: HashMap<Id<kinds::Listing>, i64>,
}

impl Live {
    fn knows(&self, id: Id<kinds::Listing>, revision: i64) -> bool {
        self.revisions.get(&id).is_some_and(|known| *known >= revision)
    }

    /// Takes what was read, unless something newer is known.
    fn take(&mut self, changes: Vec<Change>) {
        for Change { listing_id, revision, prepared } in changes {
            if self.knows(listing_id, revision) {
                continue;
            }
            self.revisions.insert(listing_id, revision);
            match prepared {
                Some(prepared) => self.ranker.learn(*prepared),
                None => self.ranker.forget(listing_id),
            }
        }
    }
}

/// A listing as it is now: prepared, or gone.
struct Change {
    listing_id: Id<kinds::Listing>,
    revision: i64,
    prepared: Option<Box<Prepared>>,
}

impl From<store::Read> for Change {
    fn from(read: store::Read) -> Self {
        let store::Read { document, revision, published } = read;
        let prepared = published.then(|| Box::new(Prepared::from(&document)));
        Self { listing_id: document.listing_id, revision, prepared }
    }
}

/// The index of one server.
#[derive(Default)]
pub struct MatchIndex {
    live: RwLock<Live>,
    /// Everything that older transactions have changed is known.
    horizon: AtomicI64,
    ready: AtomicBool,
    /// Held while changes are read, so that they are read once.
    reading: Mutex<()>,
}

impl MatchIndex {
    /// Has everything been read? Until then questions are answered with 503 `index_not_ready`.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// How many listings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().ranker.len()
    }

    /// Does it know none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads everything, then follows the database for as long as the task runs.
    pub async fn follow(self: Arc<Self>, db: Db) {
        while let Err(failure) = self.rebuild(&db).await {
            tracing::warn!(%failure, "could not read the published listings; trying again");
            tokio::time::sleep(TRY_AGAIN_AFTER).await;
        }
        loop {
            tokio::time::sleep(CATCH_UP_EVERY).await;
            if let Err(failure) = self.look(&db).await {
                tracing::warn!(%failure, "the index could not catch up");
            }
        }
    }

    /// Reads every published listing; it is ready afterwards.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn rebuild(self: &Arc<Self>, db: &Db) -> Outcome<()> {
        let mut conn = db.reader().await?;
        let horizon = store::horizon(&mut conn).await?;
        let total = store::published_total(&mut conn).await?;
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let (mut after, mut done) = (None, 0_usize);
        loop {
            let batch = store::documents_after(&mut conn, after, limit).await?;
            let Some(last) = batch.last().map(|read| read.document.listing_id) else { break };
            after = Some(last);
            done = done.saturating_add(batch.len());
            self.take(batch).await?;
            tracing::info!(done, total, "reading published listings");
        }
        self.write().ranker.shrink();
        self.horizon.fetch_max(horizon, Ordering::AcqRel);
        self.ready.store(true, Ordering::Release);
        tracing::info!(listings = self.len(), "the index is ready");
        Ok(())
    }

    /// Takes in what has been committed until now.
    ///
    /// # Errors
    /// 503 `index_not_ready` before everything has been read.
    pub async fn catch_up(self: &Arc<Self>, conn: &mut Conn) -> Outcome<()> {
        if !self.is_ready() {
            return Err(INDEX_NOT_READY.refuse().into());
        }
        let horizon = self.horizon.load(Ordering::Acquire);
        let Changed { horizon: next, documents } = store::changed_since(conn, horizon).await?;
        if !self.unknown(&documents).is_empty() {
            let _reading = self.reading.lock().await;
            for ids in self.unknown(&documents).chunks(BATCH) {
                let read = store::documents(conn, ids).await?;
                self.take(read).await?;
            }
        }
        // Only now: whoever reads the new horizon finds everything before it in the index.
        self.horizon.fetch_max(next, Ordering::AcqRel);
        Ok(())
    }

    /// The best matches of a question, at most `limit`.
    ///
    /// # Errors
    /// Only if the ranking broke.
    pub async fn answer(
        self: &Arc<Self>,
        query: impl FnOnce() -> Query + Send + 'static,
        limit: usize,
    ) -> Outcome<Answer> {
        let index = Arc::clone(self);
        let answering = move || {
            let query = query();
            index.read().ranker.answer(&query, limit)
        };
        Ok(tokio::task::spawn_blocking(answering).await.context("ranking broke")?)
    }

    async fn look(self: &Arc<Self>, db: &Db) -> Outcome<()> {
        let mut conn = db.reader().await?;
        self.catch_up(&mut conn).await
    }

    fn unknown(&self, documents: &[(Id<kinds::Listing>, i64)]) -> Vec<Id<kinds::Listing>> {
        let live = self.read();
        let unknown = documents.iter().filter(|(id, revision)| !live.knows(*id, *revision));
        unknown.map(|(id, _)| *id).collect()
    }

    /// Prepares what was read on a thread for computing, and takes it in.
    async fn take(self: &Arc<Self>, read: Vec<store::Read>) -> Outcome<()> {
        let index = Arc::clone(self);
        let preparing = move || {
            let changes = read.into_iter().map(Change::from).collect();
            index.write().take(changes);
        };
        Ok(tokio::task::spawn_blocking(preparing).await.context("preparing listings broke")?)
    }

    fn read(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }
}
