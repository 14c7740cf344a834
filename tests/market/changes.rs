//! The feed of one's own listings' changes.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::Role;
use listing::commands::{ExpireListings, StampListings};
use matching::commands::StampDocuments;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Form},
    app::App,
    cast::Cast,
    deal::{Deal, publish, result_form},
};

/// The next page that is not empty. Transactions of other tests are under way in the same cluster:
/// a change is shown as soon as they are over.
async fn next(api: &Api, after: &mut String) -> Vec<Value> {
    for _ in 0..1000 {
        let page = api.get(format!("listings/changes?limit=100{after}")).ok().await;
        *after = format!("&after={}", page.text("next_after"));
        if !page.items().is_empty() {
            return page.items().to_vec();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing has changed")
}

async fn next_one(api: &Api, after: &mut String) -> Value {
    let mut items = next(api, after).await;
    assert_eq!(items.len(), 1, "{items:#?}");
    items.remove(0)
}

#[tokio::test]
async fn every_change_of_either_side_appears_in_order_and_withdrawals_too() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let cast = &deal.cast;
    let (owner, operator) = (&cast.university.api, &cast.operator);
    let mut after = String::new();
    let first = next_one(owner, &mut after).await;
    assert_eq!((&first["id"], &first["status"]), (&json!(deal.result), &json!("published")));
    assert_eq!(first, owner.get(format!("listings/{}", deal.result)).ok().await.body);

    let draft = owner.post("listings", result_form()).ok().await;
    assert_eq!(next_one(owner, &mut after).await, draft.body);
    let path = format!("listings/{}", draft.id());
    let changed = owner.patch(&path, json!({ "contact": null })).if_match(&draft).ok().await;
    assert_eq!(next_one(owner, &mut after).await, changed.body);
    let submitted = owner.act(format!("{path}/submit")).if_match(&changed).ok().await;
    assert_eq!(next_one(owner, &mut after).await, submitted.body);
    let reasons = json!({ "reasons": ["请补充"] });
    let back = operator.post(format!("{path}/return"), reasons).if_match(&submitted).ok().await;
    let seen = next_one(owner, &mut after).await;
    assert_eq!(
        (&seen["status"], &seen["return_reasons"]),
        (&json!("returned"), &json!([{ "reason": "请补充" }]))
    );
    owner.act(format!("{path}/withdraw")).if_match(&back).ok().await;
    assert_eq!(next_one(owner, &mut after).await["status"], "withdrawn");

    // The enterprise's need is traded by a reaction to the contract.
    let mut needs = String::new();
    assert_eq!(next_one(&cast.enterprise.api, &mut needs).await["status"], "published");
    let contract = deal.signed().await;
    let traded = next_one(&cast.enterprise.api, &mut needs).await;
    assert_eq!(
        (&traded["status"], &traded["contract_id"]),
        (&json!("traded"), &json!(contract.id()))
    );
    // A page with nothing new leads to the same place.
    let idle = owner.get(format!("listings/changes?limit=100{after}")).ok().await;
    assert!(idle.items().is_empty());
    assert_eq!(format!("&after={}", idle.text("next_after")), after);
}

#[tokio::test]
async fn what_review_and_time_make_of_a_published_listing_appears() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (owner, operator) = (&cast.university.api, &cast.operator);
    let mut form = result_form();
    form["expires_on"] = json!(kernel::civil_date(app.clock.now()) + TimeDelta::days(20));
    let published = publish(&cast, &cast.university, form).await;
    let path = format!("listings/{}", published.id());
    let mut after = String::new();
    assert_eq!(next_one(owner, &mut after).await["status"], "published");

    let change = json!({ "title": "防冰涂层二代" });
    let revised = owner.patch(&path, change).if_match(&published).ok().await;
    let seen = next_one(owner, &mut after).await;
    assert_eq!(seen, revised.body);
    assert_eq!(
        (&seen["title"], &seen["revision"]["status"], &seen["revision"]["changed"]),
        (&published.body["title"], &json!("draft"), &json!(["title"]))
    );
    let submitted = owner.act(format!("{path}/submit")).if_match(&revised).ok().await;
    assert_eq!(next_one(owner, &mut after).await["revision"]["status"], "submitted");
    let reasons = json!({ "reasons": ["请补充"] });
    let back = operator.post(format!("{path}/return"), reasons).if_match(&submitted).ok().await;
    let seen = next_one(owner, &mut after).await;
    assert_eq!(
        (&seen["status"], &seen["revision"]["return_reasons"]),
        (&json!("published"), &json!([{ "reason": "请补充" }]))
    );
    let why = json!({ "reason": "权属存疑" });
    let down = operator.post(format!("{path}/suspend"), why).if_match(&back).ok().await;
    let seen = next_one(owner, &mut after).await;
    assert_eq!(
        (&seen["status"], &seen["suspension_reason"]),
        (&json!("suspended"), &json!("权属存疑"))
    );
    let again = owner.act(format!("{path}/submit")).if_match(&down).ok().await;
    operator.act(format!("{path}/publish")).if_match(&again).ok().await;
    assert_eq!(next_one(owner, &mut after).await["status"], "published");

    app.clock.shift(TimeDelta::days(21));
    assert_eq!(app.run(ExpireListings).await, 1);
    // Three weeks later everybody has signed in again.
    let owner = owner.with_token(app.sign_in(&cast.university.email).await.text("access_token"));
    assert_eq!(next_one(&owner, &mut after).await["status"], "expired");
    let expired = owner.get(&path).ok().await;
    let renewed = owner.act(format!("{path}/renew")).if_match(&expired).ok().await;
    assert_eq!(next_one(&owner, &mut after).await, renewed.body);
}

