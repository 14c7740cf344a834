//! Awards: projected at signing, computed at recognition, payable as the contract is paid.

use kernel::Role;
use serde_json::{Value, json};

use crate::support::{
    api::Reply,
    app::App,
    cast::verify,
    cluster,
    deal::{Deal, recognition},
};

fn award<'a>(list: &'a Reply, rule: &str, status: &str) -> &'a Value {
    let found = list.items().iter().find(|a| a["rule"] == rule && a["status"] == status);
    found.unwrap_or_else(|| panic!("no {status} {rule} in {:#}", list.body))
}

#[tokio::test]
async fn signing_projects_what_recognition_would_bring() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    deal.signed().await;
    let buyer = deal.cast.enterprise.api.get("awards").ok().await;
    let projected = award(&buyer, "art6-buyer", "projected");
    assert_eq!(projected["entitlement_fen"], json!(3_000_000));
    assert_eq!(projected["payable_fen"], json!(0));
    let broker = deal.cast.broker.api.get("awards").ok().await;
    assert_eq!(award(&broker, "art6-broker", "projected")["entitlement_fen"], json!(1_000_000));
    assert!(deal.cast.stranger.api.get("awards").ok().await.items().is_empty());
    assert!(deal.cast.university.api.get("awards").ok().await.items().is_empty());
}

#[tokio::test]
async fn recognition_replaces_the_projection_by_an_explained_award() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    deal.recognised().await;
    let list = deal.cast.enterprise.api.get("awards?status=computed").ok().await;
    let id = award(&list, "art6-buyer", "computed")["id"].as_str().unwrap().to_owned();
    assert!(deal.cast.enterprise.api.get("awards?status=projected").ok().await.items().is_empty());
    let computed = deal.cast.enterprise.api.get(format!("awards/{id}")).ok().await;
    assert_eq!(computed.fen("entitlement_fen"), 3_000_000);
    assert_eq!(computed.fen("payable_fen"), 0);
    assert_eq!(computed.fen("paid_fen"), 0);
    let steps = computed.body["explanation"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["article"].is_string() && step["quote"].is_string()));
    for stranger in [&deal.cast.stranger.api, &deal.cast.university.api, &deal.cast.broker.api] {
        stranger.get(format!("awards/{id}")).refused(404, "not_found").await;
    }
}

/// A transfer of this sub-type, signed and applied for; the registrar is about to decide.
async fn transfer_applied_for(deal: &Deal<'_>, subtype: Option<&str>) -> Reply {
    let mut form = deal.contract_form(None);
    form["type"] = json!("transfer");
    form["subtype"] = json!(subtype);
    let parties = [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker];
    let signed = deal.sign(form, &parties).await;
    let apply = format!("contracts/{}/recognition/apply", signed.id());
    deal.cast.university.api.act(apply).if_match(&signed).ok().await
}

#[tokio::test]
async fn technology_taken_as_equity_brings_nothing_also_if_the_registrar_leaves_the_subtype_out() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let applied = transfer_applied_for(&deal, Some("technology_as_equity")).await;
    let mut decision = recognition("2026630100000001");
    decision["type"] = json!("transfer");
    let accept = format!("contracts/{}/recognition/accept", applied.id());
    let recognised =
        deal.cast.registrar.post(&accept, decision.clone()).if_match(&applied).ok().await;
    assert_eq!(recognised.body["recognition"]["subtype"], "technology_as_equity");
    app.settle().await;
    assert_eq!(app.count("awards WHERE status <> 'cancelled'").await, 0);
    let path = format!("contracts/{}/subsidy-assessment", applied.id());
    let told = deal.cast.enterprise.api.get(path).ok().await;
    assert!(told.raw.contains("needs_manual_decision"), "{:#}", told.body);

    // Nobody leaves open whether a transfer is that.
    let open = transfer_applied_for(&deal, None).await;
    decision["registration_number"] = json!("2026630100000002");
    let accept = format!("contracts/{}/recognition/accept", open.id());
    let decide = deal.cast.registrar.post(&accept, decision.clone()).if_match(&open);
    decide.faulty(422, "/subtype", "subtype_missing").await;
    decision["subtype"] = json!("patent_right_transfer");
    deal.cast.registrar.post(&accept, decision).if_match(&open).ok().await;
    app.settle().await;
    assert_eq!(app.count("awards WHERE status = 'computed'").await, 2);
}

