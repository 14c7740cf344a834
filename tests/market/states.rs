//! Each state × each transition: it works, or it is refused by name and leaves nothing behind.

use serde_json::{Value, json};

use crate::support::{
    api::{Api, Reply},
    app::App,
    cast::Cast,
    deal::{Deal, recognition, result_form},
};

async fn listing_in(state: &str, cast: &Cast) -> Reply {
    let owner = &cast.university.api;
    let made = owner.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", made.id());
    let act = async |api: &Api, verb: &str, body: Value, read: &Reply| {
        api.post(format!("{path}/{verb}"), body).if_match(read).ok().await
    };
    if state == "draft" {
        return made;
    }
    let submitted = act(owner, "submit", json!({}), &made).await;
    match state {
        "submitted" => submitted,
        "returned" => {
            act(&cast.operator, "return", json!({ "reasons": ["请补充"] }), &submitted).await
        }
        "published" => act(&cast.operator, "publish", json!({}), &submitted).await,
        "withdrawn" => {
            let published = act(&cast.operator, "publish", json!({}), &submitted).await;
            act(owner, "withdraw", json!({}), &published).await
        }
        "suspended" => {
            let published = act(&cast.operator, "publish", json!({}), &submitted).await;
            act(&cast.operator, "suspend", json!({ "reason": "权属存疑" }), &published).await
        }
        other => panic!("no listing is {other}"),
    }
}

#[tokio::test]
async fn a_listing_moves_only_along_its_states() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (owner, operator) = (&cast.university.api, &cast.operator);
    let acts: [(&str, &Api, Value, &[&str]); 6] = [
        ("submit", owner, json!({}), &["draft", "returned", "suspended"]),
        ("publish", operator, json!({}), &["submitted", "suspended"]),
        ("return", operator, json!({ "reasons": ["请补充"] }), &["submitted"]),
        ("suspend", operator, json!({ "reason": "权属存疑" }), &["published"]),
        ("renew", owner, json!({}), &["published"]),
        (
            "withdraw",
            owner,
            json!({}),
            &["draft", "returned", "submitted", "published", "suspended"],
        ),
    ];
    for state in ["draft", "submitted", "returned", "published", "withdrawn", "suspended"] {
        for (verb, by, body, from) in &acts {
            let listing = listing_in(state, &cast).await;
            assert_eq!(listing.text("status"), state);
            let ask = by.post(format!("listings/{}/{verb}", listing.id()), body.clone());
            let reply = ask.if_match(&listing).send().await;
            if reply.status == 404 && state == "draft" {
                continue; // an operator does not know of a draft
            }
            if from.contains(&state) {
                assert!(reply.status.is_success(), "{state} {verb}: {:#}", reply.body);
            } else {
                assert_eq!(reply.status, 409, "{state} {verb}: {:#}", reply.body);
                assert_eq!(reply.text("code"), "invalid_state");
                if state == "published" && ["submit", "publish", "return"].contains(verb) {
                    assert!(reply.text("detail").contains("revision"), "{verb}");
                    continue;
                }
                let named = from.iter().filter(|wanted| reply.text("detail").contains(**wanted));
                assert!(named.count() > 0, "{verb}: {}", reply.text("detail"));
                let after = owner.get(format!("listings/{}", listing.id())).ok().await;
                assert_eq!(after.body["version"], listing.body["version"]);
            }
        }
    }
}

async fn contract_in(state: &str, deal: &Deal<'_>, serial: &mut u32) -> Reply {
    let owner = &deal.cast.university.api;
    let draft = owner.post("contracts", deal.contract_form(None)).ok().await;
    let path = format!("contracts/{}", draft.id());
    if state == "draft" {
        return draft;
    }
    let offered = owner.act(format!("{path}/offer")).if_match(&draft).ok().await;
    if state == "offered" {
        return offered;
    }
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    for party in [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker] {
        party.api.post(format!("{path}/sign"), hash.clone()).ok().await;
    }
    let signed = owner.get(&path).ok().await;
    if state == "signed" {
        return signed;
    }
    let applied = owner.act(format!("{path}/recognition/apply")).if_match(&signed).ok().await;
    let (verb, body) = match state {
        "applied" => return applied,
        "supplement_requested" => ("request-supplement", json!({ "what": "发票" })),
        "refused" => ("refuse", json!({ "reasons": [{ "reason": "not_a_technology_contract" }] })),
        "recognised" => {
            *serial += 1;
            ("accept", recognition(&format!("20266301{:08}", *serial)))
        }
        other => panic!("no contract is {other}"),
    };
    let ask = deal.cast.registrar.post(format!("{path}/recognition/{verb}"), body);
    ask.if_match(&applied).ok().await
}

#[tokio::test]
async fn a_contract_moves_only_along_its_states() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let (owner, registrar) = (&deal.cast.university.api, &deal.cast.registrar);
    let paid = json!({ "paid_on": "2026-11-24", "amount_fen": 100, "technology_amount_fen": 100 });
    let reasons = json!({ "reasons": [{ "reason": "not_a_technology_contract" }] });
    let accept = recognition("2026630199999999");
    let signed: &[&str] = &["signed", "applied", "supplement_requested", "refused", "recognised"];
    let acts: [(&str, &Api, Value, &[&str]); 8] = [
        ("offer", owner, json!({}), &["draft"]),
        ("withdraw", owner, json!({}), &["offered"]),
        ("recognition/apply", owner, json!({}), &["signed", "supplement_requested", "refused"]),
        ("recognition/request-supplement", registrar, json!({ "what": "发票" }), &["applied"]),
        ("recognition/refuse", registrar, reasons, &["applied"]),
        ("payments", owner, paid, signed),
        ("recognition/accept", registrar, accept.clone(), &["applied"]),
        ("sign", owner, json!({ "document_sha256": "0".repeat(64) }), &[]),
    ];
    let states =
        ["draft", "offered", "signed", "applied", "supplement_requested", "refused", "recognised"];
    let mut serial = 0;
    for state in states {
        for (verb, by, body, from) in &acts {
            let contract = contract_in(state, &deal, &mut serial).await;
            let path = format!("contracts/{}", contract.id());
            let reply =
                by.post(format!("{path}/{verb}"), body.clone()).if_match(&contract).send().await;
            if from.contains(&state) {
                assert!(reply.status.is_success(), "{state} {verb}: {:#}", reply.body);
            } else {
                let unseen = reply.status == 404; // a registrar does not know of a draft
                assert!(reply.status == 409 || unseen, "{state} {verb}: {:#}", reply.body);
                let after = owner.get(&path).ok().await;
                assert_eq!(after.body["version"], contract.body["version"], "{state} {verb}");
            }
        }
        let contract = contract_in(state, &deal, &mut serial).await;
        let change =
            owner.patch(format!("contracts/{}", contract.id()), json!({ "title": "新题" }));
        let reply = change.if_match(&contract).send().await;
        assert_eq!(reply.status.is_success(), state == "draft", "{state} PATCH: {:#}", reply.body);
    }
}
