//! Is the server one on which the market's promises can be kept?

use anyhow::bail;
use diesel::{
    QueryableByName,
    sql_types::{Integer, Text},
};
use diesel_async::RunQueryDsl;

use crate::Db;

#[derive(QueryableByName)]
struct Settings {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    messages: String,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
}

/// Looks at the server's settings before anything is promised on it.
///
/// # Errors
/// A sentence for whoever runs the market, or if the database does not answer.
pub async fn check_server(db: &Db) -> anyhow::Result<()> {
    let query = "SELECT current_setting('server_version_num')::int AS version,
                        current_setting('lc_messages') AS messages,
                        current_setting('fsync') AS fsync,
                        current_setting('full_page_writes') AS full_page_writes";
    let found: Settings = diesel::sql_query(query).get_result(&mut *db.reader().await?).await?;
    if found.version < 150_000 {
        bail!("PostgreSQL 15 or newer is needed, not {}", found.version / 10_000);
    }
    // The driver gives only the words of some errors (deadlock, time-out), not their codes.
    if !matches!(found.messages.as_str(), "" | "C" | "POSIX" | "C.UTF-8" | "C.utf8")
        && !found.messages.starts_with("en")
    {
        bail!(
            "the database speaks {} in its errors; let it speak English to the market: \
             ALTER ROLE … SET lc_messages = 'C'",
            found.messages
        );
    }
    if found.fsync != "on" {
        tracing::warn!("fsync is off: a power failure may lose what was acknowledged");
    }
    if found.full_page_writes != "on" {
        tracing::warn!("full_page_writes is off: a power failure may damage the database");
    }
    Ok(())
}
