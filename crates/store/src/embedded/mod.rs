//! A private PostgreSQL cluster, started from the programs installed on the machine.
//!
//! It lives in the data directory, listens on a unix socket in a private directory only, and its
//! processes run as an unprivileged user even when the market runs as root. A supervisor starts it
//! again when it dies; what a killed market left running is stopped cleanly before the next start.

mod lock;
mod log;
mod owner;
mod pid_file;
mod programs;
mod settings;
mod socket;

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::{Client, NoTls, error::SqlState};

use self::{log::Log, owner::Owner, pid_file::PidFile};
pub use self::{programs::Programs, settings::Durability};

const DATABASE: &str = "market";
const USER: &str = "market";
/// What there is in the data directory: all that is PostgreSQL's, and in it the cluster.
const HOME: &str = "postgres";
const DATA: &str = "data";
/// How the name of a cluster begins that is being made.
const HALF_MADE: &str = "new-";
/// How long a stop may take before it is made an immediate one.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// How long a starting server may say nothing. One that recovers after a crash says so, and may
/// take as long as it needs.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// How often whoever waits for a start is told that it goes on.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// A running cluster. [`Cluster::stop`] stops it; so does dropping it, which waits meanwhile. If
/// its market is killed, it goes on, and the next start on the same directory takes care of it.
pub struct Cluster {
    inner: Arc<Inner>,
    supervisor: tokio::task::JoinHandle<()>,
}

struct Inner {
    programs: Programs,
    owner: Owner,
    durability: Durability,
    data: PathBuf,
    log: Log,
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
    pub async fn start(data_dir: &Path, durability: Durability) -> anyhow::Result<Self> {
        let data_dir = data_dir.to_owned();
        let prepared = move || Inner::prepare(&data_dir, durability);
        let inner =
            tokio::task::spawn_blocking(prepared).await.context("starting PostgreSQL")??;
        let inner = Arc::new(inner);
        inner.wait_until_ready().await?;
        inner.create_database().await?;
        let supervisor = tokio::spawn(supervise(Arc::clone(&inner)));
        Ok(Self { inner, supervisor })
    }

    /// The connection string of the database of a market that is at work on the directory, for
    /// whoever wants to work beside it.
    pub async fn url_of_running(data_dir: &Path) -> Option<String> {
        let data_dir = data_dir.canonicalize().ok()?;
        let server = PidFile::read(&data_dir.join(HOME).join(DATA))?;
        let url = socket::url(server.socket.as_deref()?, USER, DATABASE);
        let answers = tokio_postgres::connect(&url, NoTls).await.is_ok();
        (answers && lock::is_taken(&data_dir)).then_some(url)
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

impl Drop for Cluster {
    fn drop(&mut self) {
        self.supervisor.abort();
        self.inner.stop_unheard();
    }
}

/// A start that failed or was given up leaves no server behind.
impl Drop for Inner {
    fn drop(&mut self) {
        self.stop_unheard();
    }
}

impl Inner {
    fn prepare(data_dir: &Path, durability: Durability) -> anyhow::Result<Self> {
        let programs = Programs::find()?;
        let owner = Owner::of_this_process()?;
        owner.make_way(data_dir)?;
        let data_dir = data_dir.canonicalize()?;
        let lock = lock::take(&data_dir)?;
        let home = data_dir.join(HOME);
        owner.make_directory(&home)?;
        owner.expect_passage(&home)?;
        let socket = socket::directory(&home);
        fs::create_dir_all(&socket).with_context(|| format!("creating {}", socket.display()))?;
        // After making it, before giving it away: from now on nobody else can put a link there.
        socket::expect_ours(&socket, &owner)?;
        owner.make_directory(&socket)?;
        owner.expect_passage(&socket)?;
        let inner = Self {
            durability,
            data: home.join(DATA),
            log: Log::of(&home),
            socket,
            programs,
            owner,
            server: Mutex::new(Server::Stopped),
            _lock: lock,
        };
        if inner.data.try_exists().context("looking for a cluster")? {
            inner.expect_same_version()?;
            inner.stop_what_was_left_running()?;
        } else {
            inner.init(&home)?;
        }
        inner.launch()?;
        Ok(inner)
    }

    fn expect_same_version(&self) -> anyhow::Result<()> {
        let file = self.data.join("PG_VERSION");
        let found =
            fs::read_to_string(&file).with_context(|| format!("no cluster: {}", file.display()))?;
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

    /// Makes the cluster under another name: what stands under its own is whole.
    fn init(&self, home: &Path) -> anyhow::Result<()> {
        tracing::info!(directory = %self.data.display(), "making a new PostgreSQL cluster");
        for entry in fs::read_dir(home)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(HALF_MADE) {
                fs::remove_dir_all(entry.path()).context("removing a half-made cluster")?;
            }
        }
        let new = home.join(format!("{HALF_MADE}{}", std::process::id()));
        let mut command = self.command("initdb");
        command
            .arg("--pgdata")
            .arg(&new)
            .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--locale", "C", "--data-checksums", "--no-instructions"]);
        if self.durability == Durability::ForTestsOnly {
            command.arg("--no-sync");
        }
        let output = command.output().context("running initdb")?;
        if !output.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        fs::rename(&new, &self.data)?;
        File::open(home)?.sync_all().context("keeping the new cluster's name")
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
        let log = self.log.begin(&self.owner)?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(&self.data);
        for (name, value) in settings::all(self.durability, &self.socket, &self.log) {
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
        socket::url(&self.socket, USER, database)
    }

    /// Has the server process ended? Collects it if so.
    fn has_died(&self) -> bool {
        match &mut *self.server() {
            Server::Running(child) => !matches!(child.try_wait(), Ok(None)),
            Server::Stopped => false,
        }
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let (mut heard, mut told) = (Instant::now(), Instant::now());
        loop {
            let error = match self.connect().await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            if error.code() == Some(&SqlState::CANNOT_CONNECT_NOW) {
                heard = Instant::now();
            }
            if self.has_died() || heard.elapsed() > START_PATIENCE {
                bail!("PostgreSQL did not start; its log ends:\n{}", self.log.end());
            }
            if told.elapsed() > TELL_EVERY {
                told = Instant::now();
                let says = error.as_db_error().map_or("nothing yet", |error| error.message());
                tracing::info!(says, "PostgreSQL is starting");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// To the database that every cluster has.
    async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(&self.url("postgres"), NoTls).await?;
        tokio::spawn(connection);
        client.simple_query("SELECT 1").await?;
        Ok(client)
    }

    async fn create_database(&self) -> anyhow::Result<()> {
        let client = self.connect().await?;
        let there = "SELECT 1 FROM pg_database WHERE datname = $1";
        if client.query_opt(there, &[&DATABASE]).await?.is_none() {
            client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).await?;
        }
        Ok(())
    }

    fn stop_unheard(&self) {
        if let Err(error) = self.stop() {
            tracing::error!(error = format!("{error:#}"), "could not stop PostgreSQL");
        }
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
            // Empty now, and perhaps in everybody's temporary folder.
            let _left = fs::remove_dir(&self.socket);
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
