//! Contracts: drafted, offered, signed, recognised, paid.

use kernel::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{
    app::App,
    cast::{Org, suspend, verify},
    deal::{Deal, recognition, result_form},
};

#[tokio::test]
async fn a_contract_is_signed_when_every_party_has_signed_its_very_text() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let offered = deal.offered().await;
    assert_eq!(offered.text("status"), "offered");
    let path = format!("contracts/{}", offered.id());
    let document = deal.cast.enterprise.api.get(format!("{path}/document")).ok().await;
    let digest = Sha256::digest(document.raw.as_bytes());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, offered.text("document_sha256"), "the hash is that of the document");
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    let sign = format!("{path}/sign");
    let other = json!({ "document_sha256": "0".repeat(64) });
    let refused = deal.cast.university.api.post(&sign, other).send().await;
    assert!(matches!(refused.status.as_u16(), 409 | 412), "{:#}", refused.body);
    deal.cast.stranger.api.post(&sign, hash.clone()).refused(404, "not_found").await;
    deal.cast.operator.post(&sign, hash.clone()).send().await;
    let one = deal.cast.university.api.post(&sign, hash.clone()).ok().await;
    assert_eq!(one.text("status"), "offered");
    let again = deal.cast.university.api.post(&sign, hash.clone()).send().await;
    assert_eq!(again.status, 409, "{:#}", again.body);
    deal.cast.enterprise.api.post(&sign, hash.clone()).ok().await;
    let all = deal.cast.broker.api.post(&sign, hash).ok().await;
    assert_eq!(all.text("status"), "signed");
}

#[tokio::test]
async fn an_offered_contract_cannot_be_changed_and_a_withdrawn_one_must_be_signed_anew() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let offered = deal.offered().await;
    let path = format!("contracts/{}", offered.id());
    let owner = &deal.cast.university.api;
    let change = json!({ "title": "另一标题" });
    owner.patch(&path, change.clone()).if_match(&offered).refused(409, "invalid_state").await;
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    let signed = owner.post(format!("{path}/sign"), hash.clone()).ok().await;
    let draft = owner.act(format!("{path}/withdraw")).if_match(&signed).ok().await;
    assert_eq!(draft.text("status"), "draft");
    let changed = owner.patch(&path, change).if_match(&draft).ok().await;
    let again = owner.act(format!("{path}/offer")).if_match(&changed).ok().await;
    assert_ne!(again.text("document_sha256"), offered.text("document_sha256"));
    let stale = owner.post(format!("{path}/sign"), hash).send().await;
    assert!(matches!(stale.status.as_u16(), 409 | 412), "{:#}", stale.body);
    let new = json!({ "document_sha256": again.text("document_sha256") });
    let one = owner.post(format!("{path}/sign"), new).ok().await;
    assert_eq!(one.text("status"), "offered", "the earlier signature counts no more");
}

#[tokio::test]
async fn amounts_and_shares_must_add_up() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let editor = &deal.cast.university.api;
    let form = |change: &dyn Fn(&mut Value)| {
        let mut form = deal.contract_form(None);
        change(&mut form);
        form
    };
    for (body, pointer, code) in [
        (
            form(&|f| f["total_amount_fen"] = json!(150_000_001)),
            "/total_amount_fen",
            "amounts_do_not_add_up",
        ),
        (form(&|f| f["parties"][0]["share_bp"] = json!(9999)), "/parties", "shares_do_not_add_up"),
        (
            form(
                &|f| f["parties"][2] = json!({ "role": "seller", "organisation_id": deal.cast.stranger.id, "share_bp": 0 }),
            ),
            "/parties/2/share_bp",
            "share_out_of_range",
        ),
        (form(&|f| f["ends_on"] = json!("2026-11-30")), "/ends_on", "ends_before_start"),
    ] {
        editor.post("contracts", body).faulty(422, pointer, code).await;
    }
    assert_eq!(app.count("contracts").await, 0);
}

#[tokio::test]
async fn a_contract_from_an_introduction_names_it_and_its_sides_fit() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let introduction = deal.introduced().await;
    let mut foreign = deal.contract_form(Some(&introduction));
    foreign["parties"][1]["organisation_id"] = json!(deal.cast.stranger.id);
    let refused = deal.cast.university.api.post("contracts", foreign).send().await;
    assert_eq!(refused.status, 422, "{:#}", refused.body);
    let form = deal.contract_form(Some(&introduction));
    let made = deal.cast.university.api.post("contracts", form).ok().await;
    assert_eq!(made.body["introduction_id"], json!(introduction.id()));
}

