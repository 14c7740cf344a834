//! Listings kept in step under their owner's own numbers, alone and many at once.

use kernel::Role;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Reply},
    app::App,
    cast::Cast,
    deal::{need_form, publish, result_form},
};

fn numbered(reference: &str) -> Value {
    let mut form = result_form();
    form["reference"] = json!(reference);
    form
}

async fn put(api: &Api, reference: &str, form: Value) -> Reply {
    api.put(format!("listings/by-reference/{reference}"), form).send().await
}

#[tokio::test]
async fn a_listing_is_made_replaced_and_left_alone_under_its_number() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let made = put(owner, "QHU-1", result_form()).await;
    assert_eq!((made.status.as_u16(), made.text("reference")), (201, "QHU-1"));
    assert_eq!(made.headers["location"], format!("/api/v1/listings/{}", made.id()).as_str());

    // The same again writes nothing: neither a version nor an audit entry.
    let entries = app.count("audit_entries").await;
    let same = put(owner, "QHU-1", numbered("QHU-1")).await;
    assert_eq!((same.status.as_u16(), same.etag()), (200, made.etag()));
    assert_eq!(app.count("audit_entries").await, entries);

    // What is left out is emptied.
    let mut shorter = result_form();
    for field in ["description", "keywords", "trl", "price", "contact", "transfer_modes"] {
        shorter.as_object_mut().unwrap().remove(field);
    }
    shorter["title"] = json!("防冰涂层");
    let replaced = put(owner, "QHU-1", shorter.clone()).await;
    assert_eq!((replaced.status.as_u16(), replaced.body["version"].clone()), (200, json!(2)));
    assert_eq!(replaced.id(), made.id());
    for field in ["description", "trl", "price", "contact"] {
        assert!(replaced.body.get(field).is_none(), "{field}: {:#}", replaced.body);
    }
    assert_eq!(replaced.body["keywords"], json!([]));
    let found = owner.get("listings?q=含氟硅烷&status=draft").ok().await;
    assert!(found.items().is_empty(), "the old words lead nowhere");
    let read = owner.get("listings/by-reference/QHU-1").ok().await;
    assert_eq!((&read.body, read.etag()), (&replaced.body, replaced.etag()));
    assert_eq!(app.count("listings").await, 1);
}

#[tokio::test]
async fn what_is_supposed_of_a_listing_holds_or_nothing_is_written() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let path = "listings/by-reference/QHU-1";
    let ask = |title: &str| {
        let mut form = result_form();
        form["title"] = json!(title);
        owner.put(path, form)
    };
    ask("甲").header("if-match", "\"v1\"").refused(412, "stale").await;
    let made = ask("甲").header("if-none-match", "*").ok().await;
    assert_eq!(made.status, 201);
    ask("乙").header("if-none-match", "*").refused(412, "already_exists").await;
    let second = ask("乙").if_match(&made).ok().await;
    ask("丙").if_match(&made).refused(412, "stale").await;
    // A stale supposition is refused even where nothing would change.
    ask("乙").if_match(&made).refused(412, "stale").await;
    ask("丙").header("if-none-match", "\"v1\"").refused(400, "if_none_match_malformed").await;
    ask("丙").header("if-match", "v1").refused(400, "if_match_malformed").await;
    let both = ask("丙").if_match(&second).header("if-none-match", "*");
    both.refused(412, "stale").await;
    assert_eq!(owner.get(path).ok().await.etag(), second.etag());
    // Whatever version it is in, as long as it is there (RFC 9110 §13.1.1).
    assert_eq!(ask("丙").header("if-match", "*").ok().await.status, 200);
    let other = owner.put("listings/by-reference/QHU-2", result_form());
    other.header("if-match", "*").refused(412, "stale").await;
    let read = owner.get(path).ok().await;
    let step = owner.act(format!("listings/{}/submit", read.id())).header("if-match", "*");
    let named = step.refused(428, "version_required").await;
    assert!(named.text("detail").contains("names no version"), "{}", named.body);
}

