//! What is protected of a listing: asked for, granted, looked at, taken back, and nowhere else.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Form, Reply},
    app::App,
    cast::Cast,
    cluster,
    deal::{need_form, publish, result_form},
};

/// Words that occur nowhere else.
const SECRET: &str = "霜序玄铁配方";

struct Stage {
    app: App,
    cast: Cast,
    listing: String,
    file: String,
}

impl Stage {
    /// A published result with a protected description and a protected file.
    async fn set() -> Self {
        let app = App::start().await;
        let cast = Cast::of(&app).await;
        let published = publish(&cast, &cast.university, result_form()).await;
        let listing = published.id().to_owned();
        let put = cast.university.api.ask(Method::PUT, format!("listings/{listing}/protected"));
        let secret = json!({ "description": SECRET, "non_secret_declared": true });
        put.json(secret).if_match(&published).ok().await;
        let form = Form::attachment("protected", &format!("{SECRET}.txt"), SECRET);
        let ask = cast.university.api.ask(Method::POST, format!("listings/{listing}/attachments"));
        let file = ask.form(form).ok().await.id().to_owned();
        Self { app, cast, listing, file }
    }

    fn protected(&self) -> String {
        format!("listings/{}/protected", self.listing)
    }

    fn content(&self) -> String {
        format!("listings/{}/attachments/{}/content", self.listing, self.file)
    }

    fn ask(&self, api: &Api) -> impl Future<Output = Reply> {
        let (api, path) = (api.clone(), format!("listings/{}/disclosures", self.listing));
        let form = json!({ "purpose": "评估许可", "message": "先看配方" });
        async move { api.post(path, form).send().await }
    }

    async fn requested(&self) -> Reply {
        let asked = self.ask(&self.cast.enterprise.api).await;
        assert_eq!(asked.status, 201, "{:#}", asked.body);
        asked
    }

    fn act(&self, api: &Api, act: &str, on: &Reply) -> impl Future<Output = Reply> {
        let (api, path) = (api.clone(), format!("disclosures/{}/{act}", on.id()));
        let form = if act == "grant" { json!({}) } else { json!({ "reason": "另有安排" }) };
        let etag = on.etag();
        async move { api.post(path, form).header("if-match", etag).send().await }
    }

    async fn granted(&self) -> Reply {
        let asked = self.requested().await;
        let granted = self.act(&self.cast.university.api, "grant", &asked).await;
        assert_eq!(granted.text("status"), "granted", "{:#}", granted.body);
        granted
    }

    async fn looks(&self) -> usize {
        let path = format!("listings/{}/looks", self.listing);
        self.cast.university.api.get(path).ok().await.items().len()
    }
}