#[tokio::test]
async fn what_is_protected_changes_a_listing_and_is_not_in_the_feed() {
    const SECRET: &str = "霜序玄铁配方";
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let mut form = result_form();
    form["reference"] = json!("QHU-1");
    let draft = owner.post("listings", form).ok().await;
    let path = format!("listings/{}", draft.id());
    let mut after = String::new();
    assert_eq!(next_one(owner, &mut after).await["version"], 1);
    let secret = json!({ "description": SECRET });
    owner.put(format!("{path}/protected"), secret).if_match(&draft).ok().await;
    assert_eq!(next_one(owner, &mut after).await["version"], 2);
    let file = Form::attachment("protected", &format!("{SECRET}.txt"), SECRET);
    owner.ask(reqwest::Method::POST, format!("{path}/attachments")).form(file).ok().await;
    assert_eq!(next_one(owner, &mut after).await["version"], 3);

    // Each look at it is recorded: neither the feed nor an answer to a program is one.
    let feed = owner.get("listings/changes").ok().await;
    let read = owner.get("listings/by-reference/QHU-1").ok().await;
    let written = owner.put("listings/by-reference/QHU-1", result_form()).ok().await;
    let items = json!({ "items": [{ "reference": "QHU-1", "action": "submit" }] });
    let submitted = owner.post("listings/bulk", items).ok().await;
    for reply in [feed, read, written, submitted] {
        assert!(!reply.raw.contains(SECRET) && !reply.raw.contains("玄铁"), "{:#}", reply.body);
    }
    assert_eq!(app.count("listing_looks").await, 0);
    assert_eq!(app.count("listing_protected").await, 1, "a replacement leaves it as it is");
}

#[tokio::test]
async fn a_change_that_commits_late_is_not_missed() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let late = owner.post("listings", result_form()).ok().await;
    let early = owner.post("listings", result_form()).ok().await;
    let mut after = String::new();
    let mut known = Vec::new();
    while known.len() < 2 {
        known.extend(next(owner, &mut after).await);
    }

    // A transaction changes the one listing and stays open, while others change the other.
    let client = app.client().await;
    let change = format!("UPDATE listings SET title = '迟到' WHERE id = '{}'", late.id());
    client.batch_execute(&format!("BEGIN; {change}")).await.unwrap();
    let path = format!("listings/{}", early.id());
    let mut last = early;
    for trl in 1..=5 {
        last = owner.patch(&path, json!({ "trl": trl })).if_match(&last).ok().await;
        let page = owner.get(format!("listings/changes?limit=100{after}")).ok().await;
        assert!(page.items().is_empty(), "a page would end behind what is still open");
        after = format!("&after={}", page.text("next_after"));
    }
    client.batch_execute("COMMIT").await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 2 {
        seen.extend(next(owner, &mut after).await);
    }
    assert_eq!((&seen[0]["id"], &seen[0]["title"]), (&json!(late.id()), &json!("迟到")));
    assert_eq!(seen[1], last.body);

    // One that is rolled back holds up nothing for good, and is never seen.
    client.batch_execute(&format!("BEGIN; {change}")).await.unwrap();
    client.batch_execute("ROLLBACK").await.unwrap();
    let page = owner.get(format!("listings/changes?limit=100{after}")).ok().await;
    assert!(page.items().is_empty());
}

#[tokio::test]
async fn pages_go_on_where_they_ended_and_show_each_listing_as_it_is_now() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(owner.post("listings", result_form()).ok().await);
    }
    let path = format!("listings/{}", made[0].id());
    let changed = owner.patch(&path, json!({ "trl": 1 })).if_match(&made[0]).ok().await;
    let mut seen: Vec<Value> = Vec::new();
    let mut after = String::new();
    let mut waited = 0;
    while seen.len() < 7 {
        let page = owner.get(format!("listings/changes?limit=3{after}")).ok().await;
        assert!(page.items().len() <= 3);
        after = format!("&after={}", page.text("next_after"));
        seen.extend(page.items().iter().cloned());
        waited += 1;
        assert!(waited < 1000);
    }
    let ids: Vec<&str> = seen.iter().map(|item| item["id"].as_str().unwrap()).collect();
    let mut wanted: Vec<&str> = made.iter().map(|reply| reply.id()).collect();
    wanted.rotate_left(1);
    assert_eq!(ids, wanted, "the one that changed last comes last, once");
    assert_eq!(seen[6], changed.body);
}

