//! Listings: written by their owner, shown when an operator has looked at them.

use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::Cast,
    deal::{need_form, publish, result_form},
};

#[tokio::test]
async fn a_listing_is_seen_by_strangers_only_once_it_is_published() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let made = cast.university.api.post("listings", result_form()).ok().await;
    assert_eq!((made.status.as_u16(), made.text("status")), (201, "draft"));
    let location = made.headers["location"].to_str().unwrap();
    assert_eq!(location, format!("/api/v1/listings/{}", made.id()));
    let path = format!("listings/{}", made.id());
    for stranger in [&app.anyone, &cast.enterprise.api, &cast.broker.api] {
        stranger.get(&path).refused(404, "not_found").await;
        assert!(stranger.get("listings").ok().await.items().is_empty());
    }
    let submitted = cast.university.api.act(format!("{path}/submit")).if_match(&made).ok().await;
    app.anyone.get(&path).refused(404, "not_found").await;
    cast.operator.get(&path).ok().await;
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await;
    let seen = app.anyone.get(&path).ok().await;
    assert_eq!(seen.text("status"), "published");
    assert!(seen.body.get("contact").is_none_or(Value::is_null), "contacts are not public");
    assert_eq!(app.anyone.get("listings").ok().await.items().len(), 1);
}

#[tokio::test]
async fn an_operator_returns_a_listing_with_reasons_and_its_owner_submits_it_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let made = cast.university.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", made.id());
    let submitted = cast.university.api.act(format!("{path}/submit")).if_match(&made).ok().await;
    let reasons = json!({ "reasons": ["请补充技术指标"] });
    let back =
        cast.operator.post(format!("{path}/return"), reasons).if_match(&submitted).ok().await;
    assert_eq!(back.text("status"), "returned");
    let own = cast.university.api.get(&path).ok().await;
    assert!(own.body.to_string().contains("请补充技术指标"));
    let change = json!({ "abstract": "附着力下降八成,经 200 次冻融循环后仍保持。" });
    let mended = cast.university.api.patch(&path, change).if_match(&own).ok().await;
    let again = cast.university.api.act(format!("{path}/submit")).if_match(&mended).ok().await;
    assert_eq!(again.text("status"), "submitted");
}

#[tokio::test]
async fn a_patch_changes_what_it_names_clears_what_is_null_and_keeps_the_rest() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let made = cast.university.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", made.id());
    let change = json!({ "trl": 7, "description": null });
    let changed = cast.university.api.patch(&path, change).if_match(&made).ok().await;
    assert_eq!(changed.body["trl"], json!(7));
    assert!(changed.body.get("description").is_none_or(Value::is_null));
    assert_eq!(changed.body["title"], made.body["title"]);
    assert_eq!(changed.body["version"], json!(2));
}

#[tokio::test]
async fn a_change_names_the_version_that_it_means() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let made = owner.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", made.id());
    let change = json!({ "trl": 7 });
    owner.patch(&path, change.clone()).refused(428, "version_required").await;
    owner.act(format!("{path}/submit")).refused(428, "version_required").await;
    owner.patch(&path, change.clone()).if_match(&made).ok().await;
    owner.patch(&path, change.clone()).if_match(&made).refused(412, "stale").await;
    owner.act(format!("{path}/submit")).if_match(&made).refused(412, "stale").await;
    owner.patch(&path, change).header("if-match", "\"other\"").refused(412, "stale").await;
    let etag = owner.get(&path).ok().await.etag();
    let read = owner.get(&path).header("if-none-match", etag).send().await;
    assert_eq!((read.status.as_u16(), read.body), (304, Value::Null));
}

#[tokio::test]
async fn search_finds_chinese_words_inside_words_and_filters() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, result_form()).await;
    publish(&cast, &cast.enterprise, need_form()).await;
    let count =
        async |query: &str| app.anyone.get(format!("listings?{query}")).ok().await.items().len();
    for (query, found) in [
        ("q=疏水", 1),
        ("q=防冰 涂层", 2),
        ("q=涂层&kind=result", 1),
        ("q=盐湖提锂", 0),
        ("domain=alloys_and_materials", 2),
        ("domain=big_data", 0),
        ("region=630102", 1),
        ("trl_min=6", 1),
        ("trl_min=7", 0),
        ("transfer_mode=assignment", 1),
        ("kind=need", 1),
    ] {
        assert_eq!(count(query).await, found, "{query}");
    }
}

#[tokio::test]
async fn a_list_is_paged_without_gaps_or_repeats() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    for n in 0..7 {
        let mut form = result_form();
        form["title"] = format!("防冰涂层之{n}").into();
        publish(&cast, &cast.university, form).await;
    }
    for sort in ["newest", "price", "relevance"] {
        let query = format!("listings?limit=3&count=true&q=涂层&sort={sort}");
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = app.anyone.get(format!("{query}{cursor}")).ok().await;
            assert_eq!(page.body["total"], json!(7));
            seen.extend(page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 7, "{sort}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7, "{sort}");
    }
    app.anyone.get("listings?cursor=abc").refused(400, "cursor_invalid").await;
}

#[tokio::test]
async fn what_a_listing_may_not_say_is_refused_with_all_faults_at_once() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut form = need_form();
    form["price"] = json!({ "mode": "fixed", "amount_fen": 1 });
    form["budget"] = json!({ "min_fen": 2, "max_fen": 1 });
    let refused = cast.enterprise.api.post("listings", form).refused(422, "invalid").await;
    let pointers: Vec<&str> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert!(pointers.iter().any(|pointer| pointer.starts_with("/price")), "{pointers:?}");
    assert!(pointers.iter().any(|pointer| pointer.starts_with("/budget")), "{pointers:?}");
    assert_eq!(app.count("listings").await, 0);
}

#[tokio::test]
async fn only_a_verified_organisation_submits_and_only_what_is_declared_not_secret() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let newcomer = app.register("institute", "630104").await;
    let made = newcomer.api.post("listings", result_form()).ok().await;
    let submit = newcomer.api.act(format!("listings/{}/submit", made.id())).if_match(&made);
    let refused = submit.send().await;
    assert_eq!(refused.text("code"), "organisation_not_verified");
    let mut silent = result_form();
    silent["non_secret_declared"] = json!(false);
    let made = cast.university.api.post("listings", silent).ok().await;
    let submit = cast.university.api.act(format!("listings/{}/submit", made.id())).if_match(&made);
    let refused = submit.send().await;
    assert_eq!(refused.status, 422, "{:#}", refused.body);
}

#[tokio::test]
async fn a_withdrawn_listing_is_gone_for_strangers_and_for_matching() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let result = publish(&cast, &cast.university, result_form()).await;
    let need = publish(&cast, &cast.enterprise, need_form()).await;
    app.settle().await;
    let matches = format!("listings/{}/matches", need.id());
    assert_eq!(cast.enterprise.api.get(&matches).ok().await.items().len(), 1);
    let path = format!("listings/{}", result.id());
    cast.university.api.act(format!("{path}/withdraw")).if_match(&result).ok().await;
    app.settle().await;
    app.anyone.get(&path).refused(404, "not_found").await;
    assert!(cast.enterprise.api.get(&matches).ok().await.items().is_empty());
}

#[tokio::test]
async fn a_reference_is_unique_within_its_organisation_only() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut form = result_form();
    form["reference"] = json!("QHU-2026-017");
    cast.university.api.post("listings", form.clone()).ok().await;
    let again = cast.university.api.post("listings", form.clone()).send().await;
    assert_eq!(again.status, 409, "{:#}", again.body);
    cast.enterprise.api.post("listings", form).ok().await;
}