#[tokio::test]
async fn what_is_protected_is_seen_after_a_grant_and_each_look_is_recorded() {
    let stage = Stage::set().await;
    let (owner, other) = (&stage.cast.university.api, &stage.cast.enterprise.api);
    stage.app.anyone.get(stage.protected()).refused(401, "unauthenticated").await;
    let hint = other.get(stage.protected()).refused(403, "disclosure_required").await;
    assert!(hint.body["title"].as_str().unwrap().contains("POST /listings/{id}/disclosures"));
    other.get(stage.content()).refused(404, "not_found").await;
    let asked = stage.requested().await;
    assert_eq!(asked.text("status"), "requested");
    let inbox = owner.get("disclosures?role=owner&status=requested").ok().await;
    assert_eq!(inbox.items()[0]["id"], json!(asked.id()));
    assert_eq!(inbox.items()[0]["message"], json!("先看配方"));
    other.get(stage.protected()).refused(403, "disclosure_required").await;

    let granted = stage.act(owner, "grant", &asked).await;
    let today = kernel::civil_date(stage.app.clock.now());
    let last = (today + TimeDelta::days(90)).to_string();
    assert_eq!(granted.text("expires_on"), last);
    assert_eq!(stage.looks().await, 0);
    let ask = other.get(stage.protected()).header("x-request-id", "look-1");
    assert_eq!(ask.ok().await.text("description"), SECRET);
    assert_eq!(other.get(stage.content()).ok().await.raw, SECRET);
    assert_eq!(other.ask(Method::HEAD, stage.content()).send().await.status, 200);
    let files = format!("listings/{}/attachments", stage.listing);
    assert_eq!(other.get(&files).ok().await.items().len(), 1);
    assert!(stage.cast.stranger.api.get(&files).ok().await.items().is_empty());

    // Looks at the same thing within a minute are one: so a file is read in parts. (A minute may
    // begin in between.)
    assert!((2..=3).contains(&stage.looks().await));
    stage.app.clock.shift(TimeDelta::minutes(2));
    assert_eq!(other.get(stage.content()).ok().await.raw, SECRET);
    let seen = stage.looks().await;
    for part in ["bytes=0-0", "bytes=1-"] {
        other.get(stage.content()).header("range", part).send().await;
    }
    assert!(stage.looks().await <= seen + 1);

    // The owner's own people leave no record; staff do.
    let seen = stage.looks().await;
    owner.get(stage.protected()).ok().await;
    assert_eq!(stage.looks().await, seen);
    stage.cast.operator.get(stage.protected()).ok().await;
    let auditor = stage.app.staff(&[Role::Auditor]).await;
    auditor.get(stage.protected()).ok().await;
    let path = format!("listings/{}/looks?count=true", stage.listing);
    let looks = owner.get(&path).ok().await;
    assert_eq!(looks.body["total"], json!(seen + 2));
    let oldest = looks.items().last().unwrap();
    assert_eq!(oldest["request_id"], json!("look-1"));
    assert_eq!(oldest["organisation_id"], json!(stage.cast.enterprise.id));
    assert_eq!(oldest["disclosure_id"], json!(granted.id()));
    assert_eq!(oldest["what"], json!("description"));
    assert_eq!(looks.items()[2]["attachment_id"], json!(stage.file));
    assert!(looks.items()[0].get("disclosure_id").is_none());
    other.get(&path).refused(403, "forbidden").await;
    stage.app.anyone.get(&path).refused(401, "unauthenticated").await;
    stage.cast.operator.get(&path).ok().await;

    let taken = stage.act(owner, "revoke", &granted).await;
    assert_eq!((taken.text("status"), taken.text("reason")), ("revoked", "另有安排"));
    other.get(stage.protected()).refused(403, "disclosure_required").await;
    other.get(stage.content()).refused(404, "not_found").await;
    assert!(other.get(&files).ok().await.items().is_empty());
    assert_eq!(stage.looks().await, seen + 2);
}

#[tokio::test]
async fn who_asked_does_not_read_a_title_that_is_not_public() {
    let stage = Stage::set().await;
    let granted = stage.granted().await;
    let (owner, asker) = (&stage.cast.university.api, &stage.cast.enterprise.api);
    let path = format!("listings/{}", stage.listing);
    let public = owner.get(&path).ok().await;
    let reason = json!({ "reason": "权属存疑" });
    let suspend = stage.cast.operator.post(format!("{path}/suspend"), reason);
    let suspended = suspend.if_match(&public).ok().await;
    let change = json!({ "title": "尚未公开的题目" });
    owner.patch(&path, change).if_match(&suspended).ok().await;
    asker.get(&path).refused(404, "not_found").await;
    for shown in [format!("disclosures/{}", granted.id()), "disclosures".to_owned()] {
        let shown = asker.get(shown).ok().await;
        assert!(!shown.raw.contains("尚未公开"), "{}", shown.body);
        assert!(shown.raw.contains(public.text("title")), "{}", shown.body);
    }
}

#[tokio::test]
async fn every_step_works_in_its_state_only() {
    let stage = Stage::set().await;
    let owner = stage.cast.university.api.clone();
    let (asker, stranger) = (&stage.cast.enterprise.api, &stage.cast.stranger.api);
    let allowed = |state: &str, act: &str| match act {
        "grant" | "refuse" => state == "requested",
        _ => state == "granted",
    };
    for state in ["requested", "granted", "refused", "revoked"] {
        for act in ["grant", "refuse", "revoke"] {
            let now = match state {
                "requested" => stage.requested().await,
                "granted" => stage.granted().await,
                "refused" => stage.act(&owner, "refuse", &stage.requested().await).await,
                _ => stage.act(&owner, "revoke", &stage.granted().await).await,
            };
            assert_eq!(now.text("status"), state);
            assert_eq!(stage.act(&stage.app.anyone, act, &now).await.status, 401);
            assert_eq!(stage.act(stranger, act, &now).await.status, 404);
            assert_eq!(stage.act(asker, act, &now).await.status, 403);
            assert_eq!(stage.act(&stage.cast.operator, act, &now).await.status, 403);
            let tried = stage.act(&owner, act, &now).await;
            let expected = if allowed(state, act) { 200 } else { 409 };
            assert_eq!(tried.status, expected, "{state} {act}: {:#}", tried.body);
            // Room for the next.
            let path = format!("disclosures/{}", now.id());
            let present = owner.get(&path).ok().await;
            match present.text("status") {
                "requested" => drop(stage.act(&owner, "refuse", &present).await),
                "granted" => drop(stage.act(&owner, "revoke", &present).await),
                _ => {}
            }
        }
    }
    for name in ["requested", "granted", "refused", "revoked"] {
        assert!(stage.app.count(&format!("events WHERE name = 'disclosure.{name}'")).await > 0);
    }
    stage.app.settle().await;
}

