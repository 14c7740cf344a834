//! Where the contents of attachments are kept, and how what is of no use any more leaves.

use std::fs::File;

use ::store::{Command, Db, ObjectBytes, Objects, Outcome, Tx};
use chrono::TimeDelta;
use futures::TryStreamExt;
use kernel::{Caller, Id, kinds};
use uuid::Uuid;

use crate::{
    model::{ATTACHMENTS, Attachment},
    store,
};

/// How long a content may be there without a row: longer than any upload takes, and long enough
/// for somebody to notice that an older state of the database has been brought back.
const ORPHANED_AFTER: TimeDelta = TimeDelta::days(7);
/// How many contents are looked at, or removed, at a time.
const BATCH: usize = 200;

/// Where the contents of attachments are kept, and how much an organisation may keep.
#[derive(Clone, Debug)]
pub struct AttachmentStore {
    objects: Objects,
    allowance: i64,
}

impl AttachmentStore {
    /// Kept there; each organisation may keep so many bytes.
    #[must_use]
    pub const fn new(objects: Objects, allowance: i64) -> Self {
        Self { objects, allowance }
    }

    /// How many bytes an organisation may keep.
    #[must_use]
    pub const fn allowance(&self) -> i64 {
        self.allowance
    }

    pub(crate) async fn keep(&self, id: Id<kinds::Attachment>, file: File) -> Outcome<()> {
        self.objects.put(&Attachment::key(id), file).await
    }

    pub(crate) async fn read(
        &self,
        id: Id<kinds::Attachment>,
        part: std::ops::RangeInclusive<u64>,
    ) -> Outcome<ObjectBytes> {
        self.objects.read(&Attachment::key(id), part).await
    }

    /// Takes back a content that no row names. One that cannot be removed now is swept later.
    pub(crate) async fn take_back(&self, id: Id<kinds::Attachment>) {
        if let Err(failure) = self.objects.remove(&Attachment::key(id)).await {
            tracing::warn!(%failure, "a content of no use stays until it is swept");
        }
    }

    /// Whose store is it? One that nobody has marked becomes this market's, unless rows name
    /// contents that should be in it.
    ///
    /// # Errors
    /// If the database or the store does not answer.
    pub async fn whose(&self, db: &Db) -> Outcome<Whose> {
        let ours = db.write(Caller::Anyone, MarkStore).await?.to_string();
        if self.objects.mark().await?.is_none()
            && !store::names_contents(&mut *db.reader().await?).await?
        {
            self.objects.set_mark(&ours).await?;
        }
        Ok(match self.objects.mark().await? {
            Some(mark) if mark == ours => Whose::Ours,
            Some(_) | None => Whose::Anothers { ours },
        })
    }

    /// Removes the contents of attachments that were removed; says how many. What cannot be
    /// removed now is tried again the next time.
    ///
    /// # Errors
    /// If the database or the store does not answer, or the store is not this market's.
    pub async fn forget_removed(&self, db: &Db) -> Outcome<usize> {
        let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let removed = store::removed(&mut *db.reader().await?, most).await?;
        if removed.is_empty() {
            return Ok(0);
        }
        self.expect_ours(db).await?;
        let mut gone = Vec::new();
        for id in removed {
            match self.objects.remove(&Attachment::key(id)).await {
                Ok(()) => gone.push(id),
                Err(failure) => tracing::warn!(%failure, ?id, "a removed content is still there"),
            }
        }
        db.write(Caller::Anyone, ForgetRemoved { ids: gone }).await
    }

    async fn expect_ours(&self, db: &Db) -> Outcome<()> {
        match self.whose(db).await? {
            Whose::Ours => Ok(()),
            Whose::Anothers { .. } => {
                Err(anyhow::anyhow!("the store of files is not this market's").into())
            }
        }
    }

    /// Removes contents that are there for days without a row: something broke between the two.
    /// Says how many.
    ///
    /// # Errors
    /// If the database or the store does not answer, or the store is not this market's: of what
    /// others keep no row is here.
    pub async fn sweep_orphans(&self, db: &Db) -> Outcome<usize> {
        self.expect_ours(db).await?;
        let before = db.clock().now() - ORPHANED_AFTER;
        let mut swept = self.objects.remove_unfinished(ATTACHMENTS, before).await?;
        let mut names = self.objects.older_than(ATTACHMENTS, before).try_chunks(BATCH);
        while let Some(names) = names.try_next().await.map_err(|chunk| chunk.1)? {
            // What has another name was put there by somebody else.
            let ids: Vec<_> = names.iter().filter_map(|name| name.parse().ok()).collect();
            let known = store::known_attachments(&mut *db.reader().await?, &ids).await?;
            for id in ids.into_iter().filter(|id| !known.contains(id)) {
                self.objects.remove(&Attachment::key(id)).await?;
                swept = swept.saturating_add(1);
            }
        }
        Ok(swept)
    }
}

/// Whose a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This market's.
    Ours,
    /// Another market's, or it has lost its mark.
    Anothers {
        /// The mark that this market's store bears.
        ours: String,
    },
}

/// The store of contents has a mark.
#[derive(Clone, Debug)]
struct MarkStore;

impl Command for MarkStore {
    const ACT: &'static str = "mark_store";
    type Output = Uuid;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Uuid> {
        store::store_mark(tx.conn()).await
    }
}

/// Contents of removed attachments are gone.
#[derive(Clone, Debug)]
struct ForgetRemoved {
    ids: Vec<Id<kinds::Attachment>>,
}

impl Command for ForgetRemoved {
    const ACT: &'static str = "forget_removed_attachments";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        store::forget_removed(tx.conn(), &self.ids).await
    }
}
