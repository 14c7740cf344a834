//! One PostgreSQL for the whole run; a database of its own for each test, cloned from a migrated
//! template.
//!
//! The cluster lives in a temporary folder, on a unix socket. A small watcher holds the other end
//! of a pipe: when this process ends, however it ends, the watcher stops the cluster and removes
//! the folder.

use std::{
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Mutex, OnceCell};
use tokio_postgres::{Client, NoTls, Row};

/// May a test's database forget what it was told when the power goes?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// For all tests that do not speak of crashes: much faster.
    Volatile,
    /// As in production.
    Durable,
}

static VOLATILE: OnceLock<Cluster> = OnceLock::new();
static DURABLE: OnceLock<Cluster> = OnceLock::new();
static TEMPLATE: OnceCell<()> = OnceCell::const_new();
/// PostgreSQL copies a template only while nobody else does.
static CLONING: Mutex<()> = Mutex::const_new(());
static SERIAL: AtomicUsize = AtomicUsize::new(0);

struct Cluster {
    socket: PathBuf,
}

impl Cluster {
    fn of(durability: Durability) -> &'static Self {
        match durability {
            Durability::Volatile => VOLATILE.get_or_init(|| Self::start(durability)),
            Durability::Durable => DURABLE.get_or_init(|| Self::start(durability)),
        }
    }

    fn start(durability: Durability) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("market-pg-").tempdir().expect("a folder");
        let folder = folder.keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).expect("0700");
        let owner = unprivileged();
        if let Some((uid, gid)) = owner {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("chown");
        }
        let run = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(programs.join(program));
            command.args(arguments).current_dir(&folder).stdin(Stdio::null());
            if let Some((uid, gid)) = owner {
                command.uid(uid).gid(gid);
            }
            command
        };
        let data = folder.join("data");
        let data = data.to_str().expect("a path");
        let made = run(
            "initdb",
            &["-D", data, "-U", "market", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        )
        .output()
        .expect("initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let socket = folder.to_str().expect("a path");
        let mut settings = vec!["listen_addresses=", "max_connections=400", "timezone=UTC"];
        if durability == Durability::Volatile {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
        }
        let directory = format!("unix_socket_directories={socket}");
        settings.push(&directory);
        let mut arguments = vec!["-D", data];
        for setting in &settings {
            arguments.extend(["-c", setting]);
        }
        let log = std::fs::File::create(folder.join("log")).expect("a log");
        let server = run("postgres", &arguments)
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("postgres");
        watch(server.id(), &folder);
        Self { socket: folder }
    }

    fn url(&self, database: &str) -> String {
        format!("host={} user=market dbname={database}", self.socket.display())
    }
}

/// Stops the cluster and removes its folder when this process is gone.
fn watch(server: u32, folder: &Path) {
    let script =
        format!("cat >/dev/null; kill -QUIT {server}; sleep 0.3; rm -rf '{}'", folder.display());
    let watcher = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("sh");
    std::mem::forget(watcher.stdin);
}

/// The newest PostgreSQL programs on this machine.
fn programs() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            programs.join("initdb").exists().then_some((version, programs))
        })
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, programs)| programs);
    newest.expect("PostgreSQL: run script/bootstrap, which installs it")
}

/// PostgreSQL refuses to run as root: the user and group to run it as, if this is root.
fn unprivileged() -> Option<(u32, u32)> {
    let number = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    (number(&["-u"]) == Some(0)).then(|| {
        let user = if number(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" };
        (number(&["-u", user]).expect("a user"), number(&["-g", user]).expect("a group"))
    })
}

/// A client of a database; waits until the cluster answers.
pub(crate) async fn connect(url: &str) -> Client {
    let mut tries = 0;
    loop {
        match tokio_postgres::connect(url, NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                return client;
            }
            Err(_) if tries < 250 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("the cluster does not answer: {error}"),
        }
    }
}

fn next_name() -> String {
    format!("t{}", SERIAL.fetch_add(1, Ordering::Relaxed))
}

/// A new empty database.
pub(crate) async fn empty_database() -> String {
    let cluster = Cluster::of(Durability::Volatile);
    let name = next_name();
    let client = connect(&cluster.url("postgres")).await;
    let _alone = CLONING.lock().await;
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
    cluster.url(&name)
}

/// A new migrated database.
pub(crate) async fn migrated_database(durability: Durability) -> String {
    let cluster = Cluster::of(durability);
    let client = connect(&cluster.url("postgres")).await;
    if durability == Durability::Durable {
        let name = next_name();
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let url = cluster.url(&name);
        store::migrations::up(&url).await.unwrap();
        return url;
    }
    let made = async || {
        client.batch_execute("CREATE DATABASE market_template TEMPLATE template0").await.unwrap();
        store::migrations::up(&cluster.url("market_template")).await.unwrap();
    };
    TEMPLATE.get_or_init(made).await;
    let name = next_name();
    let _alone = CLONING.lock().await;
    let clone = format!("CREATE DATABASE {name} TEMPLATE market_template STRATEGY wal_log");
    client.batch_execute(&clone).await.unwrap();
    cluster.url(&name)
}

pub(crate) async fn query(url: &str, sql: &str) -> Vec<Row> {
    connect(url).await.query(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

/// Closes the database to everybody, whoever is in it, or opens it again.
pub(crate) async fn let_into(url: &str, may: bool) {
    let (server, name) = url.split_once(" dbname=").expect("a database");
    let client = connect(&format!("{server} dbname=postgres")).await;
    let allow = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {may}");
    client.batch_execute(&allow).await.unwrap();
    if !may {
        let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1";
        client.query(end, &[&name]).await.unwrap();
    }
}

/// Everything that migrations make, as sorted lines; diesel's own table aside.
pub(crate) async fn dump(url: &str) -> Vec<String> {
    const EVERYTHING: &str = "
        SELECT format('column %s.%s %s %s %s', table_name, column_name, udt_name, is_nullable,
                      column_default)
          FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT format('trigger %s.%s %s', tgrelid::regclass, tgname, pg_get_triggerdef(oid))
          FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT format('function %s %s', oid::regprocedure, prosrc)
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('sequence %s', relname) FROM pg_class
         WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('view %s %s', viewname, definition) FROM pg_views WHERE schemaname = 'public'
        UNION ALL
        SELECT format('type %s', typname) FROM pg_type
         WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')";
    let mut lines: Vec<String> = query(url, EVERYTHING)
        .await
        .iter()
        .map(|row| row.get::<_, String>(0))
        .filter(|line| !line.contains("__diesel_schema_migrations"))
        .collect();
    lines.sort();
    lines
}
