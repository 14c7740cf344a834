//! Migrations go up, down and up again, and leave the same database.

use crate::support::cluster;

#[tokio::test]
async fn up_down_up_leaves_the_same_schema_and_down_leaves_nothing() {
    let url = cluster::empty_database().await;
    let first = store::migrations::up(&url).await.unwrap();
    assert!(first.len() >= 6, "{first:?}");
    let before = cluster::dump(&url).await;
    let undone = store::migrations::down(&url, first.len()).await.unwrap();
    assert_eq!(undone.len(), first.len());
    let left = cluster::dump(&url).await;
    assert!(left.is_empty(), "down leaves behind:\n{}", left.join("\n"));
    store::migrations::up(&url).await.unwrap();
    let after = cluster::dump(&url).await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn each_migration_alone_goes_down_and_up() {
    let url = cluster::empty_database().await;
    let all = store::migrations::up(&url).await.unwrap();
    let whole = cluster::dump(&url).await;
    for steps in 1..=all.len() {
        store::migrations::down(&url, steps).await.unwrap();
        store::migrations::up(&url).await.unwrap();
        assert_eq!(cluster::dump(&url).await, whole, "after {steps} steps down and up");
    }
}

#[tokio::test]
async fn servers_that_start_at_once_migrate_once() {
    let url = cluster::empty_database().await;
    let runs = futures::future::join_all((0..4).map(|_| store::migrations::up(&url))).await;
    let run: Vec<usize> = runs.into_iter().map(|run| run.unwrap().len()).collect();
    assert_eq!(run.iter().filter(|count| **count > 0).count(), 1, "{run:?}");
    assert!(store::migrations::status(&url).await.unwrap().iter().all(|step| step.done));
}
