//! Listings taken away: page by page, so that neither a connection is held for long nor everything
//! is in memory, and no faster than they are taken.

use std::{fs::File, io::Read, sync::Arc, time::Duration};

use ::store::{Db, Failure, Outcome, refusals::UNAVAILABLE};
use anyhow::Context;
use bytes::Bytes;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use kernel::{Caller, Id, Role, kinds, words};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use web::{Gate, Gates, apart, refusals::OVERLOADED};

use crate::{
    access,
    commands::NoteExport,
    files::{Sheet, Spelling, csv_head, csv_rows},
    http,
    index::SearchIndex,
    queries::{Asked, Filter, Search},
    store::{self, Place},
};

words! {
    /// As what listings are taken away.
    pub enum ExportFormat {
        /// An Office Open XML workbook.
        Xlsx = "xlsx", "xlsx 工作簿", "xlsx workbook";
        /// A table of text.
        Csv = "csv", "CSV 文本", "CSV text";
        /// A JSON object in each line.
        Jsonl = "jsonl", "JSON 行", "JSON lines";
    }
}

impl ExportFormat {
    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

/// How many listings are read at once.
const PAGE: usize = 200;
/// From how many exports a server reads at once. A place is kept for a page only: a client that
/// does not take what it has asked for keeps none.
const AT_ONCE: usize = 8;
/// How long one waits before anything is sent; later it is only slower.
const PATIENCE: Duration = Duration::from_secs(2);
/// As much of a file as is sent at once.
const PIECE: usize = 64 * 1024;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// How listings become lines.
type Render = fn(&[Value], Spelling) -> Outcome<Vec<u8>>;

/// The bytes of an export, as they are made.
pub(crate) type Exported = BoxStream<'static, anyhow::Result<Bytes>>;

/// What is taken away.
pub(crate) struct Export {
    db: Db,
    index: Arc<SearchIndex>,
    caller: Caller,
    search: Search,
    /// The first page, which is read before anything is sent: what is refused is told by a problem.
    first: Option<Vec<Value>>,
    after: Option<Place>,
    is_over: bool,
    /// Kept until the last byte is sent.
    place: Option<OwnedSemaphorePermit>,
    workbooks: Gate,
    /// If staff take it away.
    trace: Option<Trace>,
}

/// What staff have taken away: its end is noted when it is over, also if it was broken off.
struct Trace {
    db: Db,
    caller: Caller,
    id: Id<kinds::Export>,
    rows: usize,
    is_whole: bool,
}

impl Trace {
    /// Notes that it begins.
    async fn begin(
        db: &Db,
        caller: Caller,
        filter: &Filter,
        format: ExportFormat,
    ) -> Outcome<Option<Self>> {
        if !Role::ALL.iter().any(|role| role.is_staff() && caller.has(*role)) {
            return Ok(None);
        }
        let facts = json!({ "format": format, "filter": filter });
        let id = db.write(caller, NoteExport { id: None, facts }).await?;
        Ok(Some(Self { db: db.clone(), caller, id, rows: 0, is_whole: false }))
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let facts = json!({ "rows": self.rows, "whole": self.is_whole });
        let note = NoteExport { id: Some(self.id), facts };
        let (db, caller) = (self.db.clone(), self.caller);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if let Err(failure) = db.write(caller, note).await {
                tracing::warn!(%failure, "could not note the end of an export");
            }
        });
    }
}

impl Export {
    /// What the caller may see of what is looked for.
    ///
    /// # Errors
    /// 422 and 503 as a search; 503 also if too much is taken away at once.
    pub(crate) async fn new(
        db: Db,
        index: Arc<SearchIndex>,
        caller: Caller,
        filter: Filter,
        format: ExportFormat,
        gates: Gates,
    ) -> Outcome<Self> {
        let place = gates.exports.enter().await.ok_or_else(|| OVERLOADED.refuse())?;
        let workbooks = gates.workbooks;
        let noted = filter.clone();
        let search = Search::new(&caller, filter).await?;
        let (first, after, is_over, place) = (None, None, false, Some(place));
        let trace = None;
        let mut export =
            Self { db, index, caller, search, first, after, is_over, place, workbooks, trace };
        let place = tokio::time::timeout(PATIENCE, PLACES.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or_else(|| OVERLOADED.refuse())?;
        let first = export.page().await?;
        // Nothing is sent that is not noted.
        export.trace = Trace::begin(&export.db, caller, &noted, format).await?;
        export.first = Some(export.traced(first));
        Ok(export)
    }

    /// The bytes in this format.
    pub(crate) fn bytes(self, format: ExportFormat, spelling: Spelling) -> Exported {
        let sent = match format {
            ExportFormat::Jsonl => self.lines(json_lines, spelling),
            ExportFormat::Csv => {
                let head = csv_head(spelling).map(Bytes::from);
                stream::iter([head]).chain(self.lines(csv_rows, spelling)).boxed()
            }
            ExportFormat::Xlsx => self.workbook(spelling),
        };
        sent.map_err(broken).boxed()
    }

    fn lines(self, render: Render, spelling: Spelling) -> BoxStream<'static, Outcome<Bytes>> {
        let rendered = self.pages().and_then(move |page| async move {
            let lines = apart(move || render(&page, spelling)).await??;
            Ok(Bytes::from(lines))
        });
        rendered.boxed()
    }

