//! Races: whoever comes first wins, everybody else is refused, and nothing is done twice.

use futures::future::join_all;
use serde_json::json;

use crate::support::{
    api::Reply,
    app::App,
    deal::{Deal, publish, recognition, result_form},
};

const ROUNDS: usize = 5;

fn statuses(replies: &[Reply]) -> Vec<u16> {
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    statuses
}

fn exactly_one_won(replies: &[Reply]) {
    let statuses = statuses(replies);
    let won = statuses.iter().filter(|status| **status < 300).count();
    let lost = statuses.iter().filter(|status| matches!(status, 409 | 412)).count();
    assert_eq!((won, won + lost), (1, statuses.len()), "{statuses:?}");
}

#[tokio::test]
async fn one_signatory_at_many_desks_signs_once() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let offered = deal.offered().await;
    let path = format!("contracts/{}/sign", offered.id());
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    let seller = &deal.cast.university.api;
    let replies = join_all((0..32).map(|_| seller.post(&path, hash.clone()).send())).await;
    exactly_one_won(&replies);
    assert_eq!(app.count("contract_signatures").await, 1);
}

#[tokio::test]
async fn all_parties_who_sign_at_once_all_sign_and_the_contract_is_signed_once() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    for _ in 0..ROUNDS {
        let form = deal.contract_form(None);
        let draft = deal.cast.university.api.post("contracts", form).ok().await;
        let path = format!("contracts/{}", draft.id());
        let offer = deal.cast.university.api.act(format!("{path}/offer")).if_match(&draft);
        let offered = offer.ok().await;
        let hash = json!({ "document_sha256": offered.text("document_sha256") });
        let parties = [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker];
        let sign = parties.map(|party| party.api.post(format!("{path}/sign"), hash.clone()).send());
        let replies = join_all(sign).await;
        assert_eq!(statuses(&replies), [200, 200, 200]);
        let signed = deal.cast.university.api.get(&path).ok().await;
        assert_eq!(signed.text("status"), "signed");
        let told =
            format!("events WHERE name = 'contract.signed' AND aggregate_id = '{}'", draft.id());
        assert_eq!(app.count(&told).await, 1);
    }
}

#[tokio::test]
async fn a_result_that_is_transferred_twice_at_once_is_sold_once() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let seller = &deal.cast.university;
    for round in 1..=ROUNDS {
        let result = publish(&deal.cast, seller, result_form()).await;
        let mut sales = Vec::new();
        for buyer in [&deal.cast.enterprise, &deal.cast.stranger] {
            let mut form = deal.contract_form(None);
            form["type"] = json!("transfer");
            form["listing_ids"] = json!([result.id()]);
            form["parties"].as_array_mut().unwrap().truncate(2);
            form["parties"][1]["organisation_id"] = json!(buyer.id);
            let offered = deal.offer(form, seller).await;
            let path = format!("contracts/{}/sign", offered.id());
            let hash = json!({ "document_sha256": offered.text("document_sha256") });
            seller.api.post(&path, hash.clone()).ok().await;
            sales.push((buyer, path, hash));
        }
        let last =
            sales.iter().map(|(buyer, path, hash)| buyer.api.post(path, hash.clone()).send());
        exactly_one_won(&join_all(last).await);
        assert_eq!(app.count("contracts WHERE status = 'signed'").await, round);
        app.settle().await;
        let sold = seller.api.get(format!("listings/{}", result.id())).ok().await;
        assert_eq!(sold.text("status"), "traded");
    }
}

#[tokio::test]
async fn a_contract_is_recognised_once_however_many_try_at_once() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let applied = deal.applied().await;
    let path = format!("contracts/{}/recognition/accept", applied.id());
    let registrar = &deal.cast.registrar;
    let tries = (0..32).map(|n| {
        registrar.post(&path, recognition(&format!("20266301000{n:05}"))).if_match(&applied).send()
    });
    exactly_one_won(&join_all(tries).await);
    app.settle().await;
    assert_eq!(app.count("events WHERE name = 'contract.recognised'").await, 1);
    assert_eq!(app.count("awards WHERE status = 'computed'").await, 2);
}

#[tokio::test]
async fn acceptance_and_refusal_at_once_leave_one_decision() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let applied = deal.applied().await;
    let path = format!("contracts/{}/recognition", applied.id());
    let registrar = &deal.cast.registrar;
    let accept = registrar.post(format!("{path}/accept"), recognition("2026630100000003"));
    let refuse = registrar.post(
        format!("{path}/refuse"),
        json!({ "reasons": [{ "reason": "not_a_technology_contract" }] }),
    );
    let replies =
        join_all([accept.if_match(&applied).send(), refuse.if_match(&applied).send()]).await;
    exactly_one_won(&replies);
}

#[tokio::test]
async fn payments_at_once_never_exceed_the_contract() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let signed = deal.signed().await;
    let path = format!("contracts/{}/payments", signed.id());
    let seller = &deal.cast.university.api;
    let payment = json!({
        "paid_on": "2026-11-24", "amount_fen": 40_000_000, "technology_amount_fen": 40_000_000,
    });
    // Each means the newest version that it can read; together they would pay four times 40 %.
    let pay = async || loop {
        let read = seller.get(format!("contracts/{}", signed.id())).ok().await;
        let reply = seller.post(&path, payment.clone()).if_match(&read).send().await;
        if reply.status != 412 {
            return reply;
        }
    };
    let replies = join_all([pay(), pay(), pay(), pay()]).await;
    let paid = replies.iter().filter(|reply| reply.status.is_success()).count();
    assert_eq!(paid, 2, "{:?}", statuses(&replies));
    let sum = app.number("SELECT sum(technology_amount_fen) FROM contract_payments").await;
    assert_eq!(sum, 80_000_000);
}

#[tokio::test]
async fn two_operators_publish_a_listing_once() {
    let app = App::start().await;
    let cast = crate::support::cast::Cast::of(&app).await;
    let made = cast.university.api.post("listings", crate::support::deal::result_form()).ok().await;
    let path = format!("listings/{}", made.id());
    let submit = cast.university.api.act(format!("{path}/submit")).if_match(&made).ok().await;
    let tries =
        (0..16).map(|_| cast.operator.act(format!("{path}/publish")).if_match(&submit).send());
    exactly_one_won(&join_all(tries).await);
    assert_eq!(app.count("events WHERE name = 'listing.published'").await, 1);
}

#[tokio::test]
async fn one_credit_code_is_registered_once() {
    let app = App::start().await;
    let tries = (0..8).map(|n| {
        let mut form = crate::support::cast::registration(7, "enterprise", "630102");
        form["account"]["email"] = format!("person-{n}@example.cn").into();
        let anyone = app.anyone.clone();
        async move { anyone.post("organisations", form).send().await }
    });
    exactly_one_won(&join_all(tries).await);
    assert_eq!(app.count("organisations WHERE kind = 'enterprise'").await, 1);
}