#[tokio::test]
async fn what_a_number_cannot_say_is_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let path = "listings/by-reference/QHU-1";
    owner.put(path, numbered("QHU-2")).faulty(422, "/reference", "reference_differs").await;
    let long = format!("listings/by-reference/{}", "x".repeat(101));
    owner.put(long, result_form()).faulty(422, "/reference", "text_too_long").await;
    owner.put(path, json!({ "kind": "result" })).faulty(422, "/title", "required").await;
    owner.put(path, result_form()).ok().await;
    owner.put(path, need_form()).faulty(422, "/kind", "kind_fixed").await;
    let mut faulty = result_form();
    faulty["budget"] = json!({ "min_fen": 1 });
    owner.put(path, faulty).faulty(422, "/budget", "only_for_needs").await;
    assert_eq!(owner.get(path).ok().await.body["version"], json!(1));
}

#[tokio::test]
async fn a_number_may_have_any_signs() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    for (reference, path) in [
        ("QHU/2026/17", "QHU%2F2026%2F17"),
        ("成果 一%", "%E6%88%90%E6%9E%9C%20%E4%B8%80%25"),
        ("a+b?c#d", "a+b%3Fc%23d"),
        ("%2F", "%252F"),
    ] {
        let made = put(owner, path, numbered(reference)).await;
        assert_eq!((made.status.as_u16(), made.text("reference")), (201, reference));
        let read = owner.get(format!("listings/by-reference/{path}")).ok().await;
        assert_eq!(read.id(), made.id());
    }
    owner.get("listings/by-reference/%FF").refused(404, "not_found").await;
}

#[tokio::test]
async fn a_number_belongs_to_one_organisation_and_only_its_editors_write() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let path = "listings/by-reference/QHU-1";
    let made = cast.university.api.put(path, result_form()).ok().await;
    let viewer = app.member(&cast.university, &[Role::Viewer]).await;
    assert_eq!(viewer.get(path).ok().await.id(), made.id());
    viewer.put(path, result_form()).refused(403, "forbidden").await;
    viewer.put("listings/by-reference/QHU-2", result_form()).refused(403, "forbidden").await;
    let other = app.register("university", "630104").await;
    for stranger in [&other.api, &cast.stranger.api, &cast.operator] {
        stranger.get(path).refused(404, "not_found").await;
    }
    cast.operator.put(path, result_form()).refused(403, "forbidden").await;
    app.anyone.get(path).refused(401, "unauthenticated").await;
    app.anyone.put(path, result_form()).refused(401, "unauthenticated").await;
    // Another's number is another listing.
    let theirs = other.api.put(path, result_form()).ok().await;
    assert_eq!(theirs.status, 201);
    assert_ne!(theirs.id(), made.id());
    assert_eq!(cast.university.api.get(path).ok().await.etag(), made.etag());
}

#[tokio::test]
async fn a_replacement_needs_the_state_that_a_change_needs() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let path = "listings/by-reference/QHU-1";
    let made = owner.put(path, result_form()).ok().await;
    let listing = format!("listings/{}", made.id());
    let withdrawn = owner.act(format!("{listing}/withdraw")).if_match(&made).ok().await;
    let mut other = result_form();
    other["title"] = json!("另一项成果");
    owner.put(path, other.clone()).refused(409, "invalid_state").await;
    owner
        .patch(&listing, json!({ "trl": 7 }))
        .if_match(&withdrawn)
        .refused(409, "invalid_state")
        .await;
    let same = owner.put(path, result_form()).ok().await;
    assert_eq!((same.text("status"), same.etag()), ("withdrawn", withdrawn.etag()));
}

