//! Where the contents of attachments are kept, and how what is of no use any more leaves.

use std::fs::File;

use ::store::{Command, Db, ObjectBytes, Objects, Outcome, Tx};
use chrono::TimeDelta;
use futures::TryStreamExt;
use kernel::{Caller, Id, kinds};

use crate::{
    model::{ATTACHMENTS, Attachment},
    store,
};

/// How long a content may be there without a row: longer than any upload takes.
const ORPHANED_AFTER: TimeDelta = TimeDelta::hours(24);
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

    /// Removes the contents of attachments that were removed; says how many.
    ///
    /// # Errors
    /// If the database or the store does not answer; what is left is removed the next time.
    pub async fn forget_removed(&self, db: &Db) -> Outcome<usize> {
        let mut forgotten = 0_usize;
        loop {
            let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let ids = store::removed(&mut *db.reader().await?, most).await?;
            if ids.is_empty() {
                return Ok(forgotten);
            }
            for id in &ids {
                self.objects.remove(&Attachment::key(*id)).await?;
            }
            forgotten = forgotten.saturating_add(ids.len());
            db.write(Caller::Anyone, ForgetRemoved { ids }).await?;
        }
    }

    /// Removes contents that are there for a day without a row: something broke between the two.
    /// Says how many.
    ///
    /// # Errors
    /// If the database or the store does not answer.
    pub async fn sweep_orphans(&self, db: &Db) -> Outcome<usize> {
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
