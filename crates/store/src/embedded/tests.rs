//! A cluster's life, with the real programs.

use std::{fs::Permissions, os::unix::fs::PermissionsExt};

use super::*;

async fn value(cluster: &Cluster, sql: &str) -> anyhow::Result<i32> {
    let (client, connection) = tokio_postgres::connect(&cluster.url(), NoTls).await?;
    tokio::spawn(connection);
    Ok(client.query_one(sql, &[]).await?.get(0))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn start(data_dir: &Path) -> anyhow::Result<Cluster> {
    Cluster::start(data_dir, Durability::Durable).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_survives_kills_of_itself_and_of_the_market() {
    let folder = folder();
    let cluster = start(folder.path()).await.unwrap();
    value(&cluster, "SELECT 1 FROM (SELECT set_config('x.y', 'z', false)) s").await.unwrap();
    let (client, connection) = tokio_postgres::connect(&cluster.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)").await.unwrap();

    let refused = start(folder.path()).await.err().unwrap().to_string();
    assert!(refused.contains(&format!("pid {}", std::process::id())), "{refused}");

    let left = PidFile::read(&cluster.inner.data).unwrap();
    signal(left.pid, Signal::KILL).unwrap();
    let mut waited = 0;
    while value(&cluster, "SELECT n FROM kept").await.is_err() {
        waited += 1;
        assert!(waited < 300, "PostgreSQL did not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(value(&cluster, "SELECT n FROM kept").await.unwrap(), 42);

    // A market that is killed stops nothing.
    cluster.supervisor.abort();
    let abandoned = PidFile::read(&cluster.inner.data).unwrap();
    while !cluster.supervisor.is_finished() {
        tokio::task::yield_now().await;
    }
    // Its process ends, and with it its lock and its children's parent.
    let mut child = match std::mem::replace(&mut *cluster.inner.server(), Server::Stopped) {
        Server::Running(child) => child,
        Server::Stopped => panic!("it runs"),
    };
    std::thread::spawn(move || child.wait());
    drop(cluster);
    assert!(abandoned.is_alive());

    let again = start(folder.path()).await.unwrap();
    assert!(!abandoned.is_alive());
    assert_eq!(value(&again, "SELECT n FROM kept").await.unwrap(), 42);
    let inner = Arc::clone(&again.inner);
    let data = inner.data.clone();
    again.stop().await.unwrap();
    assert!(!data.join("postmaster.pid").exists(), "it was stopped cleanly");
    // A supervisor that was about to start it again must not, once it has been stopped.
    inner.relaunch().unwrap();
    assert!(matches!(*inner.server(), Server::Stopped));
    drop(inner);

    fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let refused = start(folder.path()).await.err().unwrap().to_string();
    assert!(refused.contains("made by PostgreSQL 9"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_may_have_any_name_and_a_dropped_cluster_ends() {
    let folder = folder();
    for name in ["with blanks/数据", "with, comma's"] {
        let data_dir = folder.path().join(name);
        assert_eq!(Cluster::url_of_running(&data_dir).await, None);
        let cluster = Cluster::start(&data_dir, Durability::ForTestsOnly).await.unwrap();
        assert_eq!(value(&cluster, "SELECT 7").await.unwrap(), 7);
        assert_eq!(Cluster::url_of_running(&data_dir).await, Some(cluster.url()));

        let server = PidFile::read(&cluster.inner.data).unwrap();
        let socket = cluster.inner.socket.clone();
        drop(cluster);
        assert!(!server.is_alive());
        assert!(!socket.exists());
        assert_eq!(Cluster::url_of_running(&data_dir).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_made_cluster_is_made_anew() {
    let folder = folder();
    let half_made = folder.path().join(HOME).join(format!("{HALF_MADE}1"));
    fs::create_dir_all(&half_made).unwrap();
    fs::write(half_made.join("PG_VERSION"), "15\n").unwrap();
    let cluster = Cluster::start(folder.path(), Durability::ForTestsOnly).await.unwrap();
    assert_eq!(value(&cluster, "SELECT 7").await.unwrap(), 7);
    assert!(!half_made.exists());
    cluster.stop().await.unwrap();
}