#[tokio::test]
async fn a_replacement_of_what_is_published_is_its_next_text() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let published = publish(&cast, &cast.university, numbered("QHU-1")).await;
    let path = "listings/by-reference/QHU-1";
    let same = owner.put(path, result_form()).ok().await;
    assert_eq!(same.body["version"], published.body["version"]);
    assert_eq!(same.body.get("revision"), None);

    let mut other = result_form();
    other["title"] = json!("超疏水防冰涂层二代");
    let revised = owner.put(path, other.clone()).if_match(&published).ok().await;
    assert_eq!(revised.body["title"], published.body["title"]);
    assert_eq!(revised.body["revision"]["content"]["title"], other["title"]);
    let again = owner.put(path, other.clone()).ok().await;
    assert_eq!(again.etag(), revised.etag(), "that is what it is to say already");
    assert_eq!(app.anyone.get("listings?q=二代").ok().await.items().len(), 0);

    let submit = json!({ "items": [{ "reference": "QHU-1", "action": "submit" }] });
    let submitted = owner.post("listings/bulk", submit).ok().await;
    assert_eq!(statuses(&submitted), [200], "{:#}", submitted.body);
    owner.put(path, result_form()).refused(409, "revision_submitted").await;
    let read = owner.get(path).ok().await;
    let publish = cast.operator.act(format!("listings/{}/publish", read.id()));
    assert_eq!(publish.if_match(&read).ok().await.body["title"], other["title"]);
    assert_eq!(app.anyone.get("listings?q=二代").ok().await.items().len(), 1);

    // What goes back to what is published is no next text any more.
    owner.put(path, result_form()).ok().await;
    assert_eq!(owner.put(path, other).ok().await.body.get("revision"), None);
}

#[tokio::test]
async fn of_many_that_write_at_once_one_makes_the_listing_and_a_key_has_one_effect() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let path = "listings/by-reference/QHU-1";
    let puts = (0..16).map(|_| owner.put(path, result_form()).send());
    let replies = futures::future::join_all(puts).await;
    let mut made = replies.iter().filter(|reply| reply.status == 201);
    assert_eq!((made.by_ref().count(), app.count("listings").await), (1, 1));
    assert!(replies.iter().all(|reply| reply.status.is_success()));
    let changed = |n: u8, key: &'static str| {
        let mut form = result_form();
        form["trl"] = json!(n);
        owner.put(path, form).key(key)
    };
    let first = changed(3, "k1").ok().await;
    changed(4, "k2").ok().await;
    let again = changed(3, "k1").ok().await;
    assert_eq!((again.raw, again.status), (first.raw, first.status));
    changed(5, "k1").refused(422, "idempotency_key_reused").await;
    assert_eq!(owner.get(path).ok().await.body["trl"], json!(4));
}

