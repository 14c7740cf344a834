//! From a configuration to a running server, and down again.

use std::{net::TcpListener, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, anyhow, bail};
use listing::{AttachmentStore, Comparer, Importer, SearchIndex, Views, Whose};
use matching::MatchIndex;
use metrics_exporter_prometheus::PrometheusHandle;
use parties::{Authenticator, Hasher, keys::TokenSettings};
use store::{
    Clock, Db, Objects, PoolSettings,
    embedded::{Cluster, Durability},
    migrations,
};
use subsidies::model::PolicyBook;
use tokio::{sync::watch, task::JoinHandle};
use web::Settings;

use crate::{
    app::{self, Parts},
    config::{Config, Switch},
    draining::Draining,
    housekeeping, keys, metrics,
    ports::Ports,
    reactions::Reactions,
    signals::{Signals, Told},
    site::Site,
    worker,
};

/// Who may use a token: this API.
const AUDIENCE: &str = "xining-technology-market";
/// How long a load balancer has to see that no more requests are wanted.
const NOTICE: Duration = Duration::from_secs(5);
/// How long requests under way may take to finish.
const DRAIN_PATIENCE: Duration = Duration::from_secs(20);

/// A database that is there to be used: the configured server, or a cluster of our own.
pub struct Database {
    /// Its connection string.
    pub url: String,
    cluster: Option<Cluster>,
}

impl Database {
    /// Starts the embedded cluster, unless a server is configured.
    ///
    /// # Errors
    /// A sentence for whoever runs the market.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        if let Some(url) = &config.database_url {
            return Ok(Self { url: url.0.clone(), cluster: None });
        }
        let cluster = Cluster::start(&config.data_dir, Durability::Durable).await?;
        Ok(Self { url: cluster.url(), cluster: Some(cluster) })
    }

    /// For commands that do not serve: a market that serves from the same data directory is worked
    /// beside, not disturbed.
    ///
    /// # Errors
    /// A sentence for whoever runs the market.
    pub async fn open_beside(config: &Config) -> anyhow::Result<Self> {
        if config.database_url.is_none()
            && let Some(url) = Cluster::url_of_running(&config.data_dir).await
        {
            return Ok(Self { url, cluster: None });
        }
        Self::open(config).await
    }

    /// Brings it up to date, unless that is left to `market migrate`.
    ///
    /// # Errors
    /// If a migration fails.
    pub async fn migrate(&self, config: &Config) -> anyhow::Result<()> {
        if config.migrate == Switch::Off {
            return Ok(());
        }
        for name in migrations::up(&self.url).await.context("migrating the database")? {
            tracing::info!(migration = name, "migrated");
        }
        Ok(())
    }

    /// Stops the embedded cluster, if there is one.
    ///
    /// # Errors
    /// If it could not be stopped.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }
}

/// What a command that changes something needs: the write door, and the keys.
pub struct Tools {
    /// The database.
    pub db: Db,
    /// Passwords and tokens.
    pub authenticator: Authenticator,
    /// Where files are kept.
    pub attachments: AttachmentStore,
    settings: Settings,
}

impl Tools {
    /// Opens the pools and the keys.
    ///
    /// # Errors
    /// A sentence for whoever runs the market.
    pub async fn open(config: &Config, url: &str) -> anyhow::Result<Self> {
        let pools = PoolSettings {
            readers: config.readers,
            writers: config.writers,
            ..PoolSettings::default()
        };
        let db = Db::new(url, &pools, Clock::system())?;
        store::check_server(&db).await?;
        let keys = keys::read(Path::new(&config.key_file))?;
        let tokens =
            TokenSettings { issuer: config.public_url.clone(), audience: AUDIENCE.to_owned() };
        let authenticator =
            Authenticator::start(db.clone(), tokens, &keys.master, Hasher::new()?).await?;
        let mut settings = Settings::new(keys.cursors);
        settings.trusted_proxies.clone_from(&config.trusted_proxies);
        settings.request_deadline = Duration::from_secs(config.request_timeout_seconds);
        settings.uploads.folder = config.data_dir.join("uploads");
        let folder = &settings.uploads.folder;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder {}", folder.display()))?;
        let attachments = attachment_store(config)?;
        expect_ours(&attachments, &db).await?;
        Ok(Self { db, authenticator, attachments, settings })
    }
}

/// Where files are kept, as configured.
fn attachment_store(config: &Config) -> anyhow::Result<AttachmentStore> {
    let objects = match config.objects_url.as_str() {
        "" => Objects::in_folder(&config.data_dir.join("objects")),
        url => Objects::at(url),
    };
    let objects = objects.context("where files are kept (MARKET_OBJECTS_URL)")?;
    Ok(AttachmentStore::new(objects, i64::from(config.attachments_mib) * 1024 * 1024))
}

/// A server that took another market's store for its own would sweep what it has no rows of.
async fn expect_ours(attachments: &AttachmentStore, db: &Db) -> anyhow::Result<()> {
    match attachments.whose(db).await {
        Ok(Whose::Ours) => Ok(()),
        Ok(Whose::Anothers { ours }) => bail!(
            "the store of files (MARKET_OBJECTS_URL) does not bear this market's mark: it is \
             another market's, or empty where files are expected. If it is this market's after all, \
             write {ours} into `market-mark` there"
        ),
        Err(failure) => {
            tracing::warn!(%failure, "the store of files does not answer; nothing of it is swept");
            Ok(())
        }
    }
}

