//! The real server, on a database of its own.

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use kernel::{Caller, OrganisationKind, Role};
use listing::{
    AttachmentStore, Comparer, Importer, SearchIndex, Views, Whose, commands::ForgetImportFiles,
};
use matching::MatchIndex;
use parties::{
    Authenticator, Cost, Hasher,
    commands::{ForgetOld, NewStaff, create_staff},
    keys::{MasterKey, Rotation, TokenSettings},
};
use serde_json::json;
use server::{
    app::{Parts, serve},
    draining::Draining,
    ports::Ports,
    reactions::Reactions,
    site::Site,
};
use store::{Clock, Db, Objects, PoolSettings, outbox};
use tempfile::TempDir;
use tokio_postgres::Client;
use web::{CursorKey, Settings};

use super::{
    api::{Api, Reply},
    cast::{Org, PASSWORD, registration},
    cluster::{self, Durability},
};

const MASTER_KEY: [u8; 32] = [7; 32];

/// A server and its database.
pub(crate) struct App {
    pub(crate) anyone: Api,
    pub(crate) clock: Clock,
    pub(crate) url: String,
    db: Db,
    views: Arc<Views>,
    authenticator: Authenticator,
    sql: Client,
    serial: AtomicU32,
    server: actix_web::dev::ServerHandle,
    files: TempDir,
    attachments: AttachmentStore,
}

/// How many bytes an organisation may keep in a test.
pub(crate) const ALLOWANCE: i64 = 50 * 1024 * 1024;

impl App {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With other limits than usual.
    pub(crate) async fn start_with(limit: impl FnOnce(&mut Settings)) -> Self {
        let url = cluster::migrated_database(Durability::Volatile).await;
        Self::on(url, MASTER_KEY, cheap(), limit).await
    }

    /// Another server on the same database, whose edge is set otherwise, and which hashes passwords
    /// at the cost of real ones.
    pub(crate) async fn beside(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let hasher = Hasher::new().expect("a hasher");
        Self::on(self.url.clone(), MASTER_KEY, hasher, change).await
    }

    /// A market of its own, whose tokens nobody else signs.
    pub(crate) async fn start_with_new_keys() -> Self {
        let url = cluster::migrated_database(Durability::Volatile).await;
        Self::on(url, [8; 32], cheap(), |_| ()).await
    }

    /// On a cluster that keeps its promises through crashes, as in production.
    pub(crate) async fn start_durable() -> Self {
        let url = cluster::migrated_database(Durability::Durable).await;
        Self::on(url, MASTER_KEY, cheap(), |_| ()).await
    }

    async fn on(
        url: String,
        master: [u8; 32],
        hasher: Hasher,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let clock = Clock::system();
        let files = tempfile::tempdir().expect("a folder");
        let mut parts = parts(&url, clock.clone(), master, hasher, files.path()).await;
        let attachments = parts.attachments.clone();
        change(&mut parts.settings);
        let (db, authenticator) = (parts.db.clone(), parts.authenticator.clone());
        let views = Arc::clone(&parts.views);
        parts.index.rebuild(&db).await.expect("the index");
        assert_eq!(attachments.whose(&db).await.expect("a store of files"), Whose::Ours);
        parts.search.tend(&db).await.expect("the search index");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let running = serve(parts, listener).expect("a server");
        let server = running.handle();
        tokio::spawn(running);
        let sql = cluster::connect(&url).await;
        let anyone = Api::anyone(&format!("http://{address}"));
        let serial = AtomicU32::new(1);
        Self {
            anyone,
            clock,
            url,
            db,
            views,
            authenticator,
            sql,
            serial,
            server,
            files,
            attachments,
        }
    }

