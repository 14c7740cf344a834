//! How introductions end without a contract, and what their participants write to each other.

use chrono::TimeDelta;
use kernel::Role;
use matching::commands::{LapseIntroductions, RemindParticipants};
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Reply},
    app::App,
    deal::Deal,
};

/// The broker proposes.
async fn proposed(deal: &Deal<'_>) -> Reply {
    let form = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "可否一谈" });
    deal.cast.broker.api.post("introductions", form).ok().await
}

/// The last step, as everybody concerned sees it.
fn last_step(reply: &Reply) -> &Value {
    reply.body["steps"].as_array().unwrap().last().unwrap()
}

/// Somebody who has signed in again after many days.
async fn again(app: &App, api: &Api, email: &str) -> Api {
    api.with_token(app.sign_in(email).await.text("access_token"))
}

#[tokio::test]
async fn what_nobody_answers_lapses_after_its_last_day_and_a_week_before_they_are_reminded() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let made = proposed(&deal).await;
    let today = kernel::civil_date(app.clock.now());
    assert_eq!(made.text("lapses_on"), (today + TimeDelta::days(30)).to_string());
    let path = format!("introductions/{}", made.id());
    let accept = format!("{path}/accept");
    deal.cast.enterprise.api.act(&accept).if_match(&made).ok().await;

    let reminders = "events WHERE name = 'introduction.lapsing'";
    app.clock.shift(TimeDelta::days(22));
    assert_eq!(app.run(RemindParticipants).await, 0, "there is time");
    app.clock.shift(TimeDelta::days(1));
    assert_eq!(app.run(RemindParticipants).await, 1);
    assert_eq!(app.run(RemindParticipants).await, 0, "once");
    let awaited = format!(
        "{reminders} AND data -> 'awaited_organisation_ids' = '[\"{}\"]'",
        deal.cast.university.id
    );
    assert_eq!(app.count(&awaited).await, 1, "whoever has accepted is not reminded");

    app.clock.shift(TimeDelta::days(7));
    assert_eq!(app.run(LapseIntroductions).await, 0, "the last day is one");
    app.clock.shift(TimeDelta::days(1));
    let university = again(&app, &deal.cast.university.api, &deal.cast.university.email).await;
    let read = university.get(&path).ok().await;
    assert_eq!(read.text("status"), "proposed", "nobody has noted it yet");
    let late = university.act(&accept).if_match(&read);
    let late = late.refused(409, "invalid_state").await;
    assert!(late.raw.contains("lapsed"), "{}", late.raw);
    assert_eq!(app.run(LapseIntroductions).await, 1);
    assert_eq!(app.run(LapseIntroductions).await, 0);
    let lapsed = university.get(&path).ok().await;
    assert_eq!(lapsed.text("status"), "lapsed");
    assert_eq!(last_step(&lapsed)["what"], "lapsed");
    assert_eq!(last_step(&lapsed)["participant"], Value::Null);
    assert_eq!(app.count("events WHERE name = 'introduction.lapsed'").await, 1);
    assert!(!lapsed.raw.contains("13900000000"), "nobody learns whom to call");

    // They may be introduced again.
    let broker = again(&app, &deal.cast.broker.api, &deal.cast.broker.email).await;
    let form = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "再谈一次" });
    broker.post("introductions", form).ok().await;
}

