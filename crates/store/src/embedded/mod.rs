//! A private PostgreSQL cluster, started from the programs installed on the machine.
//!
//! It lives in the data directory, listens on a unix socket in a private directory only, and its
//! processes run as an unprivileged user even when the market runs as root. A supervisor starts it
//! again when it dies; what a killed market left running is stopped cleanly before the next start.

mod owner;
mod pid_file;
mod programs;
mod socket;

use std::{
    fs::{self, File, Permissions},
    io::{Read, Seek, Write},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::{
    fs::{FlockOperation, flock},
    process::{Pid, Signal, kill_process},
};
use tokio_postgres::NoTls;

pub use self::programs::Programs;
use self::{owner::Owner, pid_file::PidFile};

const DATABASE: &str = "market";
const USER: &str = "market";
/// How long a stop may take before it is made an immediate one.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// How long a start may take; recovery after a crash is part of it.
const START_PATIENCE: Duration = Duration::from_secs(120);

/// A running cluster. [`Cluster::stop`] stops it; a cluster that is merely dropped goes on, and
/// the next start on the same directory takes care of it.
pub struct Cluster {
    inner: Arc<Inner>,
    supervisor: tokio::task::JoinHandle<()>,
}

struct Inner {
    programs: Programs,
    owner: Owner,
    data: PathBuf,
    log: PathBuf,
    socket: PathBuf,
    server: Mutex<Server>,
    /// Held for as long as this market uses the directory.
    _lock: File,
}

enum Server {
    Running(Child),
    Stopped,
}

impl Cluster {
    /// Starts the cluster in `data_dir`, making it first if there is none.
    ///
    /// # Errors
    /// A sentence for whoever runs the market: no programs found, another market at work there,
    /// a directory of another major version, a folder that the server's user may not enter.
    pub async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let data_dir = data_dir.to_owned();
        let prepared = move || Inner::prepare(&data_dir);
        let inner =
            tokio::task::spawn_blocking(prepared).await.context("starting PostgreSQL")??;
        let inner = Arc::new(inner);
        if let Err(error) = inner.make_usable().await {
            // Nobody would be left to stop it.
            let unusable = Arc::clone(&inner);
            let _stopped = tokio::task::spawn_blocking(move || unusable.stop()).await;
            return Err(error);
        }
        let supervisor = tokio::spawn(supervise(Arc::clone(&inner)));
        Ok(Self { inner, supervisor })
    }

    /// The connection string of the market's database.
    #[must_use]
    pub fn url(&self) -> String {
        self.inner.url(DATABASE)
    }

    /// Stops the cluster: clients are cut off, transactions rolled back, everything is on disk.
    ///
    /// # Errors
    /// If it could not be stopped.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.supervisor.abort();
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || inner.stop()).await.context("stopping PostgreSQL")?
    }
}

impl Inner {
    fn prepare(data_dir: &Path) -> anyhow::Result<Self> {
        let programs = Programs::find()?;
        fs::create_dir_all(data_dir)
            .with_context(|| format!("creating the data directory {}", data_dir.display()))?;
        let data_dir = data_dir.canonicalize()?;
        let lock = lock(&data_dir)?;
        let owner = Owner::of_this_process()?;
        let home = data_dir.join("postgres");
        owner.make_directory(&home)?;
        owner.expect_passage(&home)?;
        let socket = socket::directory(&home);
        fs::create_dir_all(&socket).with_context(|| format!("creating {}", socket.display()))?;
        // After making it, before giving it away: from now on nobody else can put a link there.
        socket::expect_ours(&socket, &owner)?;
        owner.make_directory(&socket)?;
        let inner = Self {
            data: home.join("data"),
            log: home.join("log"),
            socket,
            programs,
            owner,
            server: Mutex::new(Server::Stopped),
            _lock: lock,
        };
        if inner.data.join("PG_VERSION").exists() {
            inner.expect_same_version()?;
            inner.stop_what_was_left_running()?;
        } else {
            inner.init()?;
        }
        inner.launch()?;
        Ok(inner)
    }

    fn expect_same_version(&self) -> anyhow::Result<()> {
        let file = self.data.join("PG_VERSION");
        let found = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        let (found, ours) = (found.trim(), self.programs.version());
        if found != ours.to_string() {
            bail!(
                "{} was made by PostgreSQL {found}, but the programs found here are version {ours}. \
                 Install PostgreSQL {found} (Debian: postgresql-{found}), or dump the data with it \
                 and load them into a new data directory.",
                self.data.display()
            );
        }
        Ok(())
    }

    fn init(&self) -> anyhow::Result<()> {
        tracing::info!(directory = %self.data.display(), "making a new PostgreSQL cluster");
        // A half-made directory is of no use and in the way.
        if self.data.exists() {
            fs::remove_dir_all(&self.data).context("removing a half-made cluster")?;
        }
        let output = self
            .command("initdb")
            .arg("--pgdata")
            .arg(&self.data)
            .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--locale", "C", "--data-checksums"])
            .output()
            .context("running initdb")?;
        if !output.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }

    /// A market that was killed leaves its cluster running: it is stopped, never pulled away.
    fn stop_what_was_left_running(&self) -> anyhow::Result<()> {
        let Some(left) = PidFile::read(&self.data).filter(PidFile::is_alive) else {
            return Ok(());
        };
        tracing::info!(pid = left.pid, "stopping the PostgreSQL that a killed market left running");
        let gone = || !left.is_alive();
        signal(left.pid, Signal::INT)?;
        if wait_for(STOP_PATIENCE, gone) {
            return Ok(());
        }
        signal(left.pid, Signal::QUIT)?;
        if !wait_for(STOP_PATIENCE, gone) {
            bail!("PostgreSQL (pid {}) does not stop; stop it and try again", left.pid);
        }
        Ok(())
    }