#[tokio::test]
async fn a_request_is_refused_where_there_is_nothing_to_ask_for() {
    let stage = Stage::set().await;
    let cast = &stage.cast;
    assert_eq!(stage.ask(&stage.app.anyone).await.status, 401);
    assert_eq!(stage.ask(&cast.university.api).await.text("code"), "forbidden");
    assert_eq!(stage.ask(&cast.operator).await.text("code"), "forbidden");
    let newcomer = stage.app.register("enterprise", "630104").await;
    let refused = stage.ask(&newcomer.api).await;
    assert_eq!(refused.text("code"), "organisation_not_verified");
    let plain = publish(cast, &cast.university, result_form()).await;
    let form = json!({ "purpose": "评估" });
    let path = format!("listings/{}/disclosures", plain.id());
    cast.enterprise.api.post(path, form.clone()).refused(409, "nothing_protected").await;
    let draft = cast.university.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}/disclosures", draft.id());
    cast.enterprise.api.post(path, form.clone()).refused(404, "not_found").await;
    let own = format!("listings/{}/disclosures", stage.listing);
    cast.enterprise.api.post(&own, json!({})).faulty(422, "/purpose", "required").await;
    stage.requested().await;
    assert_eq!(stage.ask(&cast.enterprise.api).await.text("code"), "disclosure_exists");
    // Others may ask meanwhile.
    assert_eq!(stage.ask(&cast.broker.api).await.status, 201);
}

#[tokio::test]
async fn a_grant_lasts_from_today_to_a_year_at_most() {
    let stage = Stage::set().await;
    let owner = &stage.cast.university.api;
    let asked = stage.requested().await;
    let path = format!("disclosures/{}/grant", asked.id());
    let today = kernel::civil_date(stage.app.clock.now());
    for days in [-1, 367, 100_000] {
        let form = json!({ "expires_on": today + TimeDelta::days(days) });
        let ask = owner.post(&path, form).if_match(&asked);
        ask.faulty(422, "/expires_on", "out_of_range").await;
    }
    owner.post(&path, json!({})).refused(428, "version_required").await;
    let form = json!({ "expires_on": today + TimeDelta::days(365) });
    owner.post(&path, form).if_match(&asked).ok().await;
}

#[tokio::test]
async fn a_grant_is_over_by_its_date_and_may_be_asked_for_again() {
    let stage = Stage::set().await;
    let asked = stage.requested().await;
    let today = kernel::civil_date(stage.app.clock.now());
    let form = json!({ "expires_on": today });
    let path = format!("disclosures/{}/grant", asked.id());
    let owner = &stage.cast.university.api;
    let granted = owner.post(path, form).if_match(&asked).ok().await;
    stage.cast.enterprise.api.get(stage.protected()).ok().await;

    stage.app.clock.shift(TimeDelta::hours(24));
    let again = async |email: &str| {
        let session = stage.app.sign_in(email).await;
        stage.app.anyone.with_token(session.text("access_token"))
    };
    let owner = again(&stage.cast.university.email).await;
    let other = again(&stage.cast.enterprise.email).await;
    other.get(stage.protected()).refused(403, "disclosure_required").await;
    let seen = other.get(format!("disclosures/{}", granted.id())).ok().await;
    assert_eq!(seen.text("status"), "expired");
    let revoke = stage.act(&owner, "revoke", &granted).await;
    assert_eq!(revoke.text("code"), "invalid_state");
    let count = async |status: &str| {
        owner.get(format!("disclosures?status={status}")).ok().await.items().len()
    };
    assert_eq!((count("granted").await, count("expired").await), (0, 1));
    let second = stage.ask(&other).await;
    assert_eq!(second.status, 201, "{:#}", second.body);
    assert_eq!((count("requested").await, count("expired").await), (1, 1));
    assert_eq!(stage.app.count("disclosures WHERE status = 'expired'").await, 1);
    let granted = stage.act(&owner, "grant", &second).await;
    assert_eq!(granted.text("status"), "granted");
    other.get(stage.protected()).ok().await;
}

