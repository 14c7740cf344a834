//! Following listings, and how they are received.

use kernel::Role;
use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::Cast,
    deal::{Deal, publish, result_form},
};

#[tokio::test]
async fn somebody_follows_what_they_may_see_and_finds_it_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut published = Vec::new();
    for _ in 0..3 {
        published.push(publish(&cast, &cast.university, result_form()).await);
    }
    let reader = &cast.enterprise.api;
    for listing in &published {
        let path = format!("listings/{}/follow", listing.id());
        assert_eq!(reader.put(&path, json!({})).ok().await.status, 204);
        reader.ask(reqwest::Method::PUT, &path).ok().await;
    }
    let ids = |items: &[Value]| -> Vec<String> {
        items.iter().map(|item| item["listing"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let newest: Vec<&str> = published.iter().rev().map(|listing| listing.id()).collect();
    let first = reader.get("me/followed-listings?limit=2&count=true").ok().await;
    assert_eq!(
        (ids(first.items()), first.body["total"].clone()),
        (newest[..2].iter().map(|id| (*id).to_owned()).collect(), json!(3))
    );
    let cursor = first.text("next_cursor");
    let second = reader.get(format!("me/followed-listings?limit=2&cursor={cursor}")).ok().await;
    assert_eq!(ids(second.items()), [newest[2]]);
    assert_eq!(second.body["next_cursor"], Value::Null);
    assert!(cast.broker.api.get("me/followed-listings").ok().await.items().is_empty());

    // What is withdrawn is no longer seen; it can still be let go.
    let path = format!("listings/{}", newest[0]);
    cast.university.api.act(format!("{path}/withdraw")).if_match(&published[2]).ok().await;
    let left = reader.get("me/followed-listings?count=true").ok().await;
    assert_eq!((ids(left.items()).len(), left.body["total"].clone()), (2, json!(2)));
    let gone = reader.ask(reqwest::Method::DELETE, format!("{path}/follow"));
    assert_eq!(gone.ok().await.status, 204);
    reader.ask(reqwest::Method::DELETE, format!("{path}/follow")).refused(404, "not_found").await;
    let other = format!("listings/{}/follow", newest[1]);
    for _ in 0..2 {
        assert_eq!(reader.ask(reqwest::Method::DELETE, &other).ok().await.status, 204);
    }
    assert_eq!(ids(reader.get("me/followed-listings").ok().await.items()), [newest[2]]);
    reader.get("me/followed-listings?q=x").faulty(400, "?q", "unknown_field").await;
}

#[tokio::test]
async fn nobody_follows_what_they_may_not_know_of() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let draft = cast.university.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}/follow", draft.id());
    let other = app.register("university", "630104").await;
    for stranger in [&cast.stranger.api, &other.api] {
        stranger.put(&path, json!({})).refused(404, "not_found").await;
        stranger.ask(reqwest::Method::DELETE, &path).refused(404, "not_found").await;
        let statistics = format!("listings/{}/statistics", draft.id());
        stranger.get(statistics).refused(404, "not_found").await;
    }
    app.anyone.put(&path, json!({})).refused(401, "unauthenticated").await;
    app.anyone.get("me/followed-listings").refused(401, "unauthenticated").await;
    let viewer = app.member(&cast.university, &[Role::Viewer]).await;
    viewer.put(&path, json!({})).ok().await;
    assert_eq!(viewer.get("me/followed-listings").ok().await.items().len(), 1);
    assert_eq!(app.count("listing_follows").await, 1);
}

