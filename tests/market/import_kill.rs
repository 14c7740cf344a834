//! `kill -9` in the middle of an import: another server goes on with it, and in the end there is
//! exactly one listing for each row.

use std::time::Duration;

use crate::support::{
    app::{App, Process},
    cast::Cast,
    sheets::{Row, bring_in, row, with, xlsx},
};

const ROWS: usize = 3000;

#[tokio::test]
async fn an_import_whose_server_is_killed_is_finished_by_another_exactly_once() {
    let app = App::start_durable().await;
    let cast = Cast::of(&app).await;
    // Every other row has no reference: nothing but the import itself can tell that it was written.
    let mut rows: Vec<Row> = (0..ROWS)
        .map(|n| {
            let reference = if n % 2 == 0 { String::new() } else { format!("K-{n}") };
            with(row(reference), "标题", format!("第 {n} 行"))
        })
        .collect();
    rows[1000] = with(rows[1000].clone(), "技术领域", "炼金");
    let taken = bring_in(&cast.university.api, "a.xlsx", &xlsx(&rows), "valid_rows").ok().await;
    let stands = format!("listing_imports WHERE id = '{}' AND status", taken.id());

    for kill_at in ["reading", "writing"] {
        let mut process = Process::start(&app).await;
        let before = app.count("listings").await;
        let mut waited = 0;
        loop {
            let is_there = app.count(&format!("{stands} = '{kill_at}'")).await == 1;
            let has_come_far = kill_at == "reading" || app.count("listings").await > before;
            if is_there && has_come_far {
                break;
            }
            assert_eq!(
                app.count(&format!("{stands} = 'done'")).await,
                0,
                "done before it was killed"
            );
            waited += 1;
            assert!(waited < 6000, "the import does not go on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        process.kill();
        let written = app.count("listings").await;
        assert!(written < ROWS - 1, "the kill came too late");
        let progress =
            format!("SELECT rows_created FROM listing_imports WHERE id = '{}'", taken.id());
        assert_eq!(app.number(&progress).await, i64::try_from(written).unwrap());
    }

    let _process = Process::start(&app).await;
    let mut waited = 0;
    while app.count(&format!("{stands} = 'done'")).await == 0 {
        waited += 1;
        assert!(waited < 1200, "the import is not finished");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(app.count("listings").await, ROWS - 1);
    assert_eq!(app.number("SELECT count(DISTINCT title) FROM listings").await, 2999);
    let told = cast.university.api.get(format!("listing-imports/{}", taken.id())).ok().await;
    assert_eq!(told.body["rows"]["created"], serde_json::json!(ROWS - 1), "{:#}", told.body);
    assert_eq!(told.body["rows"]["read"], serde_json::json!(ROWS));
    assert_eq!(told.body["rows"]["failed"], serde_json::json!(1));
    assert_eq!(app.count("audit_entries WHERE object_kind = 'listing'").await, ROWS - 1);
}
