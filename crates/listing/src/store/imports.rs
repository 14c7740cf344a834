//! The tables `listing_imports` and `listing_import_pieces`.

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{Actor, Id, Line, Role, Sha256, Version, Words, kinds};
use schema::listing_imports::{
    listing_import_pieces as pieces,
    listing_imports::{self, dsl},
};
use serde::{Deserialize, Serialize};
use store::{Conn, Failure, Outcome};

use crate::model::{
    FileKind, Import, ImportFailure, ImportFile, ImportMode, ImportStatus, ImportWish, Progress,
};

type ImportId = Id<kinds::ListingImport>;

#[derive(Queryable, Selectable)]
#[diesel(table_name = listing_imports, check_for_backend(diesel::pg::Pg))]
struct ImportRow {
    id: ImportId,
    version: Version,
    organisation_id: Id<kinds::Organisation>,
    account_id: Id<kinds::Account>,
    session_id: Id<kinds::Session>,
    roles: Vec<Role>,
    rights_version: i32,
    created_at: DateTime<Utc>,
    file_name: Line<200>,
    file_kind: FileKind,
    file_bytes: i64,
    file_kept: bool,
    mode: ImportMode,
    dry_run: bool,
    submit: bool,
    #[diesel(embed)]
    state: StateRow,
}

#[derive(Queryable, Selectable, AsChangeset, Insertable)]
#[diesel(table_name = listing_imports, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct StateRow {
    updated_at: DateTime<Utc>,
    status: ImportStatus,
    reached_row: i32,
    rows_total: i32,
    rows_read: i32,
    rows_valid: i32,
    rows_created: i32,
    rows_updated: i32,
    rows_unchanged: i32,
    rows_failed: i32,
    errors_total: i32,
    errors_kept: i32,
    failure_code: Option<String>,
    failure_zh: Option<String>,
    failure_en: Option<String>,
    finished_at: Option<DateTime<Utc>>,
}

fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn counted(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

impl From<&Import> for StateRow {
    fn from(import: &Import) -> Self {
        let progress = import.progress;
        let failure = import.failure.clone();
        Self {
            updated_at: import.updated_at,
            status: import.status,
            reached_row: stored(progress.reached_row),
            rows_total: stored(progress.total),
            rows_read: stored(progress.read),
            rows_valid: stored(progress.valid),
            rows_created: stored(progress.created),
            rows_updated: stored(progress.updated),
            rows_unchanged: stored(progress.unchanged),
            rows_failed: stored(progress.failed),
            errors_total: stored(progress.errors),
            errors_kept: stored(progress.errors_kept),
            failure_code: failure.as_ref().map(|why| why.code.clone()),
            failure_zh: failure.as_ref().map(|why| why.words.zh.clone()),
            failure_en: failure.map(|why| why.words.en),
            finished_at: import.finished_at,
        }
    }
}

impl From<ImportRow> for Import {
    fn from(row: ImportRow) -> Self {
        let state = row.state;
        let words = state.failure_zh.zip(state.failure_en).map(|(zh, en)| Words::new(zh, en));
        Self {
            id: row.id,
            version: row.version,
            actor: Actor {
                account: row.account_id,
                organisation: row.organisation_id,
                roles: row.roles.into_iter().collect(),
                session: row.session_id,
                rights_version: row.rights_version,
            },
            created_at: row.created_at,
            updated_at: state.updated_at,
            file: ImportFile {
                name: row.file_name,
                kind: row.file_kind,
                bytes: row.file_bytes,
                kept: row.file_kept,
            },
            wish: ImportWish { mode: row.mode, dry_run: row.dry_run, submit: row.submit },
            status: state.status,
            progress: Progress {
                reached_row: counted(state.reached_row),
                total: counted(state.rows_total),
                read: counted(state.rows_read),
                valid: counted(state.rows_valid),
                created: counted(state.rows_created),
                updated: counted(state.rows_updated),
                unchanged: counted(state.rows_unchanged),
                failed: counted(state.rows_failed),
                errors: counted(state.errors_total),
                errors_kept: counted(state.errors_kept),
            },
            failure: state
                .failure_code
                .zip(words)
                .map(|(code, words)| ImportFailure { code, words }),
            finished_at: state.finished_at,
        }
    }
}

/// Adds an import.
pub(crate) async fn add_import(conn: &mut Conn, import: &Import, sha256: Sha256) -> Outcome<()> {
    let actor = import.actor;
    diesel::insert_into(dsl::listing_imports)
        .values((
            dsl::id.eq(import.id),
            dsl::version.eq(import.version),
            dsl::organisation_id.eq(actor.organisation),
            dsl::account_id.eq(actor.account),
            dsl::session_id.eq(actor.session),
            dsl::roles.eq(actor.roles.iter().collect::<Vec<_>>()),
            dsl::rights_version.eq(actor.rights_version),
            dsl::created_at.eq(import.created_at),
            dsl::file_name.eq(&import.file.name),
            dsl::file_kind.eq(import.file.kind),
            dsl::file_bytes.eq(import.file.bytes),
            dsl::file_sha256.eq(sha256.0.as_slice()),
            dsl::file_kept.eq(import.file.kept),
            dsl::mode.eq(import.wish.mode),
            dsl::dry_run.eq(import.wish.dry_run),
            dsl::submit.eq(import.wish.submit),
            StateRow::from(import),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds a piece of an import's file.
pub(crate) async fn add_piece(
    conn: &mut Conn,
    import: ImportId,
    position: i32,
    bytes: &[u8],
) -> Outcome<()> {
    diesel::insert_into(pieces::table)
        .values((
            pieces::import_id.eq(import),
            pieces::position.eq(position),
            pieces::bytes.eq(bytes),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A piece of an import's file; nothing behind its last.
pub(crate) async fn piece(
    conn: &mut Conn,
    import: ImportId,
    position: i32,
) -> Outcome<Option<Vec<u8>>> {
    let piece = pieces::table.find((import, position)).select(pieces::bytes);
    Ok(piece.first(conn).await.optional()?)
}

/// An import, as it is now.
pub(crate) async fn import(conn: &mut Conn, id: ImportId) -> Outcome<Import> {
    let row = dsl::listing_imports.find(id).select(ImportRow::as_select());
    Ok(row.first::<ImportRow>(conn).await?.into())
}

/// An import, locked until the transaction ends.
pub(crate) async fn import_for_update(conn: &mut Conn, id: ImportId) -> Outcome<Import> {
    let row = dsl::listing_imports.find(id).select(ImportRow::as_select()).for_update();
    Ok(row.first::<ImportRow>(conn).await?.into())
}

/// An import that somebody works on, locked until the transaction ends; nothing if it is finished,
/// or somebody else has taken it up.
pub(crate) async fn held_import(
    conn: &mut Conn,
    id: ImportId,
    holder: ImportId,
) -> Outcome<Option<Import>> {
    let row = dsl::listing_imports
        .find(id)
        .filter(dsl::held_by.eq(holder))
        .filter(dsl::finished_at.is_null())
        .select(ImportRow::as_select())
        .for_update();
    Ok(row.first::<ImportRow>(conn).await.optional()?.map(Import::from))
}

/// Where an import stands in its list: the last brought in comes first.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ImportPlace(pub(crate) DateTime<Utc>, pub(crate) ImportId);

/// The imports of an organisation, at most `limit` after a place.
pub(crate) async fn imports(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    status: Option<ImportStatus>,
    after: Option<ImportPlace>,
    limit: i64,
) -> Outcome<Vec<Import>> {
    let mut query =
        dsl::listing_imports.filter(dsl::organisation_id.eq(owner)).into_boxed::<diesel::pg::Pg>();
    if let Some(status) = status {
        query = query.filter(dsl::status.eq(status));
    }
    if let Some(ImportPlace(at, id)) = after {
        query =
            query.filter(dsl::created_at.le(at)).filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    let rows: Vec<ImportRow> = query
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .select(ImportRow::as_select())
        .limit(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Import::from).collect())
}

/// How many imports an organisation has.
pub(crate) async fn imports_total(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    status: Option<ImportStatus>,
) -> Outcome<i64> {
    let mut query =
        dsl::listing_imports.filter(dsl::organisation_id.eq(owner)).into_boxed::<diesel::pg::Pg>();
    if let Some(status) = status {
        query = query.filter(dsl::status.eq(status));
    }
    Ok(query.count().get_result(conn).await?)
}

/// From here on, until the transaction ends, nobody else brings in a file for this organisation.
pub(crate) async fn lock_imports(conn: &mut Conn, owner: Id<kinds::Organisation>) -> Outcome<()> {
    diesel::sql_query(
        "SELECT pg_advisory_xact_lock(hashtextextended('listing_imports ' || $1, 0))",
    )
    .bind::<Text, _>(owner.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// How many of an organisation's imports are not finished.
pub(crate) async fn unfinished_imports(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
) -> Outcome<i64> {
    let unfinished = dsl::listing_imports
        .filter(dsl::organisation_id.eq(owner))
        .filter(dsl::finished_at.is_null());
    Ok(unfinished.count().get_result(conn).await?)
}

/// The oldest import that nobody works on, and how often it was taken up in vain; it is locked.
pub(crate) async fn due_import(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> Outcome<Option<(Import, i32)>> {
    let row: Option<(ImportRow, i32)> = dsl::listing_imports
        .filter(dsl::finished_at.is_null())
        .filter(dsl::held_until.is_null().or(dsl::held_until.lt(now)))
        .order((dsl::created_at, dsl::id))
        .select((ImportRow::as_select(), dsl::attempts))
        .for_update()
        .skip_locked()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(row, attempts)| (row.into(), attempts)))
}

/// Somebody takes an import up.
pub(crate) async fn hold_import(
    conn: &mut Conn,
    id: ImportId,
    holder: ImportId,
    until: DateTime<Utc>,
) -> Outcome<()> {
    diesel::update(dsl::listing_imports.find(id))
        .set((
            dsl::held_by.eq(holder),
            dsl::held_until.eq(until),
            dsl::attempts.eq(dsl::attempts + 1),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whoever works on an import goes on holding it; false if it no longer does.
pub(crate) async fn hold_on(
    conn: &mut Conn,
    id: ImportId,
    holder: ImportId,
    until: DateTime<Utc>,
) -> Outcome<bool> {
    let held = diesel::update(dsl::listing_imports.find(id))
        .filter(dsl::held_by.eq(holder))
        .filter(dsl::finished_at.is_null())
        .set(dsl::held_until.eq(until))
        .execute(conn)
        .await?;
    Ok(held == 1)
}

/// Saves how an import stands; who finishes it lets it go. A file in which nothing is to be mended
/// goes with it.
pub(crate) async fn save_import(conn: &mut Conn, import: &Import) -> Outcome<()> {
    let saved = diesel::update(dsl::listing_imports.find(import.id))
        .set((dsl::version.eq(import.version), dsl::attempts.eq(0), StateRow::from(import)))
        .execute(conn)
        .await?;
    if import.status.is_finished() {
        diesel::update(dsl::listing_imports.find(import.id))
            .set((dsl::held_by.eq(None::<ImportId>), dsl::held_until.eq(None::<DateTime<Utc>>)))
            .execute(conn)
            .await?;
        if import.progress.errors_kept == 0 {
            forget(conn, &[import.id]).await?;
        }
    }
    if saved == 1 { Ok(()) } else { Err(anyhow!("{:?} was not saved", import.id).into()) }
}

/// Throws away the files of imports that were finished before an instant, at most so many; what
/// stood in wrong cells goes with them.
pub(crate) async fn forget_files(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> Outcome<usize> {
    let old: Vec<ImportId> = dsl::listing_imports
        .filter(dsl::file_kept)
        .filter(dsl::finished_at.lt(before))
        .select(dsl::id)
        .limit(limit)
        .load(conn)
        .await?;
    forget(conn, &old).await
}

#[derive(QueryableByName)]
struct OldestRow {
    #[diesel(sql_type = SqlUuid)]
    id: ImportId,
}

/// What is not finished comes first: it is kept in any case.
const OLDEST: &str = "
    SELECT id FROM (
        SELECT id, finished_at, sum(file_bytes)
                   OVER (ORDER BY finished_at DESC NULLS FIRST, id DESC) AS up_to
          FROM listing_imports WHERE organisation_id = $1 AND file_kept) kept
     WHERE finished_at IS NOT NULL AND up_to > $2";

/// Throws away the oldest files of an organisation's finished imports, until no more than so many
/// bytes are kept.
pub(crate) async fn forget_oldest_files(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    bytes: i64,
) -> Outcome<usize> {
    let oldest: Vec<OldestRow> = diesel::sql_query(OLDEST)
        .bind::<SqlUuid, _>(owner)
        .bind::<BigInt, _>(bytes)
        .load(conn)
        .await?;
    let oldest: Vec<ImportId> = oldest.into_iter().map(|row| row.id).collect();
    forget(conn, &oldest).await
}

/// Throws away the files of finished imports, and what stood in wrong cells.
async fn forget(conn: &mut Conn, imports: &[ImportId]) -> Outcome<usize> {
    use schema::listing_imports::listing_import_errors as errors;
    if imports.is_empty() {
        return Ok(0);
    }
    diesel::delete(pieces::table.filter(pieces::import_id.eq_any(imports))).execute(conn).await?;
    diesel::update(errors::table.filter(errors::import_id.eq_any(imports)))
        .filter(errors::value.is_not_null())
        .set(errors::value.eq(None::<String>))
        .execute(conn)
        .await?;
    diesel::update(dsl::listing_imports.filter(dsl::id.eq_any(imports)))
        .set(dsl::file_kept.eq(false))
        .execute(conn)
        .await
        .context("noting that files are gone")
        .map_err(Failure::from)
}