    /// Page after page, each listing as the API shows it to the caller.
    fn pages(self) -> BoxStream<'static, Outcome<Vec<Value>>> {
        stream::try_unfold(self, |mut export| async move {
            if let Some(first) = export.first.take() {
                return Ok(Some((first, export)));
            }
            if export.is_over {
                return Ok(None);
            }
            let page = export.next().await?;
            let page = export.traced(page);
            Ok(Some((page, export)))
        })
        .boxed()
    }

    /// Counts what is given out.
    fn traced(&mut self, page: Vec<Value>) -> Vec<Value> {
        if let Some(trace) = &mut self.trace {
            trace.rows = trace.rows.saturating_add(page.len());
            trace.is_whole = self.is_over;
        }
        page
    }

    async fn next(&mut self) -> Outcome<Vec<Value>> {
        let _place = PLACES.acquire().await.context("no more is taken away")?;
        self.page().await
    }

    async fn page(&mut self) -> Outcome<Vec<Value>> {
        let asked = Asked { after: self.after, limit: PAGE, count: false, facets: false };
        let found = self.search.run(&self.index, &self.db, asked).await?.found;
        self.is_over = found.len() < PAGE;
        self.after = found.last().map(|found| found.place).or(self.after);
        let ids: Vec<_> = found.iter().map(|found| found.row.id).collect();
        let listings = store::listings_of(&mut *self.db.reader().await?, &ids).await?;
        let caller = self.caller;
        apart(move || {
            let seen = listings.iter().filter_map(|listing| {
                let (owner, status) = (listing.organisation.id, listing.state.status());
                let sight = access::sight(&caller, owner, status)?;
                Some(http::seen(listing, sight))
            });
            seen.collect()
        })
        .await
    }

    /// A workbook is whole before it can be sent: it is written into a file first.
    fn workbook(mut self, spelling: Spelling) -> BoxStream<'static, Outcome<Bytes>> {
        let place = self.place.take();
        let written = async move { self.workbook_file(spelling).await.map(pieces) };
        let sent = stream::once(written).try_flatten();
        sent.inspect(move |_| {
            let _kept = &place;
        })
        .boxed()
    }

    async fn workbook_file(self, spelling: Spelling) -> Outcome<File> {
        let thread = self.workbooks.enter().await;
        let _thread = thread.ok_or_else(|| OVERLOADED.refuse())?;
        let (sender, mut receiver) = mpsc::channel::<Vec<Value>>(1);
        let writing = tokio::task::spawn_blocking(move || {
            let mut sheet = Sheet::new(spelling)?;
            while let Some(page) = receiver.blocking_recv() {
                page.iter().try_for_each(|listing| sheet.add(listing))?;
            }
            sheet.finish()
        });
        let mut pages = self.pages();
        while let Some(page) = pages.try_next().await? {
            if sender.send(page).await.is_err() {
                break;
            }
        }
        drop(sender);
        writing.await.context("writing a workbook broke")?
    }
}

/// A line for each listing.
fn json_lines(listings: &[Value], _: Spelling) -> Outcome<Vec<u8>> {
    let mut lines = Vec::new();
    for listing in listings {
        serde_json::to_writer(&mut lines, listing)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// The pieces of a file, read as they are sent.
pub(crate) fn pieces(file: File) -> BoxStream<'static, Outcome<Bytes>> {
    stream::try_unfold(file, |file| async move {
        let reading = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
            file.try_clone()?.take(limit).read_to_end(&mut piece)?;
            Ok::<_, std::io::Error>((piece, file))
        });
        let read = reading.await.context("reading a temporary file broke")?;
        let (piece, file) = read.context("reading a temporary file")?;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
    .boxed()
}

/// The client is told by a connection that breaks off; the log says why.
pub(crate) fn broken(failure: Failure) -> anyhow::Error {
    let is_busy = failure
        .refusal()
        .is_some_and(|refusal| refusal.reason == &UNAVAILABLE || refusal.reason == &OVERLOADED);
    if is_busy {
        tracing::warn!(%failure, "an export broke off");
    } else {
        tracing::error!(%failure, "an export broke off");
    }
    failure.into()
}