#[tokio::test]
async fn its_owner_sees_how_a_listing_is_received() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let cast = &deal.cast;
    let path = format!("listings/{}", deal.result);
    let statistics = format!("{path}/statistics");
    let nothing = cast.university.api.get(&statistics).ok().await;
    let none = json!({ "views": 0, "views_last_30_days": 0, "follows": 0, "introductions": 0 });
    assert_eq!(nothing.body, none);

    let first = app.anyone.get(&path).ok().await;
    // Neither who looks again soon, nor who has it already, nor who wants to see its head.
    for reader in [&app.anyone, &cast.enterprise.api, &cast.enterprise.api, &cast.broker.api] {
        reader.ask(reqwest::Method::HEAD, &path).send().await;
        reader.get(&path).header("if-none-match", first.etag()).send().await;
        reader.get(&path).ok().await;
    }
    app.forget_viewers();
    app.anyone.ask(reqwest::Method::HEAD, &path).send().await;
    let known = app.anyone.get(&path).header("if-none-match", first.etag()).send().await;
    assert_eq!(known.status, 304);
    app.anyone.get(&path).ok().await;
    // Neither its owner's nor the staff's looks count.
    for insider in [&cast.university.api, &cast.operator, &cast.registrar] {
        insider.get(&path).ok().await;
    }
    cast.broker.api.put(format!("{path}/follow"), json!({})).ok().await;
    deal.introduced().await;
    app.add_up_views().await;
    app.add_up_views().await;
    app.execute(
        "INSERT INTO listing_views (listing_id, day, views)
         SELECT listing_id, day - 29, 10 FROM listing_views UNION ALL
         SELECT listing_id, day - 30, 100 FROM listing_views",
    )
    .await;
    app.forget_viewers();
    app.anyone.get(&path).ok().await;
    app.add_up_views().await;
    let seen = json!({ "views": 115, "views_last_30_days": 15, "follows": 1, "introductions": 1 });
    let viewer = app.member(&cast.university, &[Role::Viewer]).await;
    for insider in [&cast.university.api, &viewer, &cast.operator] {
        assert_eq!(insider.get(&statistics).ok().await.body, seen);
    }
    let other = app.register("university", "630104").await;
    for stranger in [&cast.enterprise.api, &other.api, &cast.registrar] {
        stranger.get(&statistics).refused(403, "forbidden").await;
    }
    app.anyone.get(&statistics).refused(401, "unauthenticated").await;
    // Neither makes a new version, nor a change in the owner's feed.
    assert_eq!(cast.university.api.get(&path).ok().await.body["version"], json!(3));
}

#[tokio::test]
async fn looks_that_two_servers_count_at_once_add_up() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let first = publish(&cast, &cast.university, result_form()).await;
    let second = publish(&cast, &cast.university, result_form()).await;
    for _ in 0..10 {
        app.forget_viewers();
        for listing in [&first, &second] {
            app.anyone.get(format!("listings/{}", listing.id())).ok().await;
        }
        futures::future::join(app.add_up_views(), app.add_up_views()).await;
    }
    assert_eq!(app.number("SELECT sum(views) FROM listing_views").await, 20);
}

#[tokio::test]
async fn an_account_that_follows_at_many_desks_at_once_follows_a_thousand() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut published = Vec::new();
    for _ in 0..4 {
        published.push(publish(&cast, &cast.university, result_form()).await);
    }
    let own = &cast.enterprise.api;
    let follow = |listing: &crate::support::api::Reply| {
        own.put(format!("listings/{}/follow", listing.id()), json!({}))
    };
    follow(&published[0]).ok().await;
    let copies = format!(
        "WITH copies AS (
            INSERT INTO listings
            SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),
                        'number', 'L2026-9' || lpad(n::text, 5, '0'), 'reference', NULL))).*
              FROM listings l, generate_series(1, 997) n WHERE l.id = '{}' RETURNING id)
         INSERT INTO listing_follows
         SELECT f.account_id, c.id, f.followed_at FROM listing_follows f, copies c",
        published[0].id()
    );
    assert_eq!(app.change(&copies).await, 997);
    let replies = futures::future::join_all(published.iter().map(|it| follow(it).send())).await;
    let refused = replies.iter().filter(|reply| reply.body["code"] == "too_many_followed").count();
    assert_eq!((refused, app.count("listing_follows").await), (1, 1000));
    // What is followed already may be followed again.
    follow(&published[0]).ok().await;
}
