//! The search index of this server: what is public of the published listings, segmented, on the
//! disk. It is derived from the table `listings` and follows it by its transactions.
//!
//! Every server has its own. Before each question it catches up with one cheap statement, which
//! asks for what could not be seen at the last look: a change that commits late is not missed. All
//! who ask at one time share one look. Taking changes in takes some ten milliseconds; a question
//! waits for that, but not for ever, and not at all while so much has changed at once that it would
//! have to wait long, or when catching up has just failed. What is found is shown as the database
//! has it in that moment: even an index that lags never shows what was withdrawn.

mod alike;
mod asking;
mod catching_up;
mod fields;
mod gather;
mod home;
#[cfg(test)]
mod tests;
mod volume;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use ::store::{Db, Failure, Outcome};
use anyhow::anyhow;
use kernel::ListingStatus;
use web::apart;

pub(crate) use self::{
    alike::{Alike, Telling},
    fields::Dimension,
    gather::{Condition, Counts, Gather, Gathered, Hit, NO_PRICE, Order},
    volume::Volume,
};
use self::{
    catching_up::{CatchingUp, backoff, take_in},
    home::Home,
    volume::{is_damage, is_of_no_use},
};
use crate::{
    error::INDEX_NOT_READY,
    model::TextQuery,
    store::{self, Present, PublicRow},
};

/// How many listings are read at once.
const BATCH: usize = 200;
/// How often the index catches up by itself, so that questions find little left to do, and what
/// nobody asks for is not kept longer than that.
const CATCH_UP_EVERY: Duration = Duration::from_millis(500);
/// How long a question waits for changes to be taken in, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(1);

/// Is this listing to be found by everybody?
fn is_indexed(listing: &PublicRow) -> bool {
    listing.status == ListingStatus::Published
}

/// How far a build has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Listings that have been read.
    pub done: usize,
    /// Listings that were published when the build began.
    pub total: i64,
}

/// The search index of one server.
pub struct SearchIndex {
    home: Home,
    /// What is in use.
    open: RwLock<Option<Arc<Volume>>>,
    catching_up: CatchingUp,
    patience: Duration,
}

