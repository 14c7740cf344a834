//! A need is posted in two minutes: little must be said, and the market proposes the rest.

use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::Cast,
    deal::{publish, result_form},
};

fn result(title: &str, summary: &str, domain: &str, ipc: &str, keyword: &str) -> Value {
    let mut form = result_form();
    form["title"] = json!(title);
    form["abstract"] = json!(summary);
    form["domain"] = json!(domain);
    form["ipc"] = json!([ipc]);
    form["keywords"] = json!([keyword]);
    form
}

#[tokio::test]
async fn what_others_say_who_write_alike_is_proposed_with_its_reasons() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    for (title, summary, domain, ipc, keyword) in [
        ("盐湖卤水吸附提锂", "铝系吸附剂从卤水中提锂", "salt_lake_chemistry", "C01D 15/08", "提锂"),
        (
            "盐湖老卤膜法提锂",
            "纳滤膜从老卤水提锂并除镁",
            "salt_lake_chemistry",
            "C01D 15/00",
            "提锂",
        ),
        ("牦牛绒脱脂工艺", "牦牛绒低温脱脂", "plateau_products", "D01C 3/00", "牦牛绒"),
        ("牦牛绒分梳机", "分梳牦牛绒的设备", "plateau_products", "D01B 1/00", "牦牛绒"),
    ] {
        publish(&cast, &cast.university, result(title, summary, domain, ipc, keyword)).await;
    }
    let text =
        json!({ "title": "从盐湖卤水里提锂", "abstract": "镁锂比高,吸附剂寿命短,求提锂办法" });
    let found = cast.enterprise.api.post("listing-proposals", text).ok().await;
    assert_eq!(found.body["alike"], 2, "{:#}", found.body);
    assert_eq!(found.body["domain"][0]["value"], "salt_lake_chemistry");
    assert_eq!(found.body["domain"][0]["listings"], 2);
    assert_eq!(found.body["domain"].as_array().unwrap().len(), 1, "{:#}", found.body);
    let words = found.body["domain"][0]["words"].as_array().unwrap();
    assert!(words.contains(&json!("卤水")), "{words:?}");
    assert_eq!(found.body["keywords"][0]["value"], "提锂");
    assert_eq!(found.body["ipc"][0]["value"], "C01D");
    assert!(!found.raw.contains("牦牛"), "{:#}", found.body);
}

#[tokio::test]
async fn where_nobody_writes_alike_nothing_is_proposed() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    // What is not public speaks for nothing.
    for _ in 0..3 {
        let hidden = result("盐湖提锂", "卤水提锂", "salt_lake_chemistry", "C01D 15/08", "提锂");
        cast.university.api.post("listings", hidden).ok().await;
    }
    let text = json!({ "title": "盐湖提锂", "abstract": "卤水提锂" });
    let found = cast.enterprise.api.post("listing-proposals", text.clone()).ok().await;
    let nothing = json!({ "alike": 0, "domain": [], "keywords": [], "ipc": [] });
    assert_eq!(found.body, nothing);
    app.anyone.post("listing-proposals", text).refused(401, "unauthenticated").await;
    let empty = json!({ "title": " ", "abstract": "x" });
    let ask = cast.enterprise.api.post("listing-proposals", empty);
    ask.faulty(422, "/title", "text_empty").await;
}

#[tokio::test]
async fn a_need_is_begun_with_a_title_a_text_and_a_field() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.enterprise.api;
    let little = json!({
        "kind": "need", "title": "叶片结冰", "abstract": "求防冰办法",
        "domain": "alloys_and_materials", "non_secret_declared": true
    });
    let begun = owner.post("listings", little.clone()).ok().await;
    let home = owner.get(format!("organisations/{}", cast.enterprise.id)).ok().await;
    assert_eq!(begun.body["region"], home.body["region"]);
    owner.act(format!("listings/{}/submit", begun.id())).if_match(&begun).ok().await;
    // Who replaces a listing says all of it.
    let put = owner.ask(reqwest::Method::PUT, "listings/by-reference/N-1").json(little);
    put.faulty(422, "/region", "required").await;
}
