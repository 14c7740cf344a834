//! Searching while very much changes, and while the index cannot follow.

use std::{path::Path, sync::Arc, time::Duration};

use futures::future::join_all;
use listing::SearchIndex;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::{
    api::Reply,
    app::App,
    cast::Cast,
    deal::{publish, result_form},
};

/// Puts copies of a listing there, all at once, as an import does.
async fn import(app: &App, listing: &str, year: u16, copies: usize) {
    let sql = format!(
        "INSERT INTO listings
         SELECT (jsonb_populate_record(l, jsonb_build_object(
                    'id', gen_random_uuid(), 'number', 'L{year}-' || lpad(n::text, 6, '0'),
                    'changed_xid', pg_current_xact_id()::text, 'reference', NULL))).*
           FROM listings l, generate_series(1, {copies}) n WHERE l.id = '{listing}'"
    );
    assert_eq!(usize::try_from(app.change(&sql).await).unwrap(), copies);
}

async fn found(app: &App, query: &str) -> Reply {
    app.anyone.get(format!("listings?count=true&{query}")).ok().await
}

fn titled(title: &str) -> Value {
    let mut form = result_form();
    form["title"] = json!(title);
    form
}

/// More than enough for a question; far too little to cut so many listings into words.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn drafts_by_the_ten_thousand_are_nothing_to_a_search() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, titled("公开的防冰涂层")).await;
    let draft = cast.university.api.post("listings", titled("未公开的防冰涂层")).ok().await;
    found(&app, "q=防冰").await;
    import(&app, draft.id(), 2027, 10_000).await;
    for round in 0..3 {
        let total = timeout(SOON, found(&app, "q=防冰")).await.expect("soon").body["total"].clone();
        assert_eq!(total, json!(1), "{round}");
        app.change("UPDATE listings SET updated_at = now() WHERE status = 'draft'").await;
    }
}

#[tokio::test]
async fn an_import_is_found_bit_by_bit_and_keeps_no_question_waiting() {
    const COPIES: usize = 3000;
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let first = publish(&cast, &cast.university, titled("昙花一现")).await;
    let model = publish(&cast, &cast.university, result_form()).await;
    assert_eq!(found(&app, "q=昙花").await.items().len(), 1);
    import(&app, model.id(), 2027, COPIES).await;
    let asked = timeout(SOON, found(&app, "q=防冰 涂层")).await.expect("soon");
    assert_ne!(asked.body["total"], json!(COPIES + 1), "it has waited for all of it");
    let asked = (0..20).map(|_| timeout(SOON, found(&app, "q=防冰 涂层")));
    for reply in join_all(asked).await {
        reply.expect("soon");
    }
    // What is taken back meanwhile is gone at once, although the index is far behind.
    let path = format!("listings/{}/withdraw", first.id());
    cast.university.api.act(path).if_match(&first).ok().await;
    assert!(timeout(SOON, found(&app, "q=昙花")).await.expect("soon").items().is_empty());

    let (mut seen, mut steps) = (0, 0);
    while seen < COPIES + 1 {
        let reply = timeout(SOON, found(&app, "q=防冰 涂层")).await.expect("soon");
        let total = usize::try_from(reply.body["total"].as_u64().unwrap()).unwrap();
        assert!(total >= seen, "what was found is lost: {seen}, then {total}");
        steps += usize::from(total > seen);
        seen = total;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(steps > 2, "found only as a whole");
    assert_eq!(found(&app, "q=昙花").await.body["total"], json!(0));

    // As many are gone at once: what is left is found behind them.
    let last = publish(&cast, &cast.university, titled("防冰涂层之最后")).await;
    found(&app, "q=最后").await;
    let withdraw = format!(
        "UPDATE listings SET status = 'withdrawn', stands_until = NULL WHERE id <> '{}'",
        last.id()
    );
    app.change(&withdraw).await;
    let left = timeout(SOON, found(&app, "q=防冰 涂层&sort=newest")).await.expect("soon");
    assert_eq!(left.items().len(), 1);
}

#[tokio::test]
async fn a_transaction_that_stays_open_neither_hides_nor_repeats_what_others_change() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let late = publish(&cast, &cast.university, titled("晚到的蓝莓")).await;
    found(&app, "q=蓝莓").await;
    let open = crate::support::cluster::connect(&app.url).await;
    open.batch_execute("BEGIN; SET LOCAL lock_timeout = '5s'").await.unwrap();
    let change = format!("UPDATE listings SET title = '晚到的枸杞' WHERE id = '{}'", late.id());
    open.batch_execute(&change).await.unwrap();
    for number in 0..3 {
        publish(&cast, &cast.university, titled(&format!("早到的沙棘{number}"))).await;
        assert_eq!(found(&app, "q=沙棘").await.body["total"], json!(number + 1));
    }
    assert_eq!(found(&app, "q=枸杞").await.body["total"], json!(0));
    open.batch_execute("COMMIT").await.unwrap();
    assert_eq!(found(&app, "q=枸杞").await.body["total"], json!(1));
    assert_eq!(found(&app, "q=蓝莓").await.body["total"], json!(0));
}

async fn opened(app: &App, folder: &Path) -> Arc<SearchIndex> {
    let index = Arc::new(SearchIndex::in_folder(folder).unwrap());
    index.tend(app.db()).await.unwrap();
    index
}

#[tokio::test]
async fn an_index_that_cannot_be_written_is_kept_and_follows_again_when_it_can() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, titled("其一")).await;
    let folder = tempfile::tempdir().unwrap();
    let index = opened(&app, folder.path()).await;
    publish(&cast, &cast.university, titled("其二")).await;
    let (volume, away) = (folder.path().join("volume-1"), folder.path().join("away"));
    std::fs::rename(&volume, &away).unwrap();
    for _ in 0..3 {
        assert!(index.tend(app.db()).await.is_err(), "there is nowhere to write");
        assert_eq!((index.is_built(), index.len()), (true, 1), "it is read on");
    }
    std::fs::rename(&away, &volume).unwrap();
    index.tend(app.db()).await.unwrap();
    assert_eq!(index.len(), 2);
    assert_eq!(std::fs::read_to_string(folder.path().join("current")).unwrap(), "volume-1");
}

#[tokio::test]
async fn an_index_that_cannot_be_opened_today_is_not_thrown_away() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, titled("其一")).await;
    let folder = tempfile::tempdir().unwrap();
    drop(opened(&app, folder.path()).await);
    let (meta, kept) = (folder.path().join("volume-1/meta.json"), folder.path().join("kept"));
    std::fs::rename(&meta, &kept).unwrap();
    std::fs::create_dir(&meta).unwrap();
    let index = Arc::new(SearchIndex::in_folder(folder.path()).unwrap());
    assert!(index.tend(app.db()).await.is_err(), "it cannot be read");
    std::fs::remove_dir(&meta).unwrap();
    std::fs::rename(&kept, &meta).unwrap();
    index.tend(app.db()).await.unwrap();
    assert_eq!((index.is_built(), index.len()), (true, 1));
    assert_eq!(std::fs::read_to_string(folder.path().join("current")).unwrap(), "volume-1");
}