#[tokio::test]
async fn what_comes_to_nothing_is_closed_with_its_reason_by_whoever_took_part() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let reason = json!({ "reason": "中试条件未谈拢" });
    let made = proposed(&deal).await;
    let path = format!("introductions/{}", made.id());
    let close = format!("{path}/close");
    let too_early = deal.cast.broker.api.post(&close, reason.clone()).if_match(&made);
    too_early.refused(409, "invalid_state").await;
    let accept = format!("{path}/accept");
    let half = deal.cast.enterprise.api.act(&accept).if_match(&made).ok().await;
    let accepted = deal.cast.university.api.act(&accept).if_match(&half).ok().await;
    assert!(accepted.raw.contains("13900000000"));

    let stranger = deal.cast.stranger.api.post(&close, reason.clone()).if_match(&accepted);
    stranger.refused(404, "not_found").await;
    let unsaid = deal.cast.university.api.post(&close, json!({})).if_match(&accepted);
    unsaid.faulty(422, "/reason", "required").await;
    let closed = deal.cast.university.api.post(&close, reason).if_match(&accepted).ok().await;
    assert_eq!((closed.text("status"), closed.text("close_reason")), ("closed", "中试条件未谈拢"));
    assert_eq!(last_step(&closed)["participant"], "offer_side");
    assert!(!closed.raw.contains("13900000000"), "whom to call is no longer shown");
    assert_eq!(app.count("events WHERE name = 'introduction.closed'").await, 1);

    // No contract is made of it any more.
    let mut form = deal.contract_form(None);
    form["introduction_id"] = json!(made.id());
    let draft = deal.cast.university.api.post("contracts", form);
    draft.faulty(422, "/introduction_id", "introduction_not_accepted").await;
    proposed(&deal).await;
}

#[tokio::test]
async fn participants_write_to_each_other_and_nobody_else_reads_it() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let introduction = proposed(&deal).await;
    let path = format!("introductions/{}/messages", introduction.id());
    let auditor = app.staff(&[Role::Auditor]).await;
    let texts = ["请问样品能否先试喷?", "可以,下周寄出。", "我来安排。"];
    let writers = [&deal.cast.enterprise, &deal.cast.university, &deal.cast.broker];
    for (writer, text) in writers.iter().zip(texts) {
        let posted = writer.api.post(&path, json!({ "text": text })).ok().await;
        assert_eq!(posted.text("organisation_id"), writer.id);
    }
    for reader in [&deal.cast.enterprise.api, &deal.cast.university.api, &auditor] {
        let read = reader.get(format!("{path}?count=true")).ok().await;
        let read_texts: Vec<&str> =
            read.items().iter().map(|item| item["text"].as_str().unwrap()).collect();
        assert_eq!(read_texts, [texts[2], texts[1], texts[0]], "newest first");
        assert_eq!(read.body["total"], json!(3));
    }
    let first = deal.cast.broker.api.get(format!("{path}?limit=2")).ok().await;
    let cursor = first.text("next_cursor");
    let rest = deal.cast.broker.api.get(format!("{path}?limit=2&cursor={cursor}")).ok().await;
    assert_eq!(rest.items().len(), 1);

    let text = json!({ "text": "x" });
    deal.cast.stranger.api.get(&path).refused(404, "not_found").await;
    deal.cast.stranger.api.post(&path, text.clone()).refused(404, "not_found").await;
    deal.cast.operator.get(&path).refused(403, "forbidden").await;
    auditor.post(&path, text.clone()).refused(403, "forbidden").await;
    app.anyone.get(&path).refused(401, "unauthenticated").await;
    for wrong in ["", " ", &"长".repeat(4001)] {
        let posted = deal.cast.broker.api.post(&path, json!({ "text": wrong })).send().await;
        assert_eq!(posted.status, 422, "{:#}", posted.body);
    }
    let told = "events WHERE name = 'introduction.message_posted'";
    assert_eq!(app.count(told).await, 3);
    assert_eq!(app.count(&format!("{told} AND data::text LIKE '%样品%'")).await, 0);
    assert_eq!(app.count("audit_entries WHERE facts::text LIKE '%样品%'").await, 0);

    let decline = format!("introductions/{}/decline", introduction.id());
    let declined = deal.cast.university.api.post(&decline, json!({})).if_match(&introduction);
    declined.ok().await;
    deal.cast.broker.api.post(&path, text).refused(409, "invalid_state").await;
    deal.cast.broker.api.get(&path).ok().await;
}
