//! What operators of the server look at.

use serde_json::json;

use crate::support::app::App;

#[tokio::test]
async fn the_server_says_whether_it_lives_and_is_ready() {
    let app = App::start().await;
    assert_eq!(app.anyone.get("/healthz").ok().await.status, 200);
    assert_eq!(app.anyone.get("/readyz").ok().await.status, 200);
}

#[tokio::test]
async fn the_api_description_is_served_and_readable_without_the_internet() {
    let app = App::start().await;
    let served = app.anyone.get("/openapi.json").ok().await;
    assert_eq!(served.body["openapi"], json!("3.1.0"));
    let page = app.anyone.get("/docs/").send().await;
    assert_eq!(page.status, 200);
    let html = page.body.as_str().unwrap();
    assert!(html.contains("swagger-ui"));
    assert!(!html.contains("//cdn") && !html.contains("https://unpkg"), "{html}");
    let script = app.anyone.get("/docs/swagger-ui-bundle.js").send().await;
    assert_eq!(script.status, 200);
}

#[tokio::test]
async fn every_kind_of_problem_is_listed_in_both_languages() {
    let app = App::start().await;
    let list = app.anyone.get("problems").ok().await;
    let codes: Vec<&str> = list.items().iter().map(|item| item["code"].as_str().unwrap()).collect();
    for code in ["not_found", "invalid_state", "stale", "version_required", "invalid_token"] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), codes.len(), "a code names one kind of problem");
}
