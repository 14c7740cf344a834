//! Migrations, embedded in the binary.

use anyhow::{Context, anyhow};
use diesel::{QueryableByName, migration::Migration, pg::Pg, sql_types::Bool};
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Held while migrating, so that of several servers starting at once one migrates and the others
/// wait. The only session-level advisory lock: its connection is used for nothing else and closed.
const LOCK: &str = "SELECT pg_advisory_lock(7223630100)";

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its folder's name.
    pub name: String,
    /// Has it been run?
    pub done: bool,
}

/// Runs what is pending and says what was run.
///
/// # Errors
/// If the database cannot be reached or a migration fails; a failed one leaves nothing behind.
pub async fn up(url: &str) -> anyhow::Result<Vec<String>> {
    with_harness(url, |harness| {
        let run = harness.run_pending_migrations(MIGRATIONS).map_err(|e| anyhow!(e))?;
        Ok(run.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes back the newest `steps` migrations and says which.
///
/// # Errors
/// If the database cannot be reached or a migration fails.
pub async fn down(url: &str, steps: usize) -> anyhow::Result<Vec<String>> {
    with_harness(url, move |harness| {
        let mut undone = Vec::new();
        for _ in 0..steps {
            if harness.applied_migrations().map_err(|e| anyhow!(e))?.is_empty() {
                break;
            }
            let version = harness.revert_last_migration(MIGRATIONS).map_err(|e| anyhow!(e))?;
            undone.push(version.to_string());
        }
        Ok(undone)
    })
    .await
}

/// Every migration that this program knows, oldest first.
///
/// # Errors
/// If the database cannot be reached.
pub async fn status(url: &str) -> anyhow::Result<Vec<Step>> {
    with_harness(url, |harness| {
        let pending = harness.pending_migrations(MIGRATIONS).map_err(|e| anyhow!(e))?;
        let pending: Vec<String> = pending.iter().map(|m| m.name().to_string()).collect();
        let mut steps: Vec<Step> = known()?
            .into_iter()
            .map(|name| Step { done: !pending.contains(&name), name })
            .collect();
        steps.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(steps)
    })
    .await
}

fn known() -> anyhow::Result<Vec<String>> {
    use diesel::migration::MigrationSource;
    let all: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(|e| anyhow!(e))?;
    Ok(all.iter().map(|migration| migration.name().to_string()).collect())
}

#[derive(QueryableByName)]
struct Current {
    #[diesel(sql_type = Bool)]
    current: bool,
}

/// Has this database every migration that this program knows? One cheap statement, for `/readyz`.
///
/// # Errors
/// If the database does not answer.
pub async fn are_current(db: &crate::Db) -> crate::Outcome<bool> {
    let mut conn = db.reader().await?;
    let wanted = known()?.len();
    let query = "SELECT count(*) >= $1 AS current FROM __diesel_schema_migrations";
    let row: Current = diesel::sql_query(query)
        .bind::<diesel::sql_types::BigInt, _>(i64::try_from(wanted).unwrap_or(i64::MAX))
        .get_result(&mut *conn)
        .await?;
    Ok(row.current)
}

async fn with_harness<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> anyhow::Result<T>
    + Send
    + 'static,
) -> anyhow::Result<T> {
    let mut conn = AsyncPgConnection::establish(url).await.context("connecting to the database")?;
    diesel::sql_query(LOCK).execute(&mut conn).await.context("waiting for the migration lock")?;
    tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(conn);
        work(&mut harness)
    })
    .await
    .context("the migrating task died")?
}