#[tokio::test]
async fn a_projection_never_stands_beside_the_award_that_replaced_it() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    deal.recognised().await;
    let replaced = "awards o JOIN awards n ON n.id = o.replaced_by
        WHERE o.status = 'cancelled' AND n.status = 'computed' AND n.rule = o.rule";
    assert_eq!(app.count(replaced).await, 2);
    let sql = cluster::connect(&app.url).await;
    let again = "INSERT INTO awards SELECT (jsonb_populate_record(a,
        jsonb_build_object('id', gen_random_uuid(), 'status', 'projected'))).* FROM awards a
        WHERE status = 'computed' AND rule = 'art6-buyer'";
    let refused = sql.execute(again, &[]).await.unwrap_err();
    let constraint = refused.as_db_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("awards_standing"), "{refused:?}");
}

#[tokio::test]
async fn what_is_payable_grows_with_what_is_paid_and_the_funders_halves_with_it() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let recognised = deal.recognised().await;
    let path = format!("contracts/{}/payments", recognised.id());
    let payment = |fen: i64| json!({ "paid_on": "2026-11-24", "amount_fen": fen, "technology_amount_fen": fen });
    let mut read = recognised;
    for (paid, payable, city) in
        [(40_000_001, 1_200_000, 600_000), (59_999_999, 3_000_000, 1_500_000)]
    {
        read = deal.cast.university.api.post(&path, payment(paid)).if_match(&read).ok().await;
        app.settle().await;
        let list = deal.cast.enterprise.api.get("awards?status=computed").ok().await;
        let id = award(&list, "art6-buyer", "computed")["id"].as_str().unwrap();
        let award = deal.cast.enterprise.api.get(format!("awards/{id}")).ok().await;
        assert_eq!(award.fen("payable_fen"), payable);
        assert_eq!(award.body["funding"][0], json!({ "funder": "630100", "amount_fen": city }));
        assert_eq!(award.body["funding"][1]["funder"], json!("630102"));
    }
}

#[tokio::test]
async fn nobody_in_particular_does_not_learn_what_there_is() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let recognised = deal.recognised().await;
    let awards = deal.cast.enterprise.api.get("awards").ok().await;
    let award = awards.items()[0]["id"].as_str().unwrap().to_owned();
    let unknown = "00000000-0000-7000-8000-000000000000".to_owned();
    for id in [award, unknown.clone()] {
        app.anyone.get(format!("awards/{id}")).refused(401, "unauthenticated").await;
    }
    for id in [recognised.id().to_owned(), unknown] {
        let path = format!("contracts/{id}/subsidy-assessment");
        app.anyone.get(path).refused(401, "unauthenticated").await;
    }
}

#[tokio::test]
async fn an_award_remembers_what_it_was_at_each_assessment() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let mut read = deal.recognised().await;
    let path = format!("contracts/{}/payments", read.id());
    for (fen, technology) in [(10_000_000, 10_000_000), (5_000_000, 0), (90_000_000, 90_000_000)] {
        let payment = json!({ "paid_on": "2026-11-24", "amount_fen": fen,
                              "technology_amount_fen": technology });
        read = deal.cast.university.api.post(&path, payment).if_match(&read).ok().await;
        app.settle().await;
    }
    let list = deal.cast.enterprise.api.get("awards").ok().await;
    let id = award(&list, "art6-buyer", "computed")["id"].as_str().unwrap();
    let whole = deal.cast.enterprise.api.get(format!("awards/{id}")).ok().await;
    let history: Vec<_> = whole.body["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| (at["kind"].as_str().unwrap(), at["payable_fen"].as_i64().unwrap()))
        .collect();
    let expected = [
        ("projected", 0),
        ("computed", 0),
        ("computed", 300_000),
        ("computed", 300_000),
        ("computed", 3_000_000),
    ];
    assert_eq!(history, expected);
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused() {
    let app = App::start().await;
    let auditor = app.staff(&[Role::Auditor]).await;
    let long = "x".repeat(101);
    for (rule, code) in
        [("%00", "control_character"), ("", "text_empty"), (long.as_str(), "text_too_long")]
    {
        auditor.get(format!("awards?rule={rule}")).faulty(422, "?rule", code).await;
    }
    assert!(auditor.get("awards?rule=elsewhere").ok().await.items().is_empty());
}

#[tokio::test]
async fn an_event_that_comes_twice_changes_nothing() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    deal.recognised().await;
    let before = deal.cast.enterprise.api.get("awards").ok().await;
    app.redeliver_all().await;
    app.settle().await;
    let after = deal.cast.enterprise.api.get("awards").ok().await;
    assert_eq!(before.body, after.body);
    assert_eq!(app.count("awards WHERE status = 'computed'").await, 2);
}

