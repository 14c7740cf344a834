//! `import_listings`: an editor brings in a file of listings for its own organisation.

use std::{fs::File, os::unix::fs::FileExt, sync::Arc};

use ::store::{Command, Outcome, Tx};
use anyhow::Context;
use kernel::{Id, Line, Relation, Sha256, Version, judge, kinds};
use serde_json::json;

use crate::{
    Ports, access,
    error::{IMPORTS_TOO_MANY, ORGANISATION_NOT_VERIFIED},
    model::{FileKind, Import, ImportFile, ImportStatus, ImportWish, Progress},
    store,
};

/// As much of a file as is stored in one piece.
const PIECE: u64 = 1024 * 1024;
/// How many imports an organisation may have under way.
const UNFINISHED_MAX: i64 = 5;
/// How much of an organisation's files is kept: those under way, and twice as much of what is
/// finished and has rows to be mended. The oldest goes first.
const KEPT_MAX: i64 = 300 * 1024 * 1024;

/// A file that has been looked at and may be brought in.
#[derive(Clone)]
pub struct NewImport {
    /// Its id.
    pub id: Id<kinds::ListingImport>,
    /// The file.
    pub file: Arc<File>,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Sha256,
    /// What its sender calls it.
    pub name: Line<200>,
    /// What it is.
    pub kind: FileKind,
    /// How many rows it has.
    pub rows: u32,
    /// What is to be done with it.
    pub wish: ImportWish,
}

/// Takes a file, to be read and written in the background.
#[derive(Clone)]
pub struct ImportListings {
    /// Answers whether the organisation is verified.
    pub ports: Arc<dyn Ports>,
    /// The file.
    pub new: NewImport,
}

impl ImportListings {
    async fn expect_allowed(&self, tx: &mut Tx<'_>) -> Outcome<()> {
        let own = tx.actor()?.organisation;
        judge::<access::ImportListings>(tx.caller(), &[Relation::Own])?;
        if self.new.wish.submit {
            judge::<access::SubmitListing>(tx.caller(), &[Relation::Own])?;
            let facts = self.ports.organisation(tx.conn(), own).await?;
            if !facts.is_some_and(|facts| facts.verified) {
                return Err(ORGANISATION_NOT_VERIFIED.refuse().into());
            }
        }
        store::lock_imports(tx.conn(), own).await?;
        if store::unfinished_imports(tx.conn(), own).await? >= UNFINISHED_MAX {
            return Err(IMPORTS_TOO_MANY.refuse().into());
        }
        let new = i64::try_from(self.new.bytes).context("a file's length")?;
        store::forget_oldest_files(tx.conn(), own, KEPT_MAX.saturating_sub(new)).await?;
        Ok(())
    }

    /// Stores the file, of which only a piece at a time is in memory.
    async fn store_file(&self, tx: &mut Tx<'_>) -> Outcome<()> {
        let NewImport { id, file, bytes, .. } = &self.new;
        let (mut from, mut position) = (0_u64, 0_i32);
        while from < *bytes {
            let length = bytes.saturating_sub(from).min(PIECE);
            let piece = piece(Arc::clone(file), from, length).await?;
            store::add_piece(tx.conn(), *id, position, &piece).await?;
            from = from.saturating_add(length);
            position = position.saturating_add(1);
        }
        Ok(())
    }
}

/// So many bytes of a file, read where waiting for a disk keeps no request from its thread.
async fn piece(file: Arc<File>, from: u64, length: u64) -> Outcome<Vec<u8>> {
    let mut piece = vec![0; usize::try_from(length).context("a piece's length")?];
    let reading = tokio::task::spawn_blocking(move || {
        file.read_exact_at(&mut piece, from)?;
        Ok::<_, std::io::Error>(piece)
    });
    let read = reading.await.context("reading an uploaded file broke")?;
    Ok(read.context("reading an uploaded file")?)
}

impl Command for ImportListings {
    const ACT: &'static str = "import_listings";
    type Output = Import;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Import> {
        self.expect_allowed(tx).await?;
        let new = &self.new;
        let import = Import {
            id: new.id,
            version: Version::FIRST,
            actor: tx.actor()?,
            created_at: tx.now(),
            updated_at: tx.now(),
            file: ImportFile {
                name: new.name.clone(),
                kind: new.kind,
                bytes: i64::try_from(new.bytes).context("a file's length")?,
                kept: true,
            },
            wish: new.wish,
            status: ImportStatus::Queued,
            progress: Progress { total: new.rows, ..Progress::default() },
            failure: None,
            finished_at: None,
        };
        store::add_import(tx.conn(), &import, new.sha256).await?;
        self.store_file(tx).await?;
        let facts = json!({
            "rows": new.rows, "mode": new.wish.mode, "dry_run": new.wish.dry_run,
            "submit": new.wish.submit,
        });
        tx.record(import.id, import.version, facts);
        Ok(import)
    }
}