#[tokio::test]
async fn a_feed_is_for_its_own_organisation() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, result_form()).await;
    app.anyone.get("listings/changes").refused(401, "unauthenticated").await;
    let other = app.register("university", "630104").await;
    let mut after = String::new();
    next_one(&cast.university.api, &mut after).await;
    for stranger in [&other.api, &cast.stranger.api, &cast.operator] {
        let page = stranger.get("listings/changes").ok().await;
        assert!(page.items().is_empty(), "nothing of others, even if it is published");
        stranger
            .get(format!("listings/changes?limit=1{after}"))
            .refused(400, "cursor_invalid")
            .await;
    }
    let viewer = app.member(&cast.university, &[Role::Viewer]).await;
    assert_eq!(next(&viewer, &mut String::new()).await.len(), 1);
    cast.university.api.get("listings/changes?after=abc").refused(400, "cursor_invalid").await;
    cast.university.api.get("listings/changes?limit=0").faulty(422, "?limit", "out_of_range").await;
    cast.university.api.get("listings/changes?q=x").faulty(400, "?q", "unknown_field").await;
}

/// What `list_listing_changes` asks, with the owner and the place put in.
const ASKED: &str = "
    EXPLAIN SELECT listings.*, listing_contacts.* FROM listings
      LEFT JOIN listing_contacts ON listing_contacts.listing_id = listings.id
     WHERE listings.organisation_id = '{owner}'
       AND ((listings.organisation_id, listings.changed_xid, listings.id)
            > ('{owner}', '{xid}'::xid8, '00000000-0000-7000-8000-000000000000')
            AND listings.changed_xid < pg_snapshot_xmin(pg_current_snapshot()))
     ORDER BY listings.organisation_id, listings.changed_xid, listings.id LIMIT 100";

#[tokio::test]
async fn the_feed_is_read_from_its_index() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    cast.university.api.post("listings", result_form()).ok().await;
    // 100 owners more, with 200 listings each.
    app.execute(
        "INSERT INTO organisations (id, version, kind, name, region, contact_name, status,
             registered_at)
         SELECT gen_random_uuid(), 1, 'individual_broker', 'x', '630104', 'x', 'registered', now()
           FROM generate_series(1, 100);
         INSERT INTO listings (id, version, number, organisation_id, organisation_name, created_at,
             updated_at, kind, title, summary, keywords, domain, ipc, region, transfer_modes,
             patents, non_secret_declared, status)
         SELECT gen_random_uuid(), 1, listing_next_number(2026), organisations.id,
                organisation_name, created_at, updated_at, listings.kind, title, summary, keywords,
                domain, ipc, listings.region, transfer_modes, patents, non_secret_declared,
                listings.status
           FROM listings, organisations, generate_series(1, 200)",
    )
    .await;
    app.execute("ANALYZE").await;
    for xid in [0, app.number("SELECT pg_current_xact_id()::text").await] {
        let asked =
            ASKED.replace("{owner}", &cast.university.id).replace("{xid}", &xid.to_string());
        let plan: Vec<String> = app
            .client()
            .await
            .query(&asked, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let plan = plan.join("\n");
        assert!(plan.contains("Index Scan using listings_changed_by_organisation"), "{plan}");
        assert!(!plan.contains("Seq Scan on listings ") && !plan.contains("Sort"), "{plan}");
    }
}

/// Has a table's changes seem to come from a cluster that has counted far more transactions.
async fn load_from_elsewhere(app: &App, table: &str) {
    app.execute(&format!("ALTER TABLE {table} DISABLE TRIGGER mark_change")).await;
    app.execute(&format!("UPDATE {table} SET changed_xid = '1099511627776'")).await;
    app.execute(&format!("ALTER TABLE {table} ENABLE TRIGGER mark_change")).await;
}

#[tokio::test]
async fn a_database_that_was_loaded_into_another_cluster_is_followed_as_any_other() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    app.settle().await;
    let owner = &deal.cast.university.api;
    for _ in 0..3 {
        owner.post("listings", result_form()).ok().await;
    }
    load_from_elsewhere(&app, "listings").await;
    load_from_elsewhere(&app, "match_documents").await;
    let page = owner.get("listings/changes").ok().await;
    assert!(page.items().is_empty(), "they seem to come from the future");

    let stamp = StampListings { at_most: 3 };
    let stamped = [app.run(stamp).await, app.run(stamp).await, app.run(stamp).await];
    assert_eq!(stamped, [3, 2, 0]);
    let documents = StampDocuments { at_most: 100 };
    assert_eq!((app.run(documents).await, app.run(documents).await), (2, 0));
    let mut after = String::new();
    let mut seen = 0;
    while seen < 4 {
        seen += next(owner, &mut after).await.len();
    }
    let late = "SELECT count(*) FROM listings l FULL JOIN match_documents d ON d.listing_id = l.id
                 WHERE greatest(l.changed_xid, d.changed_xid)
                       >= pg_snapshot_xmax(pg_current_snapshot())";
    assert_eq!(app.number(late).await, 0);
}
