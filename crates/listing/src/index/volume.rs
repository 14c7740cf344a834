//! One index on the disk. With each commit it keeps how far it has followed the database, so that
//! a server which starts again goes on from there.

use std::{
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError,
    directory::error::{OpenDirectoryError, OpenReadError},
    indexer::IndexWriterOptions,
    query::Query,
    store::Compressor,
};

use super::{
    asking,
    fields::{Fields, SCHEMA},
    gather::{Gather, Gathered, Order},
};
use crate::{
    model::TextQuery,
    store::{Moment, Present, PublicRow},
};

/// How much memory documents may take before they are written out.
const MEMORY_BYTES: usize = 48 << 20;

/// How far an index has followed which database.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    schema: u32,
    database: String,
    moment: Moment,
}

/// What an index knows of the database.
#[derive(Debug)]
struct Known {
    /// Everything that could be seen then.
    moment: Moment,
    /// When that was.
    as_of: Instant,
}

/// What changes an index; there is none before something is to be changed, and none after a change
/// failed: the next is made from the last commit.
#[derive(Default)]
struct Writing {
    writer: Option<IndexWriter>,
    /// Has it been given what no commit has ended?
    uncommitted: bool,
}

/// One index on the disk.
pub(crate) struct Volume {
    pub(super) name: String,
    database: String,
    pub(super) fields: Fields,
    index: Index,
    pub(super) reader: IndexReader,
    writing: Mutex<Writing>,
    known: Mutex<Known>,
}

