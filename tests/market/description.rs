//! `openapi/market.json` is what the code says.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::app::App;

fn committed() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/market.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.is_object() {
                found.push((method.clone(), path.clone(), operation));
            }
        }
    }
    found
}

#[test]
fn the_committed_description_is_the_generated_one() {
    let generated = serde_json::to_value(server::openapi::document()).unwrap();
    assert!(
        committed() == generated,
        "openapi/market.json is not what the code says: run `market openapi > openapi/market.json`"
    );
}

#[test]
fn every_operation_says_what_it_is_who_may_and_what_may_go_wrong() {
    let document = committed();
    let mut lacking = Vec::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or("?").to_owned();
        let mut lacks = |what: &str| lacking.push(format!("{method} {path} ({name}): {what}"));
        for part in ["operationId", "summary"] {
            if operation[part].as_str().is_none_or(str::is_empty) {
                lacks(part);
            }
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            lacks("tags");
        }
        if path.starts_with("/api/v1") && operation["security"].is_null() {
            lacks("security (an empty list if anyone may)");
        }
        let responses = operation["responses"].as_object().unwrap();
        if path.starts_with("/api/v1") && !responses.keys().any(|code| code.starts_with('4')) {
            lacks("a refusal");
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[test]
fn operation_ids_are_unique() {
    let document = committed();
    let mut ids: Vec<_> =
        operations(&document).iter().map(|(_, _, o)| o["operationId"].to_string()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// Every described path is routed: nothing is promised that answers "no such path".
#[tokio::test]
async fn every_described_operation_is_served() {
    let app = App::start().await;
    let document = committed();
    for (method, path, _) in operations(&document) {
        let mut asked = path.clone();
        while let Some((from, to)) = asked.find('{').zip(asked.find('}')) {
            asked.replace_range(from..=to, "00000000-0000-7000-8000-000000000000");
        }
        let method: reqwest::Method = method.to_uppercase().parse().unwrap();
        let reply = app.anyone.ask(method.clone(), &asked).send().await;
        assert_ne!(reply.body["code"], json!("no_such_path"), "{method} {path}");
        assert_ne!(reply.status, 405, "{method} {path}");
    }
}
