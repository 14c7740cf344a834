//! One index on the disk. With each commit it keeps how far it has followed the database, so that
//! a server which starts again goes on from there.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{bail, ensure};
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, indexer::IndexWriterOptions,
    query::Query, store::Compressor,
};

use super::{
    asking,
    fields::{Fields, SCHEMA},
    gather::{Gather, Gathered, Order},
};
use crate::{
    model::TextQuery,
    store::{Changed, Followed, Present, PublicRow},
};

/// How much memory documents may take before they are written out.
const MEMORY_BYTES: usize = 48 << 20;

/// How far an index has followed which database.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    schema: u32,
    database: String,
    horizon: i64,
}

/// What an index knows of the database.
#[derive(Debug)]
struct Known {
    /// Everything that older transactions have changed is known.
    horizon: i64,
    /// What is known of younger ones: which transaction has changed which listing.
    seen: HashMap<Id<kinds::Listing>, i64>,
    /// When nothing was unknown, last.
    as_of: Instant,
}

/// One index on the disk.
pub(crate) struct Volume {
    pub(super) name: String,
    database: String,
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    known: Mutex<Known>,
}

impl Volume {
    /// A new, empty one.
    pub(super) fn create(folder: &Path, name: String, present: &Present) -> anyhow::Result<Self> {
        let fields = Fields::new();
        let settings =
            IndexSettings { docstore_compression: Compressor::None, ..IndexSettings::default() };
        let index = Index::builder()
            .schema(fields.schema.clone())
            .settings(settings)
            .create_in_dir(folder)?;
        Self::over(&index, fields, name, present.database.clone(), present.horizon)
    }

    /// One that was made before, if it is sound, of this database, and of nothing later.
    pub(super) fn open(folder: &Path, name: String, present: &Present) -> anyhow::Result<Self> {
        let index = Index::open_in_dir(folder)?;
        let Some(payload) = index.load_metas()?.payload else { bail!("it was never finished") };
        let payload: Payload = serde_json::from_str(&payload)?;
        let Payload { schema, database, horizon } = payload;
        ensure!(schema == SCHEMA, "it is of schema {schema}, not {SCHEMA}");
        ensure!(database == present.database, "it is of another database, or of its past");
        ensure!(horizon <= present.horizon, "it knows of transactions that never were");
        let damaged = index.validate_checksum()?;
        ensure!(damaged.is_empty(), "damaged: {damaged:?}");
        let fields = Fields::new();
        ensure!(index.schema() == fields.schema, "it has other fields");
        Self::over(&index, fields, name, database, horizon)
    }

    fn over(
        index: &Index,
        fields: Fields,
        name: String,
        database: String,
        horizon: i64,
    ) -> anyhow::Result<Self> {
        // One thread for each: indexing must leave the processors to requests.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(MEMORY_BYTES)
            .build();
        let writer = Mutex::new(index.writer_with_options(options)?);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let known = Known { horizon, seen: HashMap::new(), as_of: Instant::now() };
        Ok(Self { name, database, fields, reader, writer, known: Mutex::new(known) })
    }

    /// Adds listings that it does not have.
    pub(super) fn add(&self, listings: &[PublicRow]) -> anyhow::Result<()> {
        let writer = lock(&self.writer);
        for listing in listings {
            writer.add_document(self.fields.document(listing))?;
        }
        Ok(())
    }

    /// Takes in listings as they are now; true if anything changes by it.
    pub(super) fn take(&self, followed: &[Followed]) -> anyhow::Result<bool> {
        let writer = lock(&self.writer);
        let searcher = self.reader.searcher();
        let mut changes = false;
        for (listing, _) in followed {
            let named = self.fields.named(listing.id);
            if super::is_indexed(listing) {
                writer.delete_term(named);
                writer.add_document(self.fields.document(listing))?;
                changes = true;
            } else if searcher.doc_freq(&named)? > 0 {
                writer.delete_term(named);
                changes = true;
            }
        }
        Ok(changes)
    }

    /// Makes what was taken in last and be found.
    pub(super) fn commit(&self, horizon: i64) -> anyhow::Result<()> {
        let database = self.database.clone();
        let payload = serde_json::to_string(&Payload { schema: SCHEMA, database, horizon })?;
        let mut writer = lock(&self.writer);
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        drop(writer);
        Ok(self.reader.reload()?)
    }

    /// Waits for work in the background, and lets go of the folder.
    pub(super) fn close(self) -> anyhow::Result<()> {
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(writer.wait_merging_threads()?)
    }

    /// Everything that older transactions have changed is known.
    pub(super) fn horizon(&self) -> i64 {
        lock(&self.known).horizon
    }

    /// Those of the changes that it does not know.
    pub(super) fn unknown(&self, changed: &Changed) -> Vec<Id<kinds::Listing>> {
        let known = lock(&self.known);
        // Not only younger ones: a transaction may have begun before the one that it overwrites.
        let unknown = changed
            .listings
            .iter()
            .filter(|change| known.seen.get(&change.id) != Some(&change.xid));
        unknown.map(|change| change.id).collect()
    }

    /// Notes what was taken in.
    pub(super) fn note(&self, taken: &[(Id<kinds::Listing>, i64)]) {
        let mut known = lock(&self.known);
        known.seen.extend(taken.iter().copied());
    }

    /// Notes that nothing was unknown when these changes were looked for.
    pub(super) fn note_all(&self, changed: &Changed, as_of: Instant) {
        let mut known = lock(&self.known);
        known.horizon = known.horizon.max(changed.horizon);
        known.as_of = known.as_of.max(as_of);
        let horizon = known.horizon;
        known.seen.retain(|_, xid| *xid >= horizon);
    }

    /// Since when it may lack something.
    pub(super) fn lag(&self) -> Duration {
        lock(&self.known).as_of.elapsed()
    }

    /// How many listings it has.
    pub(super) fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// The listings that say all of it.
    pub(super) fn find(
        &self,
        text: Option<&TextQuery>,
        gather: &Gather,
    ) -> tantivy::Result<Gathered> {
        self.search(&*asking::asked(&self.fields, text, gather.order == Order::Best), gather)
    }

    /// The listings whose title and keywords say all of it.
    pub(super) fn find_named(
        &self,
        text: &TextQuery,
        gather: &Gather,
    ) -> tantivy::Result<Gathered> {
        self.search(&*asking::named(&self.fields, text), gather)
    }

    fn search(&self, query: &dyn Query, gather: &Gather) -> tantivy::Result<Gathered> {
        self.reader.searcher().search(query, gather)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