fn statuses(reply: &Reply) -> Vec<u64> {
    reply.items().iter().map(|item| item["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn many_listings_are_each_done_or_refused_for_themselves() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let present = owner.put("listings/by-reference/OLD", result_form()).ok().await;
    let mut faulty = result_form();
    faulty["price"] = json!({ "mode": "fixed" });
    let mut unknown = result_form();
    unknown["colour"] = json!("red");
    let mut typo = result_form();
    typo["trl"] = json!(12);
    let items = json!([
        { "reference": "A", "listing": result_form() },
        { "reference": "B", "listing": faulty },
        { "reference": "C", "listing": unknown },
        { "reference": "D", "listing": typo },
        { "reference": "OLD", "listing": result_form(), "if_none_match": "*" },
        { "reference": "OLD", "listing": need_form() },
        { "reference": "OLD", "listing": result_form(), "if_match": present.etag() },
        { "reference": "A", "action": "submit" },
        { "reference": "A", "action": "submit" },
        { "reference": "OLD", "action": "withdraw", "if_match": "\"v9\"" },
        { "reference": "OLD", "action": "withdraw", "if_match": present.etag() },
        { "reference": "NONE", "action": "withdraw" },
        { "reference": "E" },
        { "reference": "F", "action": "submit", "listing": result_form() },
        { "reference": "F", "action": "submit", "if_none_match": "*" },
        { "reference": "F", "action": "destroy" },
        { "action": "submit" },
        7,
    ]);
    let done = owner.post("listings/bulk", json!({ "items": items })).ok().await;
    assert_eq!(
        statuses(&done),
        [201, 422, 400, 422, 412, 422, 200, 200, 409, 412, 200, 404, 422, 422, 422, 422, 422, 400]
    );
    let of = |n: usize, part: &str| done.items()[n]["problem"][part].clone();
    let pointer = |n: usize| done.items()[n]["problem"]["errors"][0]["pointer"].clone();
    assert_eq!(pointer(1), "/items/1/listing/price/amount_fen");
    assert_eq!(pointer(2), "/items/2/listing/colour");
    assert_eq!(pointer(3), "/items/3/listing/trl");
    assert_eq!(
        (of(4, "code"), pointer(5)),
        (json!("already_exists"), json!("/items/5/listing/kind"))
    );
    assert_eq!(of(8, "code"), "invalid_state");
    assert_eq!((of(9, "code"), of(11, "code")), (json!("stale"), json!("not_found")));
    assert_eq!(
        (pointer(12), pointer(13)),
        (json!("/items/12/listing"), json!("/items/13/listing"))
    );
    assert_eq!(
        (pointer(14), pointer(15)),
        (json!("/items/14/if_none_match"), json!("/items/15/action"))
    );
    assert_eq!((pointer(16), pointer(17)), (json!("/items/16/reference"), json!("/items/17")));
    assert_eq!(done.items()[16]["reference"], Value::Null);
    let submitted = &done.items()[7];
    let read = owner.get("listings/by-reference/A").ok().await;
    assert_eq!((&submitted["listing"], &submitted["etag"]), (&read.body, &json!(read.etag())));
    assert_eq!(submitted["listing"]["status"], "submitted");
    assert_eq!(owner.get("listings/by-reference/OLD").ok().await.text("status"), "withdrawn");
    assert_eq!(app.count("listings").await, 2);
    let chinese = owner.in_chinese();
    let said = chinese
        .post("listings/bulk", json!({ "items": [{ "reference": "Z", "action": "submit" }] }));
    assert!(said.ok().await.items()[0]["problem"]["title"].as_str().unwrap().contains("没有找到"));
}

#[tokio::test]
async fn a_bulk_is_bounded_and_only_for_editors() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let many = |n: usize| {
        let items: Vec<Value> =
            (0..n).map(|n| json!({ "reference": n.to_string(), "action": "submit" })).collect();
        json!({ "items": items })
    };
    owner.post("listings/bulk", many(0)).faulty(422, "/items", "out_of_range").await;
    owner.post("listings/bulk", many(101)).faulty(422, "/items", "out_of_range").await;
    assert_eq!(owner.post("listings/bulk", many(100)).ok().await.items().len(), 100);
    let padding = " ".repeat(1024 * 1024);
    owner
        .ask(reqwest::Method::POST, "listings/bulk")
        .raw(padding + "{}")
        .refused(413, "body_too_large")
        .await;
    owner.post("listings/bulk", json!({ "items": {} })).faulty(400, "/items", "wrong_type").await;
    let form = json!({ "items": [{ "reference": "A", "listing": result_form() }] });
    let viewer = app.member(&cast.university, &[Role::Viewer]).await;
    for other in [&viewer, &cast.operator] {
        other.post("listings/bulk", form.clone()).refused(403, "forbidden").await;
    }
    app.anyone.post("listings/bulk", form.clone()).refused(401, "unauthenticated").await;
    assert_eq!(app.count("listings").await, 0);
    // Nobody reaches another's listing by its number.
    owner.post("listings/bulk", form).ok().await;
    let theirs = json!({ "items": [{ "reference": "A", "action": "withdraw" }] });
    assert_eq!(statuses(&cast.stranger.api.post("listings/bulk", theirs).ok().await), [404]);
    assert_eq!(owner.get("listings/by-reference/A").ok().await.text("status"), "draft");
}

#[tokio::test]
async fn a_bulk_under_a_key_is_done_once_also_if_it_was_cut_off_in_the_middle() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let items = json!({ "items": [
        { "reference": "A", "listing": result_form() },
        { "reference": "A", "action": "submit" },
        { "reference": "NONE", "action": "submit" },
        { "reference": "B", "listing": result_form() },
    ] });
    let first = owner.post("listings/bulk", items.clone()).key("bulk-1").ok().await;
    assert_eq!(statuses(&first), [201, 200, 404, 201]);
    let again = owner.post("listings/bulk", items.clone()).key("bulk-1").ok().await;
    assert_eq!(again.raw, first.raw);
    let other = json!({ "items": [{ "reference": "A", "action": "submit" }] });
    owner
        .post("listings/bulk", other.clone())
        .key("bulk-1")
        .refused(422, "idempotency_key_reused")
        .await;

    // As if the server had died before the last listing and the whole answer.
    let parts = "key = 'bulk-1' AND (caller LIKE '%part 3' OR caller NOT LIKE '%part%')";
    app.execute(&format!("DELETE FROM idempotency_keys WHERE {parts}")).await;
    let finished = owner.post("listings/bulk", items.clone()).key("bulk-1").ok().await;
    assert_eq!(statuses(&finished), [201, 200, 404, 200]);
    assert_eq!(finished.items()[..2], first.items()[..2]);
    owner.post("listings/bulk", other).key("bulk-1").refused(422, "idempotency_key_reused").await;
    assert_eq!(app.count("audit_entries WHERE object_kind = 'listing'").await, 3);

    // Without a key, what has been done is seen as it is.
    let keyless = owner.post("listings/bulk", items).ok().await;
    assert_eq!(statuses(&keyless), [200, 409, 404, 200]);
}

