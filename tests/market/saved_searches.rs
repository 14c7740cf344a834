//! Saved searches: kept by one account, told of what others publish from then on.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Caller;
use listing::commands::{ForgetHits, TellSavedSearches};
use serde_json::{Value, json};

use crate::support::{
    api::Api,
    app::App,
    cast::Cast,
    deal::{need_form, publish, result_form},
};

fn form(name: &str, notify: &str, query: Value) -> Value {
    json!({ "name": name, "notify": notify, "query": query })
}

async fn told(app: &App, search: &str) -> usize {
    let events = format!("events WHERE name = 'saved_search.hit' AND aggregate_id = '{search}'");
    app.count(&events).await
}

#[tokio::test]
async fn a_saved_search_is_its_accounts_own() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (own, other) = (&cast.enterprise.api, &cast.stranger.api);
    let asked = json!({ "q": "防冰 涂层", "kind": "result", "trl_min": 5 });
    let made = own.post("saved-searches", form("防冰", "daily", asked.clone())).ok().await;
    assert_eq!((made.status.as_u16(), &made.body["query"]), (201, &asked));
    let path = format!("saved-searches/{}", made.id());
    assert_eq!(own.get(&path).ok().await.body, made.body);
    own.post("saved-searches", form("全部成果", "immediate", json!({ "kind": "result" })))
        .ok()
        .await;
    let list = own.get("saved-searches?limit=1&count=true").ok().await;
    assert_eq!(
        (list.items()[0]["name"].as_str(), &list.body["total"]),
        (Some("全部成果"), &json!(2))
    );
    let cursor = list.text("next_cursor");
    let next = own.get(format!("saved-searches?limit=1&cursor={cursor}")).ok().await;
    assert_eq!(next.items()[0]["id"], made.body["id"]);

    assert!(other.get("saved-searches").ok().await.items().is_empty());
    other.get(&path).refused(404, "not_found").await;
    other.ask(reqwest::Method::DELETE, &path).refused(404, "not_found").await;
    app.anyone.get("saved-searches").refused(401, "unauthenticated").await;
    app.anyone.get(&path).refused(401, "unauthenticated").await;
    app.anyone.ask(reqwest::Method::DELETE, &path).refused(401, "unauthenticated").await;
    let anyone = app.anyone.post("saved-searches", form("a", "daily", asked));
    anyone.refused(401, "unauthenticated").await;

    let removed = own.ask(reqwest::Method::DELETE, &path).ok().await;
    assert_eq!(removed.status, 204);
    own.get(&path).refused(404, "not_found").await;
    own.ask(reqwest::Method::DELETE, &path).refused(404, "not_found").await;
}

#[tokio::test]
async fn a_search_that_asks_nothing_is_not_saved() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let own = &cast.enterprise.api;
    let save = |query: Value| own.post("saved-searches", form("名", "daily", query));
    save(json!({})).faulty(422, "/query", "nothing_asked").await;
    save(json!({ "q": "?!" })).faulty(422, "/query/q", "no_words").await;
    save(json!({ "colour": "red" })).faulty(400, "/query/colour", "unknown_field").await;
    save(json!({ "trl_min": 10 })).faulty(422, "/query/trl_min", "trl_out_of_range").await;
    assert_eq!(app.count("saved_searches").await, 0);
}