/// It follows from the terms that all have signed; an award itself is its beneficiary's.
#[tokio::test]
async fn every_party_sees_the_whole_assessment_and_only_its_own_awards() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let recognised = deal.recognised().await;
    let path = format!("contracts/{}/subsidy-assessment", recognised.id());
    for (party, own) in
        [(&deal.cast.university, 0), (&deal.cast.enterprise, 1), (&deal.cast.broker, 1)]
    {
        let seen = party.api.get(&path).ok().await;
        assert_eq!(seen.body["calculation"]["awards"].as_array().unwrap().len(), 2);
        let awards = party.api.get("awards").ok().await;
        assert_eq!(awards.items().len(), own);
        assert!(awards.items().iter().all(|award| award["beneficiary_id"] == json!(party.id)));
    }
}

#[tokio::test]
async fn where_nothing_is_due_the_parties_are_told_why() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let mut form = deal.contract_form(None);
    form["related_parties"] = json!(true);
    let draft = deal.cast.university.api.post("contracts", form).ok().await;
    let path = format!("contracts/{}", draft.id());
    let offer = deal.cast.university.api.act(format!("{path}/offer")).if_match(&draft).ok().await;
    let hash = json!({ "document_sha256": offer.text("document_sha256") });
    for party in [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker] {
        party.api.post(format!("{path}/sign"), hash.clone()).ok().await;
    }
    app.settle().await;
    assert!(deal.cast.enterprise.api.get("awards").ok().await.items().is_empty());
    let told = deal.cast.enterprise.api.get(format!("{path}/subsidy-assessment")).ok().await;
    assert!(told.body.to_string().contains("related_parties"), "{:#}", told.body);
    let stranger = deal.cast.stranger.api.get(format!("{path}/subsidy-assessment"));
    stranger.refused(404, "not_found").await;
}

/// A19: buyers are legal persons other than state organs.
#[tokio::test]
async fn a_natural_person_who_buys_gets_no_award_and_is_told_why() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let person = app.register("individual_broker", "630102").await;
    verify(&deal.cast.operator, &person).await;
    let mut form = deal.contract_form(None);
    form["parties"][1]["organisation_id"] = json!(person.id);
    let cast = &deal.cast;
    let signed = deal.sign(form, &[&cast.university, &person, &cast.broker]).await;
    assert!(person.api.get("awards").ok().await.items().is_empty());
    let path = format!("contracts/{}/subsidy-assessment", signed.id());
    let told = person.api.get(path).ok().await;
    let calculation = &told.body["calculation"];
    assert_eq!(calculation["not_awarded_reason"], json!("buyer_not_eligible"), "{:#}", told.body);
}

/// Three share: the largest remainder of a larger sum would take a fen back from the third.
#[tokio::test]
async fn a_fen_that_was_payable_is_never_taken_back() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let mut form = deal.contract_form(None);
    form["total_amount_fen"] = json!(10_000);
    form["technology_amount_fen"] = json!(10_000);
    form["non_technology_items"] = json!([]);
    form["parties"].as_array_mut().unwrap().truncate(2);
    let mut parties = vec![deal.cast.university.clone(), deal.cast.enterprise.clone()];
    for share in [4286, 4286, 1428] {
        let broker = app.register("broker_agency", "630103").await;
        verify(&deal.cast.operator, &broker).await;
        form["parties"].as_array_mut().unwrap().push(json!({
            "role": "broker", "organisation_id": broker.id, "share_bp": share, "affiliated": false,
        }));
        parties.push(broker);
    }
    let signed = deal.sign(form, &parties.iter().collect::<Vec<_>>()).await;
    let path = format!("contracts/{}", signed.id());
    let seller = &deal.cast.university.api;
    let applied = seller.act(format!("{path}/recognition/apply")).if_match(&signed).ok().await;
    let mut decision = recognition("2026630100000001");
    decision["technology_amount_fen"] = json!(10_000);
    let accept = deal.cast.registrar.post(format!("{path}/recognition/accept"), decision);
    let mut read = accept.if_match(&applied).ok().await;
    for (paid, payable) in [(1_000, [4, 4, 2]), (100, [5, 4, 2]), (8_900, [43, 43, 14])] {
        let payment = json!({ "paid_on": "2026-11-24", "amount_fen": paid,
                              "technology_amount_fen": paid });
        let record = seller.post(format!("{path}/payments"), payment).if_match(&read);
        read = record.ok().await;
        app.settle().await;
        let told = seller.get(format!("{path}/subsidy-assessment")).ok().await;
        let sums: Vec<i64> = told.body["calculation"]["awards"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|award| award["rule"] == "art6-broker")
            .map(|award| award["payable_now_fen"].as_i64().unwrap())
            .collect();
        assert_eq!(sums, payable);
        for (broker, payable) in parties[2..].iter().zip(payable) {
            let list = broker.api.get("awards").ok().await;
            assert_eq!(award(&list, "art6-broker", "computed")["payable_fen"], json!(payable));
        }
    }
}
