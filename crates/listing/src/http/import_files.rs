//! Sheets that are looked at or made while somebody waits. That keeps a processor busy: it is done
//! apart from the threads that serve requests, and for one request after the other.

use std::{collections::HashMap, fs::File, sync::Arc, time::Duration};

use ::store::{Db, Outcome};
use anyhow::Context;
use bytes::Bytes;
use kernel::{Id, kinds::ListingImport};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use web::{ReceivedFile, apart, refusals::OVERLOADED};

use crate::{
    commands::NewImport,
    error::{IMPORT_FILE_GONE, NOTHING_TO_CORRECT},
    files::{self, Corrected, Spelling},
    imports,
    model::{Import, ImportWish, sheet::CellFault},
    queries,
};

static PLACE: Semaphore = Semaphore::const_new(1);
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many errors are read at once.
const ERRORS_AT_ONCE: i64 = 5000;

/// The one place at which sheets are worked on.
struct Turn(SemaphorePermit<'static>);

impl Turn {
    /// Waits for it.
    async fn take() -> Outcome<Self> {
        let place = tokio::time::timeout(PATIENCE, PLACE.acquire()).await;
        let place = place.ok().and_then(Result::ok).ok_or_else(|| OVERLOADED.refuse())?;
        Ok(Self(place))
    }

    /// Does the work and leaves the place when it is done, also if nobody waits for it any more.
    async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(self.0);
            done
        });
        working.await.context("work on a sheet broke")?
    }
}

/// An uploaded file that may be brought in.
pub(super) async fn looked_at(
    id: Id<ListingImport>,
    received: ReceivedFile,
    wish: ImportWish,
) -> Outcome<NewImport> {
    let ReceivedFile { file, size, sha256, name } = received;
    let (again, extension) = (file.try_clone().context("opening a file again")?, name.extension());
    let inspect = move || files::inspect(again, &extension);
    let (kind, rows) = Turn::take().await?.work(inspect).await?;
    let file = Arc::new(file);
    Ok(NewImport { id, file, bytes: size, sha256, name: name.line()?, kind, rows, wish })
}

/// The rows of an import that are to be mended.
pub(super) async fn corrected(db: &Db, import: &Import, spelling: Spelling) -> Outcome<File> {
    if import.status.is_finished() && import.progress.errors_kept == 0 {
        return Err(NOTHING_TO_CORRECT.refuse().into());
    }
    if !import.file.kept {
        return Err(IMPORT_FILE_GONE.refuse().into());
    }
    // Taken before the errors are: they are many, and are in memory once.
    let turn = Turn::take().await?;
    let mut faults: HashMap<u32, Vec<CellFault>> = HashMap::new();
    let mut after = None;
    loop {
        let mut conn = db.reader().await?;
        let part = queries::import_errors(&mut conn, import, after, ERRORS_AT_ONCE).await?;
        let Some((last, _)) = part.last() else { break };
        after = Some(*last);
        for (_, found) in part {
            faults.entry(found.row).or_default().push(found);
        }
    }
    if faults.is_empty() {
        return Err(NOTHING_TO_CORRECT.refuse().into());
    }
    let (file, kind) = (imports::fetch(db, import).await?, import.file.kind);
    turn.work(move || Corrected { file, kind, faults, spelling }.write()).await
}

/// The empty sheet, which is made once.
pub(super) async fn template(spelling: Spelling) -> Outcome<Bytes> {
    static CHINESE: OnceCell<Bytes> = OnceCell::const_new();
    static NAMES: OnceCell<Bytes> = OnceCell::const_new();
    let made = match spelling {
        Spelling::Chinese => &CHINESE,
        Spelling::Names => &NAMES,
    };
    let make = || async { apart(move || files::template(spelling)).await?.map(Bytes::from) };
    made.get_or_try_init(make).await.cloned()
}