#[tokio::test]
async fn what_others_publish_is_announced_once_at_once_or_once_a_day() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, result_form()).await;
    app.settle().await;
    let own = &cast.enterprise.api;
    let save = async |notify: &str, query: Value| {
        own.post("saved-searches", form("名", notify, query)).ok().await.id().to_owned()
    };
    let at_once = save("immediate", json!({ "q": "防冰塗層", "kind": "result" })).await;
    let daily = save("daily", json!({ "q": "shilidanwei 防冰", "trl_min": 6 })).await;
    let other = save("immediate", json!({ "q": "防冰", "domain": "big_data" })).await;
    let ours = save("immediate", json!({ "kind": "need" })).await;

    let first = publish(&cast, &cast.university, result_form()).await;
    publish(&cast, &cast.enterprise, need_form()).await;
    app.settle().await;
    assert_eq!((told(&app, &at_once).await, told(&app, &daily).await), (1, 0));
    assert_eq!((told(&app, &other).await, told(&app, &ours).await), (0, 0));
    app.redeliver_all().await;
    app.settle().await;
    assert_eq!(told(&app, &at_once).await, 1, "an event that comes again tells nobody again");

    let second = publish(&cast, &cast.stranger, result_form()).await;
    let third = publish(&cast, &cast.stranger, result_form()).await;
    app.settle().await;
    let path = format!("listings/{}/withdraw", third.id());
    cast.stranger.api.act(path).if_match(&third).ok().await;
    let tell = async || app.db().write(Caller::Anyone, TellSavedSearches).await.unwrap();
    assert_eq!((tell().await, tell().await), (1, 0));
    assert_eq!(told(&app, &daily).await, 1);
    let hits = format!(
        "SELECT count(*) FROM events, jsonb_array_elements_text(data -> 'listing_ids') hit
          WHERE name = 'saved_search.hit' AND aggregate_id = '{daily}'
            AND hit IN ('{}', '{}')",
        first.id(),
        second.id(),
    );
    assert_eq!(app.number(&hits).await, 2, "what was withdrawn is not told of");

    publish(&cast, &cast.stranger, result_form()).await;
    app.settle().await;
    assert_eq!(tell().await, 0, "not twice a day");
    app.clock.shift(TimeDelta::hours(25));
    assert_eq!(tell().await, 1);
    assert_eq!(told(&app, &daily).await, 2);
}

/// The titles of what was found for a search.
async fn hits(own: &Api, search: &str) -> Vec<String> {
    let list = own.get(format!("saved-searches/{search}/hits")).ok().await;
    let titles = list.items().iter().map(|hit| hit["listing"]["title"].as_str().unwrap());
    titles.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_was_found_is_listed_as_long_as_it_is_public_and_for_its_keeper_alone() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let own = &cast.enterprise.api;
    let saved = form("防冰", "immediate", json!({ "q": "防冰", "trl_min": 6 }));
    let search = own.post("saved-searches", saved).ok().await.id().to_owned();
    let path = format!("saved-searches/{search}/hits");
    assert!(hits(own, &search).await.is_empty());
    let mut made = Vec::new();
    for title in ["防冰之一", "防冰之二", "防冰之三"] {
        let mut form = result_form();
        form["title"] = json!(title);
        made.push(publish(&cast, &cast.university, form).await);
        app.settle().await;
    }
    assert_eq!(hits(own, &search).await, ["防冰之三", "防冰之二", "防冰之一"]);
    let page = own.get(format!("{path}?limit=2&count=true")).ok().await;
    assert_eq!((page.items().len(), &page.body["total"]), (2, &json!(3)));
    let cursor = page.text("next_cursor");
    let next = own.get(format!("{path}?limit=2&cursor={cursor}")).ok().await;
    assert_eq!((next.items().len(), &next.body["next_cursor"]), (1, &json!(null)));
    assert_eq!(next.items()[0]["listing"]["id"], made[0].body["id"]);

    let withdraw = format!("listings/{}/withdraw", made[1].id());
    cast.university.api.act(withdraw).if_match(&made[1]).ok().await;
    assert_eq!(hits(own, &search).await, ["防冰之三", "防冰之一"]);
    cast.stranger.api.get(&path).refused(404, "not_found").await;
    cast.university.api.get(&path).refused(404, "not_found").await;
    app.anyone.get(&path).refused(401, "unauthenticated").await;
}

#[tokio::test]
async fn a_search_saved_after_a_publication_hears_of_a_later_text_that_answers_it() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (own, owner) = (&cast.enterprise.api, &cast.university.api);
    let published = publish(&cast, &cast.university, result_form()).await;
    app.settle().await;
    let save = async |query: Value| {
        own.post("saved-searches", form("名", "immediate", query)).ok().await.id().to_owned()
    };
    let (newly, never) = (save(json!({ "q": "疏冰" })).await, save(json!({ "q": "沙棘" })).await);
    app.redeliver_all().await;
    app.settle().await;
    assert!(hits(own, &newly).await.is_empty(), "it did not say so when it was published");
    let path = format!("listings/{}", published.id());
    let change = json!({ "title": "疏冰涂层" });
    let changed = owner.patch(&path, change).if_match(&published).ok().await;
    let submitted = owner.act(format!("{path}/submit")).if_match(&changed).ok().await;
    app.settle().await;
    assert!(hits(own, &newly).await.is_empty(), "nobody can read it yet");
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await;
    app.settle().await;
    assert_eq!(hits(own, &newly).await, ["疏冰涂层"]);
    assert_eq!((told(&app, &newly).await, told(&app, &never).await), (1, 0));
}

