//! Matches and introductions.

use serde_json::{Value, json};

use crate::support::{
    api::Reply,
    app::App,
    cast::{suspend, verify},
    deal::{Deal, result_form},
};

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

/// The ids of what matches.
fn matched(reply: &Reply) -> Vec<&str> {
    reply.items().iter().map(|item| item["listing"]["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_a_suspended_organisation_lists_matches_nothing_until_it_is_verified_again() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let (university, operator) = (&deal.cast.university, &deal.cast.operator);
    let reader = &deal.cast.enterprise.api;
    let made = university.api.post("listings", result_form()).ok().await;
    let later = format!("listings/{}", made.id());
    let submitted = university.api.act(format!("{later}/submit")).if_match(&made).ok().await;
    let matches = format!("listings/{}/matches?count=true", deal.need);
    assert_eq!(matched(&reader.get(&matches).ok().await), [&deal.result]);

    suspend(operator, university).await;
    app.settle().await;
    operator.act(format!("{later}/publish")).if_match(&submitted).ok().await;
    app.settle().await;
    for _ in 0..2 {
        let nothing = reader.get(&matches).ok().await;
        assert!(nothing.items().is_empty(), "{:#}", nothing.body);
        assert_eq!(nothing.body["total"], json!(0));
        let own = format!("listings/{}/matches", deal.result);
        reader.get(own).refused(404, "not_found").await;
        app.redeliver_all().await;
        app.settle().await;
    }

    verify(operator, university).await;
    app.settle().await;
    let both = reader.get(&matches).ok().await;
    let mut expected = [deal.result.as_str(), made.id()];
    let mut found = matched(&both);
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    reader.get(format!("listings/{}/matches", deal.result)).ok().await;
}

#[tokio::test]
async fn a_suspended_organisation_is_introduced_to_nobody() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let (operator, enterprise) = (&deal.cast.operator, &deal.cast.enterprise.api);
    let form = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "可否一谈" });
    let with_broker = {
        let mut form = form.clone();
        form["broker_id"] = json!(deal.cast.broker.id);
        form
    };

    // At once, before anybody has reacted.
    suspend(operator, &deal.cast.university).await;
    for proposer in [enterprise, &deal.cast.broker.api] {
        let proposal = proposer.post("introductions", form.clone());
        proposal.faulty(422, "/offer_id", "no_open_offer").await;
    }
    verify(operator, &deal.cast.university).await;
    suspend(operator, &deal.cast.broker).await;
    let proposal = enterprise.post("introductions", with_broker.clone());
    proposal.faulty(422, "/broker_id", "unknown_broker").await;
    deal.cast.broker.api.post("introductions", form).refused(401, "rights_changed").await;
    assert_eq!(app.count("introductions").await, 0);

    verify(operator, &deal.cast.broker).await;
    app.settle().await;
    enterprise.post("introductions", with_broker).ok().await;
}

#[tokio::test]
async fn nobody_accepts_an_introduction_to_a_suspended_organisation() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let proposal = json!({ "need_id": deal.need, "offer_id": deal.result, "message": "可否一谈" });
    let made = deal.cast.university.api.post("introductions", proposal).ok().await;
    suspend(&deal.cast.operator, &deal.cast.university).await;
    let path = format!("introductions/{}/accept", made.id());
    let accept = deal.cast.enterprise.api.act(&path).if_match(&made);
    accept.refused(409, "participant_not_verified").await;
    verify(&deal.cast.operator, &deal.cast.university).await;
    let accepted = deal.cast.enterprise.api.act(&path).if_match(&made).ok().await;
    assert_eq!(accepted.text("status"), "accepted");
}