    fn launch(&self) -> anyhow::Result<()> {
        let child = self.spawn()?;
        *self.server() = Server::Running(child);
        Ok(())
    }

    /// Starts the server again, unless it has been stopped in the meantime.
    fn relaunch(&self) -> anyhow::Result<()> {
        // Held while the server starts, so that a stop waits and then finds it.
        let mut server = self.server();
        if let Server::Running(child) = &mut *server {
            *child = self.spawn()?;
        }
        drop(server);
        Ok(())
    }

    fn spawn(&self) -> anyhow::Result<Child> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        self.owner.give(&self.log)?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(&self.data);
        let socket = self.socket.display().to_string();
        for (name, value) in [
            ("listen_addresses", ""),
            ("unix_socket_directories", socket.as_str()),
            ("unix_socket_permissions", "0700"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("max_connections", "100"),
            ("shared_buffers", "256MB"),
            ("max_wal_size", "2GB"),
            ("random_page_cost", "1.1"),
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
        ] {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
            .stdout(log.try_clone()?)
            .stderr(log)
            // Ctrl-C in a terminal must not reach it before the market has drained.
            .process_group(0)
            .spawn()
            .context("starting postgres")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.path(program));
        command.current_dir("/").stdin(Stdio::null()).env_remove("PGDATA");
        self.owner.run_as(&mut command);
        command
    }

    fn server(&self) -> std::sync::MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self, database: &str) -> String {
        format!("host={} user={USER} dbname={database}", self.socket.display())
    }

    /// Has the server process ended? Collects it if so.
    fn has_died(&self) -> bool {
        match &mut *self.server() {
            Server::Running(child) => !matches!(child.try_wait(), Ok(None)),
            Server::Stopped => false,
        }
    }

    async fn make_usable(&self) -> anyhow::Result<()> {
        self.wait_until_ready().await?;
        self.create_database().await
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            if let Ok((client, connection)) =
                tokio_postgres::connect(&self.url("postgres"), NoTls).await
            {
                tokio::spawn(connection);
                if client.simple_query("SELECT 1").await.is_ok() {
                    return Ok(());
                }
            }
            if self.has_died() || began.elapsed() > START_PATIENCE {
                bail!("PostgreSQL did not start; its log ends:\n{}", self.end_of_log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let from = lines.len().saturating_sub(8);
        lines.get(from..).unwrap_or_default().join("\n")
    }

    async fn create_database(&self) -> anyhow::Result<()> {
        let (client, connection) = tokio_postgres::connect(&self.url("postgres"), NoTls).await?;
        tokio::spawn(connection);
        let there = "SELECT 1 FROM pg_database WHERE datname = $1";
        if client.query_opt(there, &[&DATABASE]).await?.is_none() {
            client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).await?;
        }
        Ok(())
    }

    fn stop(&self) -> anyhow::Result<()> {
        let server = std::mem::replace(&mut *self.server(), Server::Stopped);
        let Server::Running(mut child) = server else { return Ok(()) };
        if !matches!(child.try_wait(), Ok(None)) {
            // It is gone, and its pid may be another process's by now.
            return Ok(());
        }
        signal(child.id(), Signal::INT)?;
        let mut gone = || !matches!(child.try_wait(), Ok(None));
        if wait_for(STOP_PATIENCE, &mut gone) {
            return Ok(());
        }
        tracing::warn!("PostgreSQL takes long to stop; stopping it at once");
        signal(child.id(), Signal::QUIT)?;
        child.wait().context("waiting for postgres to end")?;
        Ok(())
    }
}

/// Starts the server again whenever it dies, with growing pauses while it does not stay up.
async fn supervise(inner: Arc<Inner>) {
    let mut pause = Duration::from_millis(200);
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if !inner.has_died() {
            continue;
        }
        tracing::error!("PostgreSQL has died; starting it again");
        let again = Arc::clone(&inner);
        let launched = tokio::task::spawn_blocking(move || again.relaunch()).await;
        let ready = match launched {
            Ok(Ok(())) => inner.wait_until_ready().await,
            Ok(Err(error)) => Err(error),
            Err(error) => Err(error.into()),
        };
        match ready {
            Ok(()) => {
                tracing::info!("PostgreSQL is back");
                pause = Duration::from_millis(200);
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "PostgreSQL does not come back");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(30));
            }
        }
    }
}

/// Takes the directory for this process; another market there is named.
fn lock(data_dir: &Path) -> anyhow::Result<File> {
    let path = data_dir.join("market.lock");
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut pid = String::new();
        file.read_to_string(&mut pid)?;
        bail!(
            "another market (pid {}) uses the data directory {}. Stop it, choose another with \
             MARKET_DATA_DIR, or let both use one server with DATABASE_URL.",
            pid.trim(),
            data_dir.display()
        );
    }
    file.set_permissions(Permissions::from_mode(0o644))?;
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

fn signal(pid: u32, signal: Signal) -> anyhow::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).context("a process id")?;
    match kill_process(pid, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error).context("sending a signal to postgres"),
    }
}

fn wait_for(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !done() {
        if began.elapsed() > patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

#[cfg(test)]
mod tests;
