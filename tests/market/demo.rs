//! `market demo-data`: the small world, and the large random one.

use parties::Hasher;
use server::demo::{self, Plan};
use store::{Clock, Db, PoolSettings};

use super::support::app::App;

fn db(app: &App) -> Db {
    Db::new(&app.url, &PoolSettings::default(), Clock::system()).unwrap()
}

#[actix_web::test]
async fn the_demo_world_is_loaded_once() {
    let app = App::start().await;
    let (db, hasher) = (db(&app), Hasher::new().unwrap());
    let loaded = demo::load(&db, &hasher).await.unwrap();
    assert_eq!((loaded.organisations, loaded.listings), (20, 60));
    app.settle().await;
    assert_eq!(app.count("listings WHERE status = 'published'").await, 60);
    assert_eq!(app.count("match_documents").await, 60);
    assert_eq!(app.count("sessions WHERE ended_at IS NULL").await, 0);
    assert!(demo::load(&db, &hasher).await.unwrap().nothing());
    assert_eq!(app.count("organisations WHERE credit_code IS NOT NULL").await, 20);
}

#[actix_web::test]
async fn nobody_whose_password_everybody_knows_comes_into_a_market_that_is_in_use() {
    let app = App::start().await;
    app.register("enterprise", "630102").await;
    let (db, hasher) = (db(&app), Hasher::new().unwrap());
    let plan = Plan { listings: 5, contracts: 0, seed: 5 };
    for refused in
        [demo::load(&db, &hasher).await.map(|_| ()), demo::generate(&db, &hasher, plan).await]
    {
        let why = refused.unwrap_err().to_string();
        assert!(why.contains("in use"), "{why}");
    }
    assert_eq!(app.count("accounts").await, 1);
}

#[actix_web::test]
async fn a_load_that_was_broken_off_is_finished() {
    let app = App::start().await;
    let (db, hasher) = (db(&app), Hasher::new().unwrap());
    let broken_off = tokio::time::timeout(std::time::Duration::from_millis(700), async {
        demo::load(&db, &hasher).await
    });
    let _ = broken_off.await;
    demo::load(&db, &hasher).await.unwrap();
    app.settle().await;
    let verified = app.count("organisations WHERE credit_code IS NOT NULL AND status = 'verified'");
    assert_eq!(verified.await, 20);
    assert_eq!(app.count("listings WHERE status = 'published'").await, 60);
}

#[actix_web::test]
async fn random_worlds_are_whole_and_accounted_for() {
    let app = App::start().await;
    let (db, hasher) = (db(&app), Hasher::new().unwrap());
    let plan = Plan { listings: 90, contracts: 40, seed: 5 };
    demo::generate(&db, &hasher, plan).await.unwrap();
    assert_eq!(app.count("outbox").await, 0, "nothing is left to a server");
    assert_eq!(app.count("contracts").await, 40);
    let recognised = app.count("contracts WHERE recognition_status = 'recognised'").await;
    assert!((5..=35).contains(&recognised), "{recognised}");
    assert_eq!(app.count("match_documents WHERE state = 'published'").await, 90);
    for (kind, table) in [("listing", "listings"), ("contract", "contracts")] {
        let versions = app.number(&format!("SELECT sum(version) FROM {table}")).await;
        let entries = format!("audit_entries WHERE object_kind = '{kind}'");
        assert_eq!(app.count(&entries).await, usize::try_from(versions).unwrap(), "{kind}");
    }
    let again = demo::generate(&db, &hasher, plan).await.unwrap_err();
    assert!(again.to_string().contains("--seed"), "{again}");
    demo::generate(&db, &hasher, Plan { listings: 10, contracts: 0, seed: 6 }).await.unwrap();
    assert_eq!(app.count("listings").await, 100);
}