#[tokio::test]
async fn a_signed_contract_marks_its_introduction_contracted() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let signed = deal.signed().await;
    let introduction = signed.text("introduction_id");
    let seen = deal.cast.broker.api.get(format!("introductions/{introduction}")).ok().await;
    assert_eq!(seen.text("status"), "contracted");
}

#[tokio::test]
async fn the_registrar_asks_for_more_then_recognises_and_numbers_are_unique() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let applied = deal.applied().await;
    let path = format!("contracts/{}/recognition", applied.id());
    let registrar = &deal.cast.registrar;
    let what = json!({ "what": "请补充发票" });
    let asked =
        registrar.post(format!("{path}/request-supplement"), what).if_match(&applied).ok().await;
    assert_eq!(asked.body["recognition"]["status"], json!("supplement_requested"));
    let accept = registrar.post(format!("{path}/accept"), recognition("2026630100000001"));
    accept.if_match(&asked).refused(409, "invalid_state").await;
    let again = deal.cast.university.api.act(format!("{path}/apply")).if_match(&asked).ok().await;
    let accept = registrar.post(format!("{path}/accept"), recognition("2026630100000001"));
    let recognised = accept.if_match(&again).ok().await;
    assert_eq!(recognised.body["recognition"]["status"], json!("recognised"));
    assert_eq!(recognised.body["recognition"]["registration_number"], json!("2026630100000001"));

    let other = Deal::listed(&app).await.applied().await;
    let path = format!("contracts/{}/recognition/accept", other.id());
    let taken = registrar.post(path, recognition("2026630100000001")).if_match(&other);
    taken.refused(409, "registration_number_taken").await;
}

#[tokio::test]
async fn a_refused_contract_may_be_applied_for_again() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let applied = deal.applied().await;
    let path = format!("contracts/{}/recognition", applied.id());
    let reasons =
        json!({ "reasons": [{ "reason": "not_a_technology_contract", "text": "系一般加工" }] });
    let refuse = deal.cast.registrar.post(format!("{path}/refuse"), reasons);
    let refused = refuse.if_match(&applied).ok().await;
    assert_eq!(refused.body["recognition"]["status"], json!("refused"));
    let again = deal.cast.university.api.act(format!("{path}/apply")).if_match(&refused).ok().await;
    assert_eq!(again.body["recognition"]["status"], json!("applied"));
}

#[tokio::test]
async fn payments_may_not_exceed_the_contract() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let signed = deal.signed().await;
    let path = format!("contracts/{}/payments", signed.id());
    let seller = &deal.cast.university.api;
    let payment = |amount: i64, technology: i64| json!({ "paid_on": "2026-11-24", "amount_fen": amount, "technology_amount_fen": technology });
    let paid = seller.post(&path, payment(90_000_000, 60_000_000)).if_match(&signed).ok().await;
    for (amount, technology) in [(60_000_001, 40_000_000), (60_000_000, 40_000_001), (1, 2)] {
        let refused = seller.post(&path, payment(amount, technology)).if_match(&paid).send().await;
        assert_eq!(refused.status, 422, "{amount} {technology}: {:#}", refused.body);
    }
    deal.cast
        .enterprise
        .api
        .post(&path, payment(1, 1))
        .if_match(&paid)
        .refused(403, "forbidden")
        .await;
    seller.post(&path, payment(60_000_000, 40_000_000)).if_match(&paid).ok().await;
}

#[tokio::test]
async fn strangers_know_nothing_of_a_contract() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let draft = deal.drafted().await;
    let path = format!("contracts/{}", draft.id());
    deal.cast.stranger.api.get(&path).refused(404, "not_found").await;
    app.anyone.get(&path).refused(401, "unauthenticated").await;
    assert!(deal.cast.stranger.api.get("contracts").ok().await.items().is_empty());
    assert_eq!(deal.cast.enterprise.api.get("contracts").ok().await.items().len(), 1);
    let form = deal.contract_form(None);
    let foreign = deal.cast.stranger.api.post("contracts", form).send().await;
    assert_eq!(foreign.status, 403, "{:#}", foreign.body);
}

#[tokio::test]
async fn of_two_contracts_from_one_introduction_only_the_first_is_signed() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let introduction = deal.introduced().await;
    let parties = [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker];
    let mut offered = Vec::new();
    for _ in 0..2 {
        let mut form = deal.contract_form(Some(&introduction));
        form["listing_ids"] = json!([]); // which are dealt once, too
        let draft = parties[0].api.post("contracts", form).ok().await;
        let path = format!("contracts/{}/offer", draft.id());
        offered.push(parties[0].api.act(path).if_match(&draft).ok().await);
    }
    for (contract, last) in offered.iter().zip([200, 409]) {
        let path = format!("contracts/{}/sign", contract.id());
        let hash = json!({ "document_sha256": contract.text("document_sha256") });
        parties[0].api.post(&path, hash.clone()).ok().await;
        parties[1].api.post(&path, hash.clone()).ok().await;
        let reply = parties[2].api.post(&path, hash).send().await;
        assert_eq!(reply.status, last, "{:#}", reply.body);
    }
    assert_eq!(app.count("contracts WHERE status = 'signed'").await, 1);
}