    pub(crate) const fn files(&self) -> &AttachmentStore {
        &self.attachments
    }

    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// Lets the market react to everything that was announced, and to what comes of it, also in the
    /// background. What another server holds at the moment is waited for.
    pub(crate) async fn settle(&self) {
        loop {
            self.settle_events().await;
            if self.compare().await {
                continue;
            }
            if self.count("listing_comparisons").await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets the market react to everything that was announced.
    pub(crate) async fn settle_events(&self) {
        let mut idle = 0;
        while idle < 2 {
            let settled = outbox::settle(&self.db, &Reactions).await.expect("reactions");
            let failed = self.failed().await;
            assert!(failed.is_empty(), "a reaction failed: {failed:?}");
            match (settled, self.count("outbox").await) {
                (0, 0) => idle += 1,
                (0, _) => tokio::time::sleep(Duration::from_millis(10)).await,
                _ => idle = 0,
            }
        }
    }

    /// Compares a listing that waits for it with saved searches; false if none does.
    pub(crate) async fn compare(&self) -> bool {
        Comparer::new(self.db.clone()).work().await.expect("comparing")
    }

    /// Adds up how often listings were looked at, as a server does every few seconds.
    pub(crate) async fn add_up_views(&self) {
        self.views.flush(&self.db).await.expect("views");
    }

    /// From now on, whoever looks at a listing again counts again.
    pub(crate) fn forget_viewers(&self) {
        self.views.forget_viewers();
    }

    /// Runs one of the market's own jobs.
    pub(crate) async fn run<C: store::Command>(&self, job: C) -> C::Output {
        self.db.write(kernel::Caller::Anyone, job).await.expect("a job")
    }

    async fn failed(&self) -> Vec<String> {
        let rows =
            self.sql.query("SELECT last_error FROM outbox WHERE last_error IS NOT NULL", &[]).await;
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// Does every import that waits.
    pub(crate) async fn import(&self) {
        let importer = Importer::new(self.db.clone(), Arc::new(Ports));
        while importer.work().await.expect("imports") {}
    }

    /// Throws away the files of imports that were finished before now.
    pub(crate) async fn forget_import_files(&self) {
        let forget = ForgetImportFiles { before: self.clock.now() };
        self.db.write(Caller::Anyone, forget).await.expect("forgetting");
    }

    /// Puts every event back into the outbox, as if each had been delivered but not noted.
    pub(crate) async fn redeliver_all(&self) {
        let sql = "INSERT INTO outbox (event_seq, aggregate_id, not_before)
                   SELECT seq, aggregate_id, now() - interval '1 minute' FROM events
                   ON CONFLICT DO NOTHING";
        self.sql.execute(sql, &[]).await.unwrap();
    }

    /// A new organisation, registered over the API, and its founder, signed in.
    pub(crate) async fn register(&self, kind: &str, region: &str) -> Org {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let form = registration(serial, kind, region);
        let email = form["account"]["email"].as_str().unwrap().to_owned();
        let made = self.anyone.post("organisations", form).ok().await;
        let session = self.sign_in(&email).await;
        let api = self.anyone.with_token(session.text("access_token"));
        Org { id: made.id().to_owned(), api, email }
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Reply {
        let form = json!({ "email": email, "password": PASSWORD });
        self.anyone.post("sessions", form).ok().await
    }

    /// A new person of the staff, signed in.
    pub(crate) async fn staff(&self, roles: &[Role]) -> Api {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let of_market =
            roles.iter().any(|role| matches!(role, Role::Operator | Role::Registrar | Role::Admin));
        let (kind, organisation, region) = if of_market {
            (OrganisationKind::Market, "西宁科技大市场", "630100")
        } else {
            (OrganisationKind::Government, "西宁市科学技术局", "630100")
        };
        let email = format!("staff{serial}@example.cn");
        let new = NewStaff {
            kind,
            organisation: organisation.parse().unwrap(),
            region: region.parse().unwrap(),
            credit_code: None,
            email: email.parse().unwrap(),
            name: "祁连".parse().unwrap(),
            password: serde_json::from_value(json!(PASSWORD)).unwrap(),
            roles: roles.iter().copied().collect(),
        };
        create_staff(&self.db, self.authenticator.hasher(), new).await.expect("staff");
        let session = self.sign_in(&email).await;
        self.anyone.with_token(session.text("access_token"))
    }

    /// Somebody else of the organisation, in these roles only, signed in.
    pub(crate) async fn member(&self, org: &Org, roles: &[Role]) -> Api {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let email = format!("member{serial}@example.cn");
        let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        let roles = roles.join(",");
        self.execute(&format!(
            "INSERT INTO accounts (id, version, organisation_id, email, name, password_hash, roles,
                 rights_version, status, created_at, password_changed_at)
             SELECT gen_random_uuid(), 1, organisation_id, '{email}', name, password_hash,
                    string_to_array('{roles}', ','), 1, 'active', created_at, password_changed_at
               FROM accounts WHERE organisation_id = '{}' LIMIT 1",
            org.id
        ))
        .await;
        let session = self.sign_in(&email).await;
        self.anyone.with_token(session.text("access_token"))
    }

    /// Changes the database behind the server's back.
    pub(crate) async fn execute(&self, sql: &str) {
        self.sql.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Another client of the database.
    pub(crate) async fn client(&self) -> Client {
        cluster::connect(&self.url).await
    }

    /// What hashes this server's passwords.
    pub(crate) fn hasher(&self) -> Hasher {
        self.authenticator.hasher().clone()
    }

    /// Shuts this server out of its database, or lets it in again.
    pub(crate) async fn let_into_database(&self, may: bool) {
        cluster::let_into(&self.url, may).await;
    }

    /// Keeps the threads that hash passwords busy with so many of them.
    pub(crate) fn hash_passwords(&self, passwords: usize) {
        for _ in 0..passwords {
            let hasher = self.authenticator.hasher().clone();
            let password = serde_json::from_value(json!(PASSWORD)).unwrap();
            tokio::spawn(async move { hasher.hash(password).await });
        }
    }

    /// Forgets what is old, so many rows of each table at most; answers how many.
    pub(crate) async fn forget_old(&self, at_most: i64) -> usize {
        self.db.write(kernel::Caller::Anyone, ForgetOld { at_most }).await.expect("forgetting")
    }

    pub(crate) async fn rotate_keys(&self) {
        self.authenticator.rotate(Rotation::Now).await.expect("a new key");
    }

    /// The contents of files that are kept.
    pub(crate) fn contents(&self) -> Vec<String> {
        let folder = self.files.path().join("objects/listing-attachments");
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Puts a content there that no row names.
    pub(crate) fn put_content(&self, name: &str) {
        let folder = self.files.path().join("objects/listing-attachments");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), b"x").unwrap();
    }

    /// Puts a folder in a content's place, which is not removed like one.
    pub(crate) fn hold_content(&self, name: &str) {
        let content = self.files.path().join("objects/listing-attachments").join(name);
        std::fs::remove_file(&content).unwrap();
        std::fs::create_dir_all(content.join("held")).unwrap();
    }

    /// Files that are on their way in.
    pub(crate) fn half_received(&self) -> usize {
        std::fs::read_dir(self.files.path().join("uploads")).unwrap().count()
    }

    /// What housekeeping does with files: how many were removed, how many swept.
    pub(crate) async fn tend_files(&self) -> (usize, usize) {
        let removed = self.attachments.forget_removed(&self.db).await.expect("removal");
        (removed, self.attachments.sweep_orphans(&self.db).await.expect("a sweep"))
    }

    /// Changes the database past the market; answers how many rows.
    pub(crate) async fn change(&self, sql: &str) -> u64 {
        self.sql.execute(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"))
    }

    /// How many rows: `contracts`, or `contracts WHERE …`.
    pub(crate) async fn count(&self, rows: &str) -> usize {
        let sql = format!("SELECT count(*) FROM {rows}");
        usize::try_from(self.number(&sql).await).unwrap()
    }

    /// The one number that a query gives.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let sql = format!("SELECT ({sql})::bigint");
        let row = self.sql.query_one(&sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        row.get(0)
    }

    /// Runs a server in this process until it is killed.
    pub(crate) async fn serve_forever(url: &str) {
        let files = tempfile::tempdir().expect("a folder");
        let parts = parts(url, Clock::system(), MASTER_KEY, cheap(), files.path()).await;
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let _settling = server::worker::start(parts.db.clone(), Reactions, stopped);
        tokio::spawn(Importer::new(parts.db.clone(), Arc::new(Ports)).follow());
        tokio::spawn(Arc::clone(&parts.index).follow(parts.db.clone()));
        tokio::spawn(Arc::clone(&parts.search).follow(parts.db.clone()));
        let port = std::env::var(Process::PORT).expect("a port");
        let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("the port");
        serve(parts, listener).expect("a server").await.expect("serving");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Not graceful: nothing of a test is under way any more.
        drop(self.server.stop(false));
    }
}

/// Hashes at next to no cost: tests sign in thousands of times, and their passwords are no secret.
fn cheap() -> Hasher {
    Hasher::at(Cost { memory_kib: 64, passes: 1 }).expect("a hasher")
}

async fn parts(url: &str, clock: Clock, master: [u8; 32], hasher: Hasher, files: &Path) -> Parts {
    let pools = PoolSettings {
        readers: 8,
        writers: 8,
        wait: Duration::from_secs(20),
        lock_timeout: Duration::from_secs(15),
        statement_timeout: Duration::from_secs(20),
    };
    let db = Db::new(url, &pools, clock).expect("a database");
    let tokens =
        TokenSettings { issuer: "http://market.example".to_owned(), audience: "market".to_owned() };
    let master = MasterKey::new(master);
    let authenticator = Authenticator::start(db.clone(), tokens, &master, hasher);
    let authenticator = authenticator.await.expect("keys");
    // A machine that is busy with other tests takes changes in late; a test does not mind.
    let search = SearchIndex::temporary().expect("a search index");
    let search = search.with_patience(Duration::from_secs(30));
    let mut settings = Settings::new(CursorKey::new([9; 32]));
    settings.request_deadline = Duration::from_secs(60);
    settings.uploads.folder = files.join("uploads");
    std::fs::create_dir_all(&settings.uploads.folder).expect("a folder");
    settings.uploads.grace = Duration::from_secs(2);
    let objects = Objects::in_folder(&files.join("objects")).expect("a store");
    Parts {
        db,
        attachments: AttachmentStore::new(objects, ALLOWANCE),
        authenticator,
        settings,
        index: Arc::new(MatchIndex::default()),
        search: Arc::new(search),
        views: Arc::default(),
        site: Site::at("https://market.example/"),
        cors_origins: Vec::new(),
        draining: Draining::default(),
        workers: 2,
    }
}

/// The server as a process of its own, to be killed.
pub(crate) struct Process {
    pub(crate) base: String,
    child: Child,
}

impl Process {
    pub(crate) const URL: &'static str = "MARKET_TEST_SERVE";
    const PORT: &'static str = "MARKET_TEST_PORT";

    /// Starts one on the database of `app` and waits until it answers.
    pub(crate) async fn start(app: &App) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        Self::on_port(app, port).await
    }

    /// Starts it again, where it was before it was killed.
    pub(crate) async fn restart(&mut self, app: &App) {
        self.kill();
        let port = self.base.rsplit(':').next().and_then(|port| port.parse().ok());
        *self = Self::on_port(app, port.expect("a port")).await;
    }

    async fn on_port(app: &App, port: u16) -> Self {
        let child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "kill::server_process", "--nocapture"])
            .env(Self::URL, &app.url)
            .env(Self::PORT, port.to_string())
            .stdout(Stdio::null())
            .spawn()
            .expect("a process");
        let address = format!("127.0.0.1:{port}");
        let mut waited = 0;
        while TcpStream::connect(&address).is_err() {
            waited += 1;
            assert!(waited < 600, "the server process did not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { base: format!("http://{address}"), child }
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