/// Why an index on the disk will never serve again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct OfNoUse(String);

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
        Self::over(index, fields, name, present.database.clone(), present.moment.clone())
    }

    /// One that was made before.
    ///
    /// # Errors
    /// [`is_of_no_use`] tells whether it is damaged, of another database, of something that never
    /// was, or of an older form; if not, it may be opened later.
    pub(super) fn open(folder: &Path, name: String, present: &Present) -> anyhow::Result<Self> {
        let useless = |why: String| anyhow::Error::from(OfNoUse(why));
        let sound = |is: bool, why: &str| if is { Ok(()) } else { Err(useless(why.to_owned())) };
        let index = Index::open_in_dir(folder)?;
        let payload = index.load_metas()?.payload;
        let payload = payload.ok_or_else(|| useless("it was never finished".to_owned()))?;
        let payload: Payload = serde_json::from_str(&payload)
            .map_err(|error| useless(format!("it is of another form: {error}")))?;
        let Payload { schema, database, moment } = payload;
        sound(schema == SCHEMA, "it is of another schema")?;
        sound(database == present.database, "it is of another database, or of its past")?;
        let was = moment.end().is_some_and(|end| Some(end) <= present.moment.end());
        sound(was, "it knows of transactions that never were")?;
        let damaged = index.validate_checksum()?;
        sound(damaged.is_empty(), &format!("damaged: {damaged:?}"))?;
        let fields = Fields::new();
        sound(index.schema() == fields.schema, "it has other fields")?;
        Self::over(index, fields, name, database, moment)
    }

    fn over(
        index: Index,
        fields: Fields,
        name: String,
        database: String,
        moment: Moment,
    ) -> anyhow::Result<Self> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let known = Mutex::new(Known { moment, as_of: Instant::now() });
        let writing = Mutex::new(Writing::default());
        Ok(Self { name, database, fields, index, reader, writing, known })
    }

    /// Changes something. When that fails, what was not committed yet is forgotten; what is
    /// committed stays and is read as before.
    fn write<T>(
        &self,
        writing: &mut Writing,
        change: impl FnOnce(&mut IndexWriter) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let mut writer = match writing.writer.take() {
            Some(writer) => writer,
            None => self.new_writer()?,
        };
        let changed = change(&mut writer)?;
        writing.writer = Some(writer);
        Ok(changed)
    }

    fn new_writer(&self) -> tantivy::Result<IndexWriter> {
        // One thread for each: indexing must leave the processors to requests.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(MEMORY_BYTES)
            .build();
        self.index.writer_with_options(options)
    }

    /// Forgets what was given but never committed, by somebody who did not come to an end.
    pub(super) fn begin(&self) {
        let mut writing = lock(&self.writing);
        if writing.uncommitted {
            *writing = Writing::default();
        }
    }

    /// Adds listings that it does not have.
    pub(super) fn add(&self, listings: &[PublicRow]) -> anyhow::Result<()> {
        let mut writing = lock(&self.writing);
        writing.uncommitted = true;
        self.write(&mut writing, |writer| {
            for listing in listings {
                writer.add_document(self.fields.document(listing))?;
            }
            Ok(())
        })
    }

    /// Takes in listings as they are now; true if anything changes by it.
    pub(super) fn take(&self, listings: &[PublicRow]) -> anyhow::Result<bool> {
        let (published, other): (Vec<_>, Vec<_>) =
            listings.iter().partition(|listing| super::is_indexed(listing));
        let gone: Vec<_> = other.into_iter().map(|listing| listing.id).collect();
        let changes = self.take_out(&gone)?;
        if published.is_empty() {
            return Ok(changes);
        }
        let mut writing = lock(&self.writing);
        writing.uncommitted = true;
        self.write(&mut writing, |writer| {
            for listing in published {
                writer.delete_term(self.fields.named(listing.id));
                writer.add_document(self.fields.document(listing))?;
            }
            Ok(true)
        })
    }

    /// Takes out listings that are published no longer, if it has them; true if it had any.
    pub(super) fn take_out(&self, listings: &[Id<kinds::Listing>]) -> anyhow::Result<bool> {
        let searcher = self.reader.searcher();
        let mut had = Vec::new();
        for listing in listings {
            let named = self.fields.named(*listing);
            if searcher.doc_freq(&named)? > 0 {
                had.push(named);
            }
        }
        if had.is_empty() {
            return Ok(false);
        }
        let mut writing = lock(&self.writing);
        writing.uncommitted = true;
        self.write(&mut writing, |writer| {
            for named in had {
                writer.delete_term(named);
            }
            Ok(true)
        })
    }

    /// Makes what was taken in last and be found; with it, how far that is.
    pub(super) fn commit(&self, moment: Moment) -> anyhow::Result<()> {
        let payload = Payload { schema: SCHEMA, database: self.database.clone(), moment };
        let payload = serde_json::to_string(&payload)?;
        let mut writing = lock(&self.writing);
        self.write(&mut writing, |writer| {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&payload);
            prepared.commit()?;
            Ok(())
        })?;
        writing.uncommitted = false;
        drop(writing);
        Ok(self.reader.reload()?)
    }

    /// Waits for work in the background, and lets go of the folder.
    pub(super) fn close(self) -> anyhow::Result<()> {
        let writing = self.writing.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(writing.writer.map_or(Ok(()), IndexWriter::wait_merging_threads)?)
    }

    /// Everything that could be seen in this moment is known.
    pub(super) fn moment(&self) -> Moment {
        lock(&self.known).moment.clone()
    }

    /// Notes that everything is known that could be seen in this moment.
    pub(super) fn note(&self, moment: Moment, as_of: Instant) {
        *lock(&self.known) = Known { moment, as_of };
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

/// Will this never be otherwise? Then another index is made; whatever else keeps one from being
/// opened or asked, such as a full disk, too many open files, or another who holds it, passes.
pub(super) fn is_of_no_use(error: &anyhow::Error) -> bool {
    error.is::<OfNoUse>() || error.downcast_ref::<TantivyError>().is_some_and(is_damage)
}

/// Does the index say what none says that is sound?
pub(super) fn is_damage(error: &TantivyError) -> bool {
    if let TantivyError::IoError(error)
    | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. }) = error
    {
        return matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
    }
    matches!(
        error,
        TantivyError::OpenDirectoryError(
            OpenDirectoryError::DoesNotExist(_) | OpenDirectoryError::NotADirectory(_)
        ) | TantivyError::OpenReadError(
            OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_)
        ) | TantivyError::DataCorruption(_)
            | TantivyError::FieldNotFound(_)
            | TantivyError::SchemaError(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::InternalError(_)
            | TantivyError::DeserializeError(_)
    )
}