#[tokio::test]
async fn while_a_party_is_suspended_the_last_signature_is_refused() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let offered = deal.offered().await;
    let path = format!("contracts/{}/sign", offered.id());
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    deal.cast.university.api.post(&path, hash.clone()).ok().await;
    suspend(&deal.cast.operator, &deal.cast.university).await;
    let second = deal.cast.enterprise.api.post(&path, hash.clone()).ok().await;
    assert_eq!(second.text("status"), "offered");
    let last = deal.cast.broker.api.post(&path, hash.clone());
    last.refused(409, "organisation_not_verified").await;
    let last = deal.cast.broker.api.in_chinese().post(&path, hash.clone()).send().await;
    assert!(last.body["detail"].as_str().unwrap().contains("已停用:示例单位"), "{:#}", last.body);
    assert_eq!(app.count("contracts WHERE status = 'signed'").await, 0);
    assert_eq!(app.count("contract_signatures").await, 2);

    verify(&deal.cast.operator, &deal.cast.university).await;
    let signed = deal.cast.broker.api.post(&path, hash).ok().await;
    assert_eq!(signed.text("status"), "signed");
}

#[tokio::test]
async fn a_broker_says_whether_it_is_affiliated_and_nobody_else_does() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let editor = &deal.cast.university.api;
    let form = deal.contract_form(None);
    let parties = |change: &dyn Fn(&mut Value)| {
        let mut parties = form["parties"].clone();
        change(&mut parties);
        parties
    };
    let silent = parties(&|parties| {
        parties[2].as_object_mut().unwrap().remove("affiliated");
    });
    let null = parties(&|parties| parties[2]["affiliated"] = json!(null));
    let seller = parties(&|parties| parties[0]["affiliated"] = json!(false));
    let faulty = [
        (silent, "/parties/2/affiliated", "required"),
        (null, "/parties/2/affiliated", "required"),
        (seller, "/parties/0/affiliated", "only_for_brokers"),
    ];
    for (parties, pointer, code) in &faulty {
        let mut form = form.clone();
        form["parties"] = parties.clone();
        editor.post("contracts", form).faulty(422, pointer, code).await;
    }
    let draft = editor.post("contracts", form.clone()).ok().await;
    let path = format!("contracts/{}", draft.id());
    for (parties, pointer, code) in faulty {
        let change = editor.patch(&path, json!({ "parties": parties })).if_match(&draft);
        change.faulty(422, pointer, code).await;
    }
    let related = parties(&|parties| parties[2]["affiliated"] = json!(true));
    let changed = editor.patch(&path, json!({ "parties": related })).if_match(&draft).ok().await;
    assert_eq!(changed.body["parties"][2]["affiliated"], json!(true));
}

/// Art. 6 rewards intermediaries and technology brokers: nobody else is named as a broker.
#[tokio::test]
async fn only_intermediaries_and_technology_brokers_are_brokers() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let editor = &deal.cast.university.api;
    let mut form = deal.contract_form(None);
    form["parties"][2]["organisation_id"] = json!(deal.cast.stranger.id);
    let made = editor.post("contracts", form);
    made.faulty(422, "/parties/2/role", "not_an_intermediary").await;
    let draft = editor.post("contracts", deal.contract_form(None)).ok().await;
    let mut parties = draft.body["parties"].clone();
    for party in parties.as_array_mut().unwrap() {
        let kept = ["role", "organisation_id", "share_bp", "affiliated"];
        party
            .as_object_mut()
            .unwrap()
            .retain(|field, value| kept.contains(&field.as_str()) && !value.is_null());
    }
    parties[2]["organisation_id"] = json!(deal.cast.stranger.id);
    let change = editor.patch(format!("contracts/{}", draft.id()), json!({ "parties": parties }));
    let change = change.if_match(&draft);
    change.faulty(422, "/parties/2/role", "not_an_intermediary").await;
    let individual = app.register("individual_broker", "630103").await;
    let mut form = deal.contract_form(None);
    form["parties"][2]["organisation_id"] = json!(individual.id);
    editor.post("contracts", form).ok().await;
}

/// A transfer of the deal's result to somebody, without a broker.
fn transfer(deal: &Deal<'_>, buyer: &Org, listing: &str) -> Value {
    let mut form = deal.contract_form(None);
    form["type"] = json!("transfer");
    form["listing_ids"] = json!([listing]);
    form["parties"].as_array_mut().unwrap().truncate(2);
    form["parties"][1]["organisation_id"] = json!(buyer.id);
    form
}

