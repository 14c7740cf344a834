//! Sheets that are looked at or made while somebody waits. That keeps a processor busy: it is done
//! apart from the threads that serve requests, and for one request after the other.

use std::{collections::HashMap, fs::File, sync::Arc, time::Duration};

use ::store::{Db, Outcome};
use anyhow::Context;
use kernel::{Id, kinds::ListingImport};
use tokio::sync::Semaphore;
use web::{ReceivedFile, refusals::OVERLOADED};

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

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    let place = tokio::time::timeout(PATIENCE, PLACE.acquire()).await;
    let _place = place.ok().and_then(Result::ok).ok_or_else(|| OVERLOADED.refuse())?;
    tokio::task::spawn_blocking(work).await.context("work on a sheet broke")?
}

/// An uploaded file that may be brought in.
pub(super) async fn looked_at(
    id: Id<ListingImport>,
    received: ReceivedFile,
    wish: ImportWish,
) -> Outcome<NewImport> {
    let ReceivedFile { file, size, sha256, name } = received;
    let (again, extension) = (file.try_clone().context("opening a file again")?, name.extension());
    let (kind, rows) = apart(move || files::inspect(again, &extension)).await?;
    let file = Arc::new(file);
    Ok(NewImport { id, file, bytes: size, sha256, name: name.line()?, kind, rows, wish })
}

/// The rows of an import that are to be mended.
pub(super) async fn corrected(db: &Db, import: &Import, spelling: Spelling) -> Outcome<File> {
    if !import.file.kept {
        return Err(IMPORT_FILE_GONE.refuse().into());
    }
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
    apart(move || Corrected { file, kind, faults, spelling }.write()).await
}

/// The empty sheet.
pub(super) async fn template(spelling: Spelling) -> Outcome<Vec<u8>> {
    apart(move || files::template(spelling)).await
}