impl SearchIndex {
    /// In a folder that lasts, as long as no other server uses it.
    ///
    /// # Errors
    /// If the folder cannot be used.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self::at(Home::of_server(folder)?))
    }

    /// In a folder that lasts as long as the server.
    ///
    /// # Errors
    /// If there is no room for one.
    pub fn temporary() -> anyhow::Result<Self> {
        Ok(Self::at(Home::temporary()?))
    }

    fn at(home: Home) -> Self {
        let (open, catching_up) = (RwLock::new(None), CatchingUp::default());
        Self { home, open, catching_up, patience: PATIENCE }
    }

    /// The same, but a question waits longer, or less long, for changes to be taken in.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Is it built? Until then questions are answered with 503 `index_not_ready`.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.volume().is_some()
    }

    /// For how long it may have lacked something; `None` before it is built.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        self.volume().map(|volume| volume.lag())
    }

    /// How many listings it has.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.volume().map_or(0, |volume| volume.len())
    }

    /// Has it none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Opens or builds it, then follows the database for as long as the task runs.
    pub async fn follow(self: Arc<Self>, db: Db) {
        let mut failures = 0_u32;
        loop {
            let pause = match self.tend(&db).await {
                Ok(()) => {
                    failures = 0;
                    CATCH_UP_EVERY
                }
                Err(failure) => {
                    tracing::warn!(%failure, "the search index could not be tended");
                    failures = failures.saturating_add(1);
                    backoff(failures).max(CATCH_UP_EVERY)
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Opens it, or builds it where there is none that can be used; catches up; and changes to one
    /// that was built beside this server.
    ///
    /// # Errors
    /// If the database does not answer, or the disk refuses; what was open stays open.
    pub async fn tend(self: &Arc<Self>, db: &Db) -> Outcome<()> {
        let index = Arc::clone(self);
        let named = apart(move || index.home.current()).await?.map_err(anyhow::Error::from)?;
        match (self.volume(), named) {
            (Some(volume), Some(named)) if volume.name == named => {
                self.catching_up.catch_up(db, &volume).await
            }
            (_, Some(named)) => self.open(db, named).await,
            (_, None) => self.build(db).await,
        }
    }

    /// What this server asks, caught up with the database as it is now; if that fails or takes too
    /// long, as it was a moment ago.
    ///
    /// # Errors
    /// 503 `index_not_ready` before it is built.
    pub(crate) async fn fresh(self: &Arc<Self>, db: &Db) -> Outcome<Arc<Volume>> {
        let volume = self.volume().ok_or_else(|| INDEX_NOT_READY.refuse())?;
        self.catching_up.catch_up_if_quick(db, &volume, self.patience).await;
        self.volume().ok_or_else(|| INDEX_NOT_READY.refuse().into())
    }

    /// The listings that say all of it.
    ///
    /// # Errors
    /// If the index is damaged; it is built again then.
    pub(crate) async fn find(
        self: &Arc<Self>,
        volume: &Arc<Volume>,
        text: Option<TextQuery>,
        gather: Gather,
    ) -> Outcome<Gathered> {
        self.ask(volume, move |volume| volume.find(text.as_ref(), &gather)).await
    }

    /// The listings whose title and keywords say all of it.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub(crate) async fn find_named(
        self: &Arc<Self>,
        volume: &Arc<Volume>,
        text: TextQuery,
        gather: Gather,
    ) -> Outcome<Gathered> {
        self.ask(volume, move |volume| volume.find_named(&text, &gather)).await
    }

    /// The listings that are most like a text of these words.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub(crate) async fn alike(
        self: &Arc<Self>,
        volume: &Arc<Volume>,
        words: Vec<String>,
        limit: usize,
    ) -> Outcome<Alike> {
        self.ask(volume, move |volume| volume.alike(&words, limit)).await
    }

    async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        volume: &Arc<Volume>,
        question: impl FnOnce(&Volume) -> tantivy::Result<T> + Send + 'static,
    ) -> Outcome<T> {
        let asked = Arc::clone(volume);
        let gathered = apart(move || question(&asked)).await?;
        if gathered.as_ref().is_err_and(is_damage) {
            self.throw_away(volume);
        }
        Ok(gathered.map_err(anyhow::Error::from)?)
    }

    async fn open(self: &Arc<Self>, db: &Db, name: String) -> Outcome<()> {
        let present = store::present(&mut *db.reader().await?).await?;
        let index = Arc::clone(self);
        let opened = apart(move || {
            match Volume::open(&index.home.volume(&name), name.clone(), &present) {
                Ok(volume) => Ok(Some(volume)),
                Err(error) if is_of_no_use(&error) => {
                    tracing::warn!(%error, name, "this search index cannot be used; building another");
                    index.home.forget(&name)?;
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        });
        let Some(volume) = opened.await?? else { return self.build(db).await };
        let volume = Arc::new(volume);
        // Before anybody asks it: it may have slept for days. If that fails, it is still better
        // asked as it is than not at all.
        let caught_up = take_in(db, &volume, || ()).await;
        tracing::info!(name = volume.name, listings = volume.len(), "the search index is open");
        self.pick_up(volume);
        let index = Arc::clone(self);
        let swept = apart(move || match index.home.build_right()? {
            Some(right) => Ok(index.home.sweep(&right, None)?),
            None => Ok(()),
        });
        caught_up.and(swept.await?.map_err(Failure::Broken))
    }

    async fn build(self: &Arc<Self>, db: &Db) -> Outcome<()> {
        let mut tenth = 0;
        let name = build(db, &self.home, |Progress { done, total }| {
            let tenths = i64::try_from(done).unwrap_or(i64::MAX).saturating_mul(10);
            let reached = tenths.checked_div(total).unwrap_or(10);
            if reached > tenth {
                tenth = reached;
                tracing::info!(done, total, "building the search index");
            }
        })
        .await?;
        let Some(name) = name else {
            return Err(anyhow!("somebody else is building the search index").into());
        };
        Box::pin(self.open(db, name)).await
    }

    fn volume(&self) -> Option<Arc<Volume>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn pick_up(&self, volume: Arc<Volume>) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(volume);
    }

    fn put_down(&self, volume: &Arc<Volume>) {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.take_if(|open| Arc::ptr_eq(open, volume));
    }

    fn throw_away(&self, volume: &Arc<Volume>) {
        tracing::error!(name = volume.name, "the search index is damaged; building another");
        self.put_down(volume);
        if let Err(error) = self.home.forget(&volume.name) {
            tracing::error!(%error, "the damaged search index is still named as the current one");
        }
    }
}

/// Builds a volume and puts it into use; answers its name, or `None` while somebody else builds.
async fn build(
    db: &Db,
    home: &Home,
    mut progress: impl FnMut(Progress),
) -> Outcome<Option<String>> {
    let Some(right) = home.build_right()? else { return Ok(None) };
    let present = store::present(&mut *db.reader().await?).await?;
    // Under a name that no volume here has ever had, so that a server tells it from its own.
    let name = home.new_volume(&right).map_err(anyhow::Error::from)?;
    home.sweep(&right, Some(&name)).map_err(anyhow::Error::from)?;
    if let Err(failure) = fill(db, &home.volume(&name), &name, present, &mut progress).await {
        // A disk that is full must not be left fuller.
        home.remove(&right, &name).map_err(anyhow::Error::from)?;
        return Err(failure);
    }
    home.make_current(&name).map_err(anyhow::Error::from)?;
    Ok(Some(name))
}

/// Makes a volume of everything that is published.
async fn fill(
    db: &Db,
    folder: &Path,
    name: &str,
    present: Present,
    progress: &mut impl FnMut(Progress),
) -> Outcome<()> {
    let total = store::published_total(&mut *db.reader().await?).await?;
    let volume = Arc::new(Volume::create(folder, name.to_owned(), &present)?);
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let (mut after, mut done) = (None, 0_usize);
    loop {
        let batch = store::published_after(&mut *db.reader().await?, after, limit).await?;
        let Some(last) = batch.last().map(|listing| listing.id) else { break };
        after = Some(last);
        done = done.saturating_add(batch.len());
        let adding = Arc::clone(&volume);
        apart(move || adding.add(&batch)).await??;
        progress(Progress { done, total });
    }
    apart(move || {
        volume.commit(present.moment)?;
        Arc::into_inner(volume).map_or(Ok(()), Volume::close)
    })
    .await??;
    Ok(())
}

/// Builds the index of the server that uses this folder anew, beside it; the server changes to it
/// within a second.
///
/// # Errors
/// A sentence for whoever runs the market.
pub async fn reindex(db: &Db, folder: &Path, progress: impl FnMut(Progress)) -> anyhow::Result<()> {
    let home = Home::beside_server(folder)?;
    match build(db, &home, progress).await? {
        Some(_) => Ok(()),
        None => Err(anyhow!(
            "the search index in {} is being built already, by its server or by another reindex",
            folder.display()
        )),
    }
}