/// Keeps a search again and again.
async fn copy(app: &App, search: &str, copies: usize) {
    let sql = format!(
        "INSERT INTO saved_searches
         SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).*
           FROM saved_searches s, generate_series(1, {copies}) WHERE s.id = '{search}'"
    );
    assert_eq!(usize::try_from(app.change(&sql).await).unwrap(), copies);
}

#[tokio::test]
async fn a_publication_is_settled_however_many_searches_it_answers() {
    const COPIES: usize = 17_000;
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let own = &cast.enterprise.api;
    let save = async |name: &str, notify: &str, query: Value| {
        own.post("saved-searches", form(name, notify, query)).ok().await.id().to_owned()
    };
    let daily = save("一", "daily", json!({ "q": "防冰 涂层" })).await;
    save("二", "daily", json!({ "q": "沙棘" })).await;
    let at_once = save("三", "immediate", json!({ "q": "防冰" })).await;
    copy(&app, &daily, COPIES).await;
    publish(&cast, &cast.university, result_form()).await;
    app.settle().await;
    assert_eq!(app.count("saved_search_hits").await, COPIES + 2);
    assert_eq!(told(&app, &at_once).await, 1);
    app.redeliver_all().await;
    app.settle().await;
    assert_eq!(app.count("saved_search_hits").await, COPIES + 2);
}

#[tokio::test]
async fn an_account_that_saves_at_many_desks_at_once_keeps_a_hundred_searches() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let own = &cast.enterprise.api;
    let saved = form("名", "daily", json!({ "kind": "need" }));
    let first = own.post("saved-searches", saved.clone()).ok().await.id().to_owned();
    copy(&app, &first, 96).await;
    let replies = join_all((0..24).map(|_| own.post("saved-searches", saved.clone()).send())).await;
    let kept = replies.iter().filter(|reply| reply.status == 201).count();
    let refused =
        replies.iter().filter(|reply| reply.body["code"] == "too_many_saved_searches").count();
    assert_eq!((kept, refused, app.count("saved_searches").await), (3, 21, 100));
}

#[tokio::test]
async fn what_was_found_long_ago_is_forgotten_some_at_a_time() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let own = &cast.enterprise.api;
    let saved = form("防冰", "daily", json!({ "q": "防冰" }));
    let search = own.post("saved-searches", saved).ok().await.id().to_owned();
    for _ in 0..3 {
        publish(&cast, &cast.university, result_form()).await;
    }
    app.settle().await;
    let long_ago = "UPDATE saved_search_hits SET found_at = found_at - interval '10 days'";
    app.execute(long_ago).await;
    publish(&cast, &cast.university, result_form()).await;
    app.settle().await;
    let before = app.clock.now() - TimeDelta::days(5);
    let forget = ForgetHits { before, at_most: 2 };
    let forgotten = [app.run(forget).await, app.run(forget).await, app.run(forget).await];
    assert_eq!((forgotten, hits(own, &search).await.len()), ([2, 1, 0], 1));
}

#[tokio::test]
async fn a_listing_that_says_something_else_while_it_is_compared_is_compared_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let own = &cast.enterprise.api;
    let saved = form("防冰", "immediate", json!({ "q": "防冰" }));
    own.post("saved-searches", saved).ok().await;
    publish(&cast, &cast.university, result_form()).await;
    app.settle_events().await;
    assert_eq!(app.count("listing_comparisons").await, 1, "settling does not wait for it");
    // Another server has taken it up, and is gone.
    app.execute("UPDATE listing_comparisons SET held_until = now() + interval '1 year'").await;
    assert!(!app.compare().await);
    app.redeliver_all().await;
    app.settle_events().await;
    assert!(app.compare().await && !app.compare().await);
    assert_eq!(
        (app.count("listing_comparisons").await, app.count("saved_search_hits").await),
        (0, 1)
    );
}