#[tokio::test]
async fn of_many_at_once_one_wins() {
    let stage = Stage::set().await;
    let asks = (0..16).map(|_| stage.ask(&stage.cast.enterprise.api));
    let statuses = |replies: &[Reply]| {
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
        statuses.sort_unstable();
        statuses
    };
    let asked = join_all(asks).await;
    assert_eq!(statuses(&asked), [vec![201], vec![409; 15]].concat());
    let asked = asked.into_iter().find(|reply| reply.status == 201).unwrap();
    let owner = &stage.cast.university.api;
    let acts =
        (0..16).map(|n| stage.act(owner, if n % 2 == 0 { "grant" } else { "refuse" }, &asked));
    let decided = statuses(&join_all(acts).await);
    assert_eq!((decided[0], decided.iter().filter(|status| **status == 412).count()), (200, 15));
    let told = "events WHERE name IN ('disclosure.granted', 'disclosure.refused')";
    assert_eq!(stage.app.count(told).await, 1);
}

#[tokio::test]
async fn lists_show_ones_own_and_staff_all() {
    let stage = Stage::set().await;
    let cast = &stage.cast;
    let asked = stage.requested().await;
    assert_eq!(stage.ask(&cast.broker.api).await.status, 201);
    let count = async |api: &Api, query: &str| {
        api.get(format!("disclosures{query}")).ok().await.items().len()
    };
    for (api, query, found) in [
        (&cast.university.api, "", 2),
        (&cast.university.api, "?role=owner", 2),
        (&cast.university.api, "?role=requester", 0),
        (&cast.enterprise.api, "", 1),
        (&cast.enterprise.api, "?role=requester", 1),
        (&cast.stranger.api, "", 0),
        (&cast.operator, "", 2),
        (&cast.operator, "?status=granted", 0),
    ] {
        assert_eq!(count(api, query).await, found, "{query}");
    }
    let of = format!("?listing_id={}", stage.listing);
    assert_eq!(count(&cast.university.api, &of).await, 2);
    let first = cast.university.api.get("disclosures?limit=1&count=true").ok().await;
    assert_eq!(first.body["total"], json!(2));
    let next = first.text("next_cursor").to_owned();
    let second = cast.university.api.get(format!("disclosures?limit=1&cursor={next}")).ok().await;
    assert_eq!(second.items()[0]["id"], json!(asked.id()));
    stage.app.anyone.get("disclosures").refused(401, "unauthenticated").await;
    let one = format!("disclosures/{}", asked.id());
    for stranger in [&cast.stranger.api, &cast.broker.api, &cast.registrar] {
        stranger.get(&one).refused(404, "not_found").await;
    }
    cast.operator.get(&one).ok().await;
}

#[tokio::test]
async fn what_is_protected_is_written_in_a_named_version_and_taken_away() {
    let stage = Stage::set().await;
    let owner = &stage.cast.university.api;
    let read = owner.get(stage.protected()).ok().await;
    let ask = |body: Value| owner.ask(Method::PUT, stage.protected()).json(body);
    ask(json!({ "description": "x" })).refused(428, "version_required").await;
    ask(json!({})).if_match(&read).faulty(422, "/description", "required").await;
    let long = json!({ "description": "长".repeat(20_001) });
    ask(long).if_match(&read).faulty(422, "/description", "text_too_long").await;
    let undeclared = ask(json!({ "description": "新的" })).if_match(&read);
    undeclared.faulty(422, "/non_secret_declared", "declaration_required").await;
    let new = json!({ "description": "新的", "non_secret_declared": true });
    let changed = ask(new).if_match(&read).ok().await;
    assert_eq!(changed.body["characters"], 2);
    assert_eq!(owner.get(stage.protected()).ok().await.text("description"), "新的");
    ask(json!({ "description": "x" })).if_match(&read).refused(412, "stale").await;
    let listing = owner.get(format!("listings/{}", stage.listing)).ok().await;
    assert_eq!(listing.body["version"], changed.body["version"]);
    let gone = ask(json!({ "description": null })).if_match(&changed).ok().await;
    assert_eq!(gone.body["characters"], 0);
    assert_eq!(stage.app.count("listing_protected").await, 0);
    for stranger in [&stage.cast.stranger.api, &stage.cast.operator] {
        let ask = stranger.ask(Method::PUT, stage.protected()).json(json!({ "description": "x" }));
        ask.if_match(&gone).refused(403, "forbidden").await;
    }
    // A file that is added is declared, too; and operators find what changed.
    let file = Form::default().text("visibility", "protected").text("title", "b").file("b", "b");
    let path = format!("listings/{}/attachments", stage.listing);
    let undeclared = owner.ask(Method::POST, path).form(file);
    undeclared.faulty(422, "/non_secret_declared", "declaration_required").await;
    let history = format!("listings/{}/history", stage.listing);
    let history = stage.cast.operator.get(history).ok().await;
    let changed: Vec<_> =
        history.items().iter().take(4).map(|it| it["changed"][0].clone()).collect();
    let (text, file) = ("protected_description", "protected_attachments");
    assert_eq!(changed, [text, text, file, text], "{:#}", history.body);
    // While it is being read, and when it is gone, nothing is written.
    let draft = owner.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", draft.id());
    let submitted = owner.act(format!("{path}/submit")).if_match(&draft).ok().await;
    let late = owner.ask(Method::PUT, format!("{path}/protected"));
    let late = late.json(json!({ "description": "x" })).if_match(&submitted);
    late.refused(409, "invalid_state").await;
    let stranger = stage.cast.stranger.api.ask(Method::PUT, format!("{path}/protected"));
    stranger
        .json(json!({ "description": "x" }))
        .if_match(&submitted)
        .refused(404, "not_found")
        .await;
}

