//! Connections: two pools on one database, of which one cannot write.

use std::time::Duration;

use anyhow::Context;
use diesel::ConnectionError;
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use futures::FutureExt;
use tokio_postgres::NoTls;

use crate::{Failure, Outcome, refusals};

/// A pooled connection whose transactions are read-only.
pub type Reader = Object<AsyncPgConnection>;

/// How many connections, and how long anything may wait. Each wait is shorter than the next, so
/// that the innermost gives up first and says why.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// Connections for reads.
    pub readers: usize,
    /// Connections for writes.
    pub writers: usize,
    /// How long to wait for a free connection.
    pub wait: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            readers: 16,
            writers: 16,
            wait: Duration::from_millis(500),
            lock_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Read,
    Write,
}

pub(crate) fn pool(
    url: &str,
    settings: &PoolSettings,
    purpose: Use,
) -> anyhow::Result<Pool<AsyncPgConnection>> {
    let mut config: tokio_postgres::Config =
        url.parse().context("DATABASE_URL is not a PostgreSQL connection string")?;
    let read_only = match purpose {
        Use::Read => "on",
        Use::Write => "off",
    };
    // What is acknowledged is on the disk, whatever the server or the role is set to.
    let options = format!(
        "{} -c statement_timeout={} -c lock_timeout={} \
         -c idle_in_transaction_session_timeout=10000 -c default_transaction_read_only={read_only} \
         -c synchronous_commit=on -c timezone=UTC",
        config.get_options().unwrap_or_default(),
        settings.statement_timeout.as_millis(),
        settings.lock_timeout.as_millis(),
    );
    config
        .options(options)
        .application_name("market")
        .connect_timeout(Duration::from_secs(3))
        .tcp_user_timeout(Duration::from_secs(5));

    let mut manager = ManagerConfig::default();
    manager.recycling_method = RecyclingMethod::Fast;
    manager.custom_setup = Box::new(move |_| {
        let config = config.clone();
        async move {
            let (client, connection) = config
                .connect(NoTls)
                .await
                .map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
        .boxed()
    });
    let size = match purpose {
        Use::Read => settings.readers,
        Use::Write => settings.writers,
    };
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, manager))
        .max_size(size)
        .wait_timeout(Some(settings.wait))
        .create_timeout(Some(Duration::from_secs(3)))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .context("building the connection pool")
}

pub(crate) async fn take(pool: &Pool<AsyncPgConnection>) -> Outcome<Object<AsyncPgConnection>> {
    pool.get().await.map_err(|error| {
        tracing::warn!(%error, "no database connection");
        Failure::Refused(refusals::UNAVAILABLE.refuse())
    })
}
