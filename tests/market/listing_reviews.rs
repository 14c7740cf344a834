//! What operators review: new listings, and next texts of published ones.

use serde_json::json;

use crate::support::{
    api::Reply,
    app::App,
    cast::Cast,
    deal::{need_form, publish, result_form},
};

#[tokio::test]
async fn a_published_listing_stands_while_its_next_text_is_reviewed() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}", published.id());
    let old_title = published.text("title").to_owned();

    let change = json!({ "title": "防冰涂层第二代", "contact": { "name": "赵敏" } });
    let changed = owner.patch(&path, change).if_match(&published).ok().await;
    assert_eq!(changed.text("title"), old_title);
    assert_eq!(changed.body["contact"]["name"], "赵敏", "a contact changes at once");
    assert_eq!(changed.body["revision"]["status"], "draft");
    assert_eq!(changed.body["revision"]["changed"], json!(["title"]));
    assert_eq!(changed.body["revision"]["content"]["title"], "防冰涂层第二代");

    let submitted = owner.act(format!("{path}/submit")).if_match(&changed).ok().await;
    for stranger in [&app.anyone, &cast.enterprise.api] {
        let seen = stranger.get(&path).ok().await;
        assert_eq!(seen.text("title"), old_title);
        assert!(!seen.raw.contains("第二代") && !seen.raw.contains("赵敏"));
        assert!(stranger.get("listings?q=第二代").ok().await.items().is_empty());
    }
    let again = json!({ "title": "第三代" });
    owner.patch(&path, again).if_match(&submitted).refused(409, "revision_submitted").await;

    let reasons = json!({ "reasons": [{ "pointer": "/title", "reason": "请说明第一代" }] });
    let returned = cast
        .operator
        .post(format!("{path}/return"), reasons.clone())
        .if_match(&submitted)
        .ok()
        .await;
    assert_eq!(returned.text("status"), "published");
    let own = owner.get(&path).ok().await;
    assert_eq!(own.body["revision"]["return_reasons"], reasons["reasons"]);

    let submitted = owner.act(format!("{path}/submit")).if_match(&own).ok().await;
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await;
    app.settle().await;
    let seen = app.anyone.get(&path).ok().await;
    assert_eq!(seen.text("title"), "防冰涂层第二代");
    assert_eq!(seen.text("published_at"), published.text("published_at"));
    assert_eq!(app.anyone.get("listings?q=第二代").ok().await.items().len(), 1);
}

#[tokio::test]
async fn a_revision_can_be_given_up() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}", published.id());
    let change = json!({ "trl": 9 });
    let changed = owner.patch(&path, change).if_match(&published).ok().await;
    let delete = || owner.ask(reqwest::Method::DELETE, format!("{path}/revision"));
    let stranger = cast.enterprise.api.ask(reqwest::Method::DELETE, format!("{path}/revision"));
    stranger.if_match(&changed).refused(403, "forbidden").await;
    let given_up = delete().if_match(&changed).ok().await;
    assert!(given_up.body.get("revision").is_none());
    assert_eq!(given_up.body["trl"], published.body["trl"]);
    delete().if_match(&given_up).refused(409, "no_revision").await;
}

#[tokio::test]
async fn what_has_no_revision_waiting_says_how_one_is_made() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}", published.id());
    let submit = |on: &Reply| owner.act(format!("{path}/submit")).if_match(on);
    let again = submit(&published).refused(409, "invalid_state").await;
    assert!(again.text("detail").contains("PATCH /listings/{id}"), "{}", again.body);
    let changed =
        owner.patch(&path, json!({ "title": "防冰涂层第二代" })).if_match(&published).ok().await;
    let early = cast.operator.act(format!("{path}/publish")).if_match(&changed);
    let early = early.refused(409, "invalid_state").await;
    assert!(early.text("detail").contains("no revision of it waits"), "{}", early.body);
    let submitted = submit(&changed).ok().await;
    let twice = submit(&submitted).refused(409, "revision_submitted").await;
    assert!(twice.text("title").contains("DELETE /listings/{id}/revision"), "{}", twice.body);
}

