//! Matches and introductions.

use serde_json::{Value, json};

use crate::support::{app::App, deal::Deal};

/// The parts of an explanation add up to the score.
fn adds_up(item: &Value) {
    let score = item["score"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&score), "{item:#}");
    let parts: f64 = item["explanation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["weight"].as_f64().unwrap() * part["score"].as_f64().unwrap())
        .sum();
    assert!((parts - score).abs() < 1e-4, "{parts} is not {score}: {item:#}");
    for part in item["explanation"].as_array().unwrap() {
        assert!(!part["detail"].as_str().unwrap().is_empty(), "{part:#}");
    }
}

#[tokio::test]
async fn a_need_finds_the_result_and_the_result_finds_the_need_and_each_says_why() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    for (owner, asked, answer) in [
        (&deal.cast.enterprise, &deal.need, &deal.result),
        (&deal.cast.university, &deal.result, &deal.need),
    ] {
        let matches = owner.api.get(format!("listings/{asked}/matches")).ok().await;
        let best = &matches.items()[0];
        assert_eq!(best["listing"]["id"], json!(answer));
        adds_up(best);
    }
}

#[tokio::test]
async fn a_broker_introduces_two_sides_and_both_accept() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let accepted = deal.introduced().await;
    let seen = deal.cast.university.api.get(format!("introductions/{}", accepted.id())).ok().await;
    assert_eq!(seen.body["broker_id"], json!(deal.cast.broker.id));
    let path = format!("introductions/{}", accepted.id());
    deal.cast.stranger.api.get(&path).refused(404, "not_found").await;
    app.anyone.get(&path).send().await;
    for side in [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker] {
        assert_eq!(side.api.get("introductions").ok().await.items().len(), 1);
    }
    assert!(deal.cast.stranger.api.get("introductions").ok().await.items().is_empty());
}

#[tokio::test]
async fn contacts_open_only_when_both_sides_have_accepted() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let proposal = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "请联系" });
    let made = deal.cast.broker.api.post("introductions", proposal).ok().await;
    assert!(!made.body.to_string().contains("13900000000"));
    let path = format!("introductions/{}/accept", made.id());
    let half = deal.cast.enterprise.api.act(&path).if_match(&made).ok().await;
    assert_eq!(half.text("status"), "proposed");
    assert!(!half.body.to_string().contains("13900000000"));
    let whole = deal.cast.university.api.act(&path).if_match(&half).ok().await;
    assert_eq!(whole.text("status"), "accepted");
    assert!(whole.body.to_string().contains("13900000000"));
}

#[tokio::test]
async fn a_declined_introduction_is_over() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let proposal = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "可否一谈" });
    let made = deal.cast.enterprise.api.post("introductions", proposal.clone()).ok().await;
    deal.cast
        .university
        .api
        .post("introductions", proposal)
        .refused(409, "introduction_exists")
        .await;
    let path = format!("introductions/{}", made.id());
    let body = json!({ "reason": "方向不符" });
    let declined =
        deal.cast.university.api.post(format!("{path}/decline"), body).if_match(&made).ok().await;
    assert_eq!(declined.text("status"), "declined");
    let late = deal.cast.university.api.act(format!("{path}/accept")).if_match(&declined);
    late.refused(409, "invalid_state").await;
}

#[tokio::test]
async fn nobody_is_introduced_to_what_is_not_published_or_to_themselves() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    let form = json!({ "need_id": unknown, "offer_id": deal.result, "message": "x" });
    let refused = deal.cast.broker.api.post("introductions", form).send().await;
    assert_eq!(refused.status, 422, "{:#}", refused.body);
    let swapped = json!({ "need_id": deal.result, "offer_id": deal.need, "message": "x" });
    let refused = deal.cast.broker.api.post("introductions", swapped).send().await;
    assert_eq!(refused.status, 422, "{:#}", refused.body);
    let form = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "x" });
    let refused = deal.cast.stranger.api.post("introductions", form).send().await;
    assert_eq!(refused.status, 403, "{:#}", refused.body);
}