#[tokio::test]
async fn what_is_not_on_the_market_is_not_offered_for_signature() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let (seller, buyer) = (&deal.cast.university, &deal.cast.enterprise);
    let refused = async |listing: &str, code: &str| {
        let form = transfer(&deal, buyer, listing);
        let draft = seller.api.post("contracts", form).ok().await;
        let offer = seller.api.act(format!("contracts/{}/offer", draft.id())).if_match(&draft);
        let told = offer.faulty(409, "/listing_ids/0", code).await;
        assert_eq!(told.text("code"), "listing_not_available");
    };
    let draft = seller.api.post("listings", result_form()).ok().await;
    refused(draft.id(), "listing_not_published").await;
    let submit = seller.api.act(format!("listings/{}/submit", draft.id())).if_match(&draft);
    let submitted = submit.ok().await;
    refused(draft.id(), "listing_not_published").await;
    let withdraw = seller.api.act(format!("listings/{}/withdraw", draft.id()));
    withdraw.if_match(&submitted).ok().await;
    refused(draft.id(), "listing_withdrawn").await;

    deal.sign(transfer(&deal, buyer, &deal.result), &[seller, buyer]).await;
    let traded = seller.api.get(format!("listings/{}", deal.result)).ok().await;
    assert_eq!(traded.text("status"), "traded");
    refused(&deal.result, "listing_traded").await;
}

#[tokio::test]
async fn what_one_contract_has_dealt_no_other_completes() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let (seller, buyer, other) =
        (&deal.cast.university, &deal.cast.enterprise, &deal.cast.stranger);
    let second = deal.offer(transfer(&deal, other, &deal.result), seller).await;
    let mut form = transfer(&deal, other, &deal.result);
    form["type"] = json!("licence");
    let licence = deal.offer(form, seller).await;
    deal.sign(transfer(&deal, buyer, &deal.result), &[seller, buyer]).await;
    for late in [second, licence] {
        let path = format!("contracts/{}", late.id());
        let hash = json!({ "document_sha256": late.text("document_sha256") });
        seller.api.post(format!("{path}/sign"), hash.clone()).ok().await;
        let last = other.api.post(format!("{path}/sign"), hash);
        let told = last.refused(409, "listing_not_available").await;
        assert!(told.text("detail").contains(&deal.result), "{:#}", told.body);
        assert_eq!(other.api.get(&path).ok().await.text("status"), "offered");
    }
    assert_eq!(app.count("contracts WHERE status = 'signed'").await, 1);
}

#[tokio::test]
async fn each_text_is_read_by_those_who_were_its_parties() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let owner = &deal.cast.university.api;
    let newcomer = app.register("broker_agency", "630105").await;
    verify(&deal.cast.operator, &newcomer).await;
    let first = deal.offer(deal.contract_form(None), &deal.cast.university).await;
    let path = format!("contracts/{}", first.id());
    let draft = owner.act(format!("{path}/withdraw")).if_match(&first).ok().await;
    let mut parties = deal.contract_form(None)["parties"].clone();
    parties[2]["organisation_id"] = json!(newcomer.id);
    let change = owner.patch(&path, json!({ "parties": parties })).if_match(&draft);
    let changed = change.ok().await;
    owner.act(format!("{path}/offer")).if_match(&changed).ok().await;

    let text = |number: i32| format!("{path}/document?number={number}");
    let document = format!("{path}/document");
    let auditor = app.staff(&[Role::Auditor]).await;
    for reader in [owner, &deal.cast.enterprise.api, &auditor] {
        for (number, broker) in [(1, &deal.cast.broker), (2, &newcomer)] {
            let read = reader.get(text(number)).ok().await;
            assert_eq!(read.body["parties"][2]["organisation_id"], json!(broker.id));
        }
        reader.get(text(3)).refused(404, "no_document").await;
    }
    let left = &deal.cast.broker.api;
    assert_eq!(left.get(text(1)).ok().await.body["document_number"], json!(1));
    for other in [document.clone(), text(2), text(3)] {
        left.get(other).refused(404, "not_found").await;
    }
    newcomer.api.get(document.clone()).ok().await;
    newcomer.api.get(text(2)).ok().await;
    for other in [text(1), text(3)] {
        newcomer.api.get(other).refused(404, "no_document").await;
    }
    for text in [document, text(1), text(3)] {
        deal.cast.stranger.api.get(&text).refused(404, "not_found").await;
        app.anyone.get(&text).refused(401, "unauthenticated").await;
    }
}