#[tokio::test]
async fn operators_see_what_waits_longest_first_and_take_it_on_one_at_a_time() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let colleague = app.staff(&[kernel::Role::Operator]).await;
    let submit = async |owner: &crate::support::cast::Org, form| {
        let made = owner.api.post("listings", form).ok().await;
        owner.api.act(format!("listings/{}/submit", made.id())).if_match(&made).ok().await
    };
    let first = submit(&cast.university, result_form()).await;
    let second = submit(&cast.enterprise, need_form()).await;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}", published.id());
    let changed = cast.university.api.patch(&path, json!({ "trl": 9, "title": "防冰涂层二代" }));
    let changed = changed.if_match(&published).ok().await;
    cast.university.api.act(format!("{path}/submit")).if_match(&changed).ok().await;

    let queue = async |filter: &str| {
        let page = cast.operator.get(format!("listing-reviews?count=true{filter}")).ok().await;
        let ids = page.items().iter().map(|item| item["listing"]["id"].as_str().unwrap());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        assert_eq!(page.body["total"], ids.len());
        ids
    };
    assert_eq!(queue("").await, [first.id(), second.id(), published.id()]);
    assert_eq!(queue("&kind=need").await, [second.id()]);
    assert_eq!(queue("&revisions=true").await, [published.id()]);
    let next = cast.operator.get("listing-reviews?revisions=true").ok().await;
    let next = &next.items()[0];
    assert_eq!(next["listing"]["title"], "防冰涂层二代");
    assert_eq!(next["changed"], json!(["title", "trl"]));
    let new = cast.operator.get("listing-reviews?revisions=false").ok().await;
    assert_eq!(new.items()[0]["changed"], json!([]));
    assert_eq!(
        queue(&format!("&organisation={}&revisions=false", cast.university.id)).await,
        [first.id()]
    );

    let take = format!("listings/{}/review/take", first.id());
    cast.operator.act(&take).ok().await;
    cast.operator.act(&take).ok().await;
    colleague.act(&take).refused(409, "review_taken").await;
    assert_eq!(queue("&assigned=me").await, [first.id()]);
    assert_eq!(queue("&assigned=nobody").await, [second.id(), published.id()]);
    colleague.act(format!("listings/{}/review/release", first.id())).ok().await;
    colleague.act(&take).ok().await;

    cast.operator.act(format!("listings/{}/publish", first.id())).if_match(&first).ok().await;
    assert_eq!(queue("").await, [second.id(), published.id()]);
    cast.operator.act(&take).refused(409, "invalid_state").await;
    cast.enterprise.api.get("listing-reviews").refused(403, "forbidden").await;
    app.anyone.get("listing-reviews").refused(401, "unauthenticated").await;
}

#[tokio::test]
async fn two_operators_who_reach_for_the_same_listing_do_not_both_get_it() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let colleague = app.staff(&[kernel::Role::Operator]).await;
    for _ in 0..20 {
        let made = cast.university.api.post("listings", result_form()).ok().await;
        let path = format!("listings/{}", made.id());
        cast.university.api.act(format!("{path}/submit")).if_match(&made).ok().await;
        let take = format!("{path}/review/take");
        let (one, other) =
            tokio::join!(cast.operator.act(&take).send(), colleague.act(&take).send());
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
}