#[tokio::test]
async fn a_listing_that_is_gone_takes_what_is_protected_along() {
    let stage = Stage::set().await;
    stage.granted().await;
    stage.cast.enterprise.api.get(stage.protected()).ok().await;
    let path = format!("listings/{}", stage.listing);
    let read = stage.cast.university.api.get(&path).ok().await;
    stage.cast.university.api.act(format!("{path}/withdraw")).if_match(&read).ok().await;
    stage.cast.enterprise.api.get(stage.protected()).refused(404, "not_found").await;
    stage.cast.enterprise.api.get(stage.content()).refused(404, "not_found").await;
    assert_eq!(stage.app.count("listing_looks").await, 1);
}

#[tokio::test]
async fn nothing_protected_is_anywhere_else() {
    let stage = Stage::set().await;
    let cast = &stage.cast;
    // Also while it is reviewed: written before it is published.
    let draft = cast.university.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", draft.id());
    let put = cast.university.api.ask(Method::PUT, format!("{path}/protected"));
    let put = put.json(json!({ "description": SECRET })).if_match(&draft);
    let put = put.header("idempotency-key", "a-secret-once").ok().await;
    let submitted = cast.university.api.act(format!("{path}/submit")).if_match(&put).ok().await;
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await;
    let need = publish(cast, &cast.enterprise, need_form()).await;
    let granted = stage.granted().await;
    stage.act(&cast.university.api, "revoke", &granted).await;
    stage.app.settle().await;

    let everybody = [&stage.app.anyone, &cast.stranger.api, &cast.enterprise.api, &cast.operator];
    for who in everybody {
        for query in [SECRET, "玄铁", "霜序"] {
            let found = who.get(format!("listings?q={query}")).ok().await;
            assert!(found.items().is_empty(), "{query}: {:#}", found.body);
        }
        for path in ["listings".to_owned(), format!("listings/{}", stage.listing), path.clone()] {
            let shown = who.get(&path).ok().await;
            assert!(!shown.raw.contains(SECRET), "{path}");
        }
    }
    for list in ["disclosures".to_owned(), format!("listings/{}/matches", need.id())] {
        assert!(!cast.enterprise.api.get(&list).ok().await.raw.contains(SECRET), "{list}");
    }
    let tables = cluster::query(
        &stage.app.url,
        "SELECT table_name::text FROM information_schema.tables
          WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            AND table_name NOT IN ('listing_protected', 'listing_attachments', 'listing_looks')",
    )
    .await;
    for table in tables {
        let table: String = table.get(0);
        let rows = format!("{table} AS t WHERE t::text LIKE '%{SECRET}%' OR t::text LIKE '%玄铁%'");
        assert_eq!(stage.app.count(&rows).await, 0, "{table} tells what is protected");
    }
}

#[tokio::test]
async fn a_look_is_never_unmade() {
    let stage = Stage::set().await;
    stage.cast.operator.get(stage.protected()).ok().await;
    for sql in [
        "UPDATE listing_looks SET at = now()",
        "DELETE FROM listing_looks",
        "TRUNCATE listing_looks",
    ] {
        assert!(cluster::connect(&stage.app.url).await.batch_execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(stage.looks().await, 1);
}