/// A running server.
pub struct Running {
    /// Its address: `http://127.0.0.1:8080`.
    pub base_url: String,
    /// What else may be done with its database.
    pub tools: Tools,
    database: Database,
    draining: Draining,
    views: Arc<Views>,
    server: actix_web::dev::ServerHandle,
    worker: JoinHandle<()>,
    stop_worker: watch::Sender<bool>,
    followers: Vec<JoinHandle<()>>,
}

/// Starts everything.
///
/// # Errors
/// A sentence for whoever runs the market.
pub async fn start(config: &Config) -> anyhow::Result<Running> {
    // A policy that does not hold must stop the start, not the first request that needs it.
    PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policy: {fault}"))?;
    // First the port: if it is taken, nothing else need be started.
    let listener = TcpListener::bind(&config.listen)
        .with_context(|| format!("listening on {} (MARKET_LISTEN)", config.listen))?;
    let address = listener.local_addr()?;
    let database = Database::open(config).await?;
    let assembled = assemble(config, listener, &database).await?;
    let Assembled { tools, draining, index, search, views, server, figures } = assembled;
    let (stop_worker, stopped) = watch::channel(false);
    let worker = worker::start(tools.db.clone(), Reactions, stopped);
    let mut followers = vec![
        tokio::spawn(Arc::clone(&index).follow(tools.db.clone())),
        tokio::spawn(Importer::new(tools.db.clone(), Arc::new(Ports)).follow()),
        tokio::spawn(Comparer::new(tools.db.clone()).follow()),
        tokio::spawn(Arc::clone(&search).follow(tools.db.clone())),
        tokio::spawn(Arc::clone(&views).add_up(tools.db.clone())),
        tokio::spawn(housekeeping::keep(
            tools.db.clone(),
            tools.authenticator.clone(),
            tools.attachments.clone(),
        )),
    ];
    if let Some(handle) = figures {
        followers.push(tokio::spawn(metrics::measure(tools.db.clone(), index, search, handle)));
    }
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Running {
        base_url: format!("http://{address}"),
        tools,
        database,
        draining,
        views,
        server: handle,
        worker,
        stop_worker,
        followers,
    })
}

/// Everything that can fail, before anything runs that would have to be ended.
struct Assembled {
    tools: Tools,
    draining: Draining,
    index: Arc<MatchIndex>,
    search: Arc<SearchIndex>,
    views: Arc<Views>,
    server: actix_web::dev::Server,
    figures: Option<PrometheusHandle>,
}

async fn assemble(
    config: &Config,
    listener: TcpListener,
    database: &Database,
) -> anyhow::Result<Assembled> {
    database.migrate(config).await?;
    let tools = Tools::open(config, &database.url).await?;
    let (index, draining) = (Arc::new(MatchIndex::default()), Draining::default());
    let views = Arc::new(Views::default());
    let folder = config.search_dir();
    let search = SearchIndex::in_folder(&folder).context("the search index (MARKET_DATA_DIR)")?;
    let search = Arc::new(search);
    let figures = if config.metrics_listen.is_empty() {
        None
    } else {
        let handle = metrics::collect()?;
        metrics::serve(&config.metrics_listen, handle.clone())?;
        Some(handle)
    };
    let parts = Parts {
        db: tools.db.clone(),
        authenticator: tools.authenticator.clone(),
        attachments: tools.attachments.clone(),
        settings: tools.settings.clone(),
        index: Arc::clone(&index),
        search: Arc::clone(&search),
        views: Arc::clone(&views),
        site: Site::at(&config.site_url),
        cors_origins: config.cors_origins.clone(),
        draining: draining.clone(),
        workers: config.workers,
    };
    let server = app::serve(parts, listener)?;
    Ok(Assembled { tools, draining, index, search, views, server, figures })
}

impl Running {
    /// Serves until told to end. A load balancer is given time to notice, a person is not; told
    /// again, it waits for no request.
    ///
    /// # Errors
    /// If the embedded cluster could not be stopped.
    pub async fn serve_until_told(self, signals: &mut Signals) -> anyhow::Result<()> {
        let told = signals.next().await;
        tracing::info!(?told, "finishing what is under way");
        self.draining.begin();
        let drain = async {
            if told == Told::Terminate {
                tokio::time::sleep(NOTICE).await;
            }
            self.drain().await;
        };
        let drained = tokio::select! {
            () = drain => true,
            _ = signals.next() => {
                tracing::warn!("told again: requests under way are cut off");
                false
            }
        };
        self.close(drained).await
    }

    /// Finishes requests under way, then the reactions at hand, then the cluster.
    ///
    /// # Errors
    /// If the embedded cluster could not be stopped.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.draining.begin();
        self.drain().await;
        self.close(true).await
    }

    /// Takes no new connections, and waits for what is under way.
    async fn drain(&self) {
        self.server.pause().await;
        if tokio::time::timeout(DRAIN_PATIENCE, self.draining.finished()).await.is_err() {
            tracing::warn!("requests take too long to finish and are cut off");
        }
    }

    async fn close(self, gently: bool) -> anyhow::Result<()> {
        self.stop_worker.send_replace(true);
        let _ended = self.worker.await;
        self.server.stop(gently).await;
        for follower in &self.followers {
            follower.abort();
        }
        if let Err(failure) = self.views.flush(&self.tools.db).await {
            tracing::warn!(%failure, "looks at listings since the last few seconds are not counted");
        }
        self.database.close().await
    }
}