#[tokio::test]
async fn what_a_program_writes_is_found_and_matched_and_gone_like_all_else() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let need = publish(&cast, &cast.enterprise, need_form()).await;
    let mut form = result_form();
    form["title"] = json!("超疏水玄冰涂层");
    form["price"] = json!({ "mode": "fixed", "amount_fen": 900 });
    let items = json!({ "items": [
        { "reference": "A", "listing": form },
        { "reference": "A", "action": "submit" },
    ] });
    assert_eq!(statuses(&owner.post("listings/bulk", items).ok().await), [201, 200]);
    let path = "listings/by-reference/A";
    let read = owner.get(path).ok().await;
    let hits = async |query: &str| {
        app.anyone.get(format!("listings?q=玄冰{query}")).ok().await.items().len()
    };
    let matched = async || {
        app.settle().await;
        let matches = format!("listings/{}/matches", need.id());
        cast.enterprise.api.get(matches).ok().await.raw.contains(read.id())
    };
    assert_eq!((hits("").await, matched().await), (0, false));
    cast.operator.act(format!("listings/{}/publish", read.id())).if_match(&read).ok().await;
    assert_eq!((hits("").await, matched().await), (1, true));

    // A lower price needs no review.
    assert_eq!(hits("&price_max=500").await, 0);
    form["price"]["amount_fen"] = json!(400);
    let cheaper = owner.put(path, form).ok().await;
    assert_eq!(cheaper.body.get("revision"), None, "{:#}", cheaper.body);
    assert_eq!(hits("&price_max=500").await, 1);

    let items = json!({ "items": [{ "reference": "A", "action": "withdraw" }] });
    assert_eq!(statuses(&owner.post("listings/bulk", items).ok().await), [200]);
    assert_eq!((hits("").await, matched().await), (0, false));
}

#[tokio::test]
async fn a_reference_stays_with_its_owner() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let published = publish(&cast, &cast.university, numbered("SECRET-1")).await;
    for stranger in [&app.anyone, &cast.stranger.api] {
        let seen = stranger.get(format!("listings/{}", published.id())).ok().await;
        assert!(!seen.raw.contains("SECRET-1"));
        assert!(!stranger.get("listings").ok().await.raw.contains("SECRET-1"));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_step_of_a_bulk_points_to_where_it_is() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let mut form = result_form();
    form["non_secret_declared"] = json!(false);
    let items = json!([
        { "reference": "A", "listing": form, "if_match": "v4" },
        { "reference": "A", "listing": form, "if_none_match": "\"v4\"" },
        { "reference": "A", "listing": form },
        { "reference": "A", "action": "submit" },
        { "reference": "A", "action": "withdraw", "if_match": "*" },
        { "reference": "B", "listing": form, "if_match": "*" },
    ]);
    let done = owner.post("listings/bulk", json!({ "items": items })).ok().await;
    assert_eq!(statuses(&done), [400, 400, 201, 422, 200, 412]);
    let pointer = |n: usize| done.items()[n]["problem"]["errors"][0]["pointer"].clone();
    assert_eq!(
        [pointer(0), pointer(1), pointer(3)],
        ["/items/0/if_match", "/items/1/if_none_match", "/non_secret_declared"]
    );
}