#[tokio::test]
async fn the_owner_sees_every_step_and_a_stranger_none() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let made = owner.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", made.id());
    let submitted = owner.act(format!("{path}/submit")).if_match(&made).ok().await;
    let reasons =
        json!({ "reasons": [{ "pointer": "/abstract", "reason": "过于简略" }, "请补充"] });
    cast.operator.post(format!("{path}/return"), reasons).if_match(&submitted).ok().await;
    let history = owner.get(format!("{path}/history")).ok().await;
    let steps: Vec<_> = history
        .items()
        .iter()
        .map(|step| (step["act"].as_str().unwrap(), step["by"].as_str().unwrap()))
        .collect();
    assert_eq!(
        steps,
        [("return_listing", "market"), ("submit_listing", "owner"), ("create_listing", "owner")]
    );
    assert_eq!(
        history.items()[0]["reasons"],
        json!([{ "pointer": "/abstract", "reason": "过于简略" }, { "reason": "请补充" }])
    );
    assert!(history.items()[0].get("account_id").is_none(), "not which operator");
    assert!(history.items()[1].get("account_id").is_some());
    let page = owner.get(format!("{path}/history?limit=2")).ok().await;
    let next = page.text("next_cursor");
    let rest = owner.get(format!("{path}/history?limit=2&cursor={next}")).ok().await;
    assert_eq!(rest.items().len(), 1);
    cast.enterprise.api.get(format!("{path}/history")).refused(404, "not_found").await;
}

#[tokio::test]
async fn what_names_the_same_patent_or_says_nearly_the_same_is_suspected() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let patent =
        json!([{ "number": "CN201710601862.3", "kind": "invention", "status": "granted" }]);
    let mut with_patent = result_form();
    with_patent["patents"] = patent.clone();
    let known = publish(&cast, &cast.university, with_patent.clone()).await;

    // Another's draft with the same text, which nobody else may learn of.
    let hidden = cast.enterprise.api.post("listings", result_form()).ok().await;

    let mut other = need_form();
    other["kind"] = json!("patent");
    other["patents"] = patent;
    for field in ["budget", "deadline"] {
        other.as_object_mut().unwrap().remove(field);
    }
    let draft = cast.broker.api.post("listings", other).ok().await;
    let found = cast.broker.api.get(format!("listings/{}/duplicates", draft.id())).ok().await;
    assert_eq!(found.items().len(), 1);
    assert_eq!(found.items()[0]["id"], known.id());
    assert_eq!(found.items()[0]["patents"], json!(["CN201710601862.3"]));

    let copy = cast.broker.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}/duplicates", copy.id());
    let found = cast.broker.api.get(&path).ok().await;
    assert_eq!(found.items().len(), 1, "{:#}", found.body);
    assert_eq!(found.items()[0]["likeness_bp"], 10_000);
    cast.broker.api.act(format!("listings/{}/submit", copy.id())).if_match(&copy).ok().await;
    let seen: Vec<_> = cast.operator.get(&path).ok().await.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(seen.contains(&hidden.id().to_owned()) && seen.contains(&known.id().to_owned()));
    cast.enterprise.api.get(&path).refused(404, "not_found").await;
    let public = format!("listings/{}/duplicates", known.id());
    cast.enterprise.api.get(public).refused(403, "forbidden").await;
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_change_of_what_is_published_is_told_at_once() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}", published.id());
    let change = json!({ "expires_on": "2020-01-01", "budget": { "min_fen": 1 } });
    let refused = cast.university.api.patch(&path, change).if_match(&published);
    let refused = refused.refused(422, "invalid").await;
    let errors = refused.body["errors"].as_array().unwrap();
    let mut pointers: Vec<_> = errors.iter().map(|it| it["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/budget", "/expires_on"], "{:#}", refused.body);
}

#[tokio::test]
async fn what_a_role_may_not_do_is_said_in_words_of_the_reader_s_language() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}/suspend", published.id());
    let chinese = cast.enterprise.api.in_chinese();
    let refused = chinese.post(&path, json!({ "reason": "x" }));
    let refused = refused.if_match(&published).refused(403, "forbidden").await;
    assert!(
        !refused.text("detail").contains(|c: char| c.is_ascii_alphabetic()),
        "{}",
        refused.body
    );
    let list = cast.enterprise.api.in_chinese().get("listings?kind=gift").send().await;
    let said = list.body["errors"][0]["detail"].as_str().unwrap();
    assert!(said.contains("result(科技成果)"), "{said}");
    app.anyone.get("listing-imports/").refused(404, "no_such_path").await;
}
