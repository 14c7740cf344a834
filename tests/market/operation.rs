//! What operators of the server look at.

use reqwest::Method;
use serde_json::{Value, json};

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
    for code in ["not_found", "invalid_state", "stale", "version_required", "invalid_token"]
        .into_iter()
        .chain(["internal_error", "no_such_path", "method_not_allowed"])
    {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), codes.len(), "a code names one kind of problem");
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let app = App::start().await;
    let paths = ["/docs/", "/openapi.json", "/healthz", "/readyz", "listings", "problems"];
    for path in paths.into_iter().chain(["nowhere", "me"]) {
        let got = app.anyone.get(path).send().await;
        let head = app.anyone.ask(Method::HEAD, path).send().await;
        assert_eq!((head.status, head.body), (got.status, Value::Null), "{path}");
        for name in ["content-type", "content-length", "content-security-policy"] {
            assert_eq!(head.headers.get(name), got.headers.get(name), "{path}: {name}");
        }
    }
    let deleted = app.anyone.ask(Method::DELETE, "/healthz").refused(405, "method_not_allowed");
    assert_eq!(deleted.await.headers["allow"], "GET, HEAD");
    let signing_in = app.anyone.ask(Method::HEAD, "sessions").send().await;
    assert_eq!(signing_in.status, 405);
    assert_eq!(signing_in.headers["allow"], "POST");
}

#[tokio::test]
async fn a_page_of_another_origin_is_told_which_setting_would_let_it_in() {
    let app = App::start().await;
    let ask = app.anyone.ask(Method::OPTIONS, "listings").header("origin", "https://page.example");
    let asked = ask.header("access-control-request-method", "GET");
    let refused = asked.refused(400, "cross_origin_refused").await;
    assert!(refused.text("detail").contains("MARKET_CORS_ORIGINS"), "{:#}", refused.body);
    assert!(!refused.headers.contains_key("access-control-allow-origin"));
}
