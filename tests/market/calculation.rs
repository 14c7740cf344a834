//! `calculate_subsidies` over HTTP.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::app::App;

const CALCULATE: &str = "subsidy-calculations";

fn contract() -> Value {
    json!({
        "type": "development",
        "signed_on": "2026-02-01",
        "recognised_on": "2026-03-10",
        "total_amount_fen": 50_000_000,
        "technology_amount_fen": 40_000_000,
        "paid_technology_amount_fen": 40_000_000,
        "related_parties": false,
        "buyers": [{ "funder": "630121", "share_bp": 10000 }],
        "brokers": [{ "share_bp": 10000, "affiliated": false }],
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut contract = contract();
    change(&mut contract);
    json!({ "contract": contract })
}

/// Is every part of `expected` in `found`? Objects may say more, lists may not.
fn differs(expected: &Value, found: &Value, place: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(wanted), Value::Object(given)) => wanted.iter().find_map(|(key, value)| {
            differs(value, given.get(key).unwrap_or(&Value::Null), &format!("{place}/{key}"))
        }),
        (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => wanted
            .iter()
            .zip(given)
            .enumerate()
            .find_map(|(n, (wanted, given))| differs(wanted, given, &format!("{place}/{n}"))),
        _ if expected == found => None,
        _ => Some(format!("{place}: {found} instead of {expected}")),
    }
}

/// The worked cases of the policy's papers, where they are at hand; the product carries its own.
#[tokio::test]
async fn all_worked_cases_come_out_to_the_fen() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/policy/cases.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("SKIPPED LOUDLY: {} is not there; its cases were not tried", file.display());
        return;
    };
    let app = App::start().await;
    let cases: Value = serde_json::from_str(&text).unwrap();
    let mut tried = 0;
    for case in cases["cases"].as_array().unwrap() {
        for call in case["calls"].as_array().into_iter().flatten() {
            let reply = app.anyone.post(CALCULATE, call["request"].clone()).ok().await;
            let difference = differs(&call["expect"], &reply.body, "");
            assert_eq!(difference, None, "{} {}: {:#}", case["id"], case["title"], reply.body);
            for award in reply.body["awards"].as_array().unwrap() {
                explains_itself(award);
            }
            tried += 1;
        }
        tried += described(&app, case).await;
    }
    assert!(tried >= 30, "only {tried} calls were tried");
}

/// Cases described in words of the rule table rather than as literal requests.
async fn described(app: &App, case: &Value) -> usize {
    let (facts, expect) = (&case["facts"], &case["expect"]);
    match facts["instrument"].as_str() {
        Some("pilot_platform") => {
            let request = json!({ "application": { "instrument": "pilot_platform", "facts": {
                "newly_built": true, "rd_investment_fen": facts["prior_year_rd_fen"] } } });
            let reply = app.anyone.post(CALCULATE, request).ok().await;
            let awards = reply.body["awards"].as_array().unwrap();
            let mut sums: Vec<i64> =
                awards.iter().map(|a| a["entitlement_fen"].as_i64().unwrap()).collect();
            sums.resize(3, 0);
            assert_eq!(json!(sums), expect["awards_fen"]);
            1
        }
        Some("income_distribution") => {
            let request = json!({ "application": { "instrument": "income_distribution", "facts": {
                "net_income_fen": facts["net_income_fen"] } } });
            let reply = app.anyone.post(CALCULATE, request).ok().await;
            let distribution = &reply.body["distribution"];
            for sum in ["staff_pool_min_fen", "main_contributors_min_fen", "unit_keeps_max_fen"] {
                assert_eq!(distribution[sum], expect[sum], "{sum}");
            }
            1
        }
        Some("major_project") => {
            let decisions = facts["decisions_fen"].as_array().unwrap();
            for (decided, valid) in decisions.iter().zip(expect["valid"].as_array().unwrap()) {
                let request = json!({ "application": { "instrument": "major_project", "facts": {
                    "decided_amount_fen": decided, "decision_reference": "西科发〔2026〕1号" } } });
                let ask = app.anyone.post(CALCULATE, request);
                if valid == &json!(true) {
                    let reply = ask.ok().await;
                    assert_eq!(&reply.body["awards"][0]["entitlement_fen"], decided);
                } else {
                    let pointer = "/application/facts/decided_amount_fen";
                    ask.faulty(422, pointer, "amount_outside_range").await;
                }
            }
            1
        }
        _ => 0,
    }
}

/// Each step of an award's explanation cites its article and can be checked by hand.
fn explains_itself(award: &Value) {
    let steps = award["explanation"].as_array().unwrap();
    assert!(steps.len() >= 3, "{award:#}");
    for step in steps {
        for field in ["article", "quote", "what", "formula"] {
            let text = step[field].as_str().unwrap_or_else(|| panic!("no {field}: {step:#}"));
            assert!(!text.is_empty(), "empty {field}: {step:#}");
        }
    }
    let funding = award["funding"].as_array().unwrap();
    let sum: i64 = funding.iter().map(|part| part["amount_fen"].as_i64().unwrap()).sum();
    assert_eq!(json!(sum), award["payable_now_fen"]);
}

#[tokio::test]
async fn the_explanation_is_in_the_readers_language_and_its_quotes_are_the_measures_own() {
    let app = App::start().await;
    let english = app.anyone.post(CALCULATE, with(|_| {})).ok().await;
    let chinese = app.anyone.in_chinese().post(CALCULATE, with(|_| {})).ok().await;
    let steps = |reply: &crate::support::api::Reply| {
        reply.body["awards"][0]["explanation"].as_array().unwrap().clone()
    };
    let is_han = |value: &Value| value.as_str().unwrap().chars().any(|c| c >= '\u{4e00}');
    for (english, chinese) in steps(&english).iter().zip(&steps(&chinese)) {
        assert!(!is_han(&english["what"]), "{english:#}");
        assert!(is_han(&chinese["what"]), "{chinese:#}");
        assert!(is_han(&english["quote"]));
        assert_eq!(english["result_fen"], chinese["result_fen"]);
    }
}

#[tokio::test]
async fn bad_input_is_refused_with_the_place_to_mend() {
    let app = App::start().await;
    for (request, status, pointer, code) in [
        (json!({}), 422, "", "exactly_one_of"),
        (
            with(|c| c["buyers"][0]["share_bp"] = json!(9999)),
            422,
            "/contract/buyers",
            "shares_do_not_add_up",
        ),
        (
            with(|c| c["brokers"][0]["share_bp"] = json!(1)),
            422,
            "/contract/brokers",
            "shares_do_not_add_up",
        ),
        (
            with(|c| c["technology_amount_fen"] = json!(50_000_001)),
            422,
            "/contract/technology_amount_fen",
            "technology_above_total",
        ),
        (
            with(|c| c["technology_amount_fen"] = json!(0)),
            422,
            "/contract/technology_amount_fen",
            "amount_out_of_range",
        ),
        (
            with(|c| c["buyers"][0]["funder"] = json!("somewhere")),
            422,
            "/contract/buyers/0/funder",
            "region_malformed",
        ),
        (
            with(|c| c["recognised_on"] = json!("2026-01-31")),
            422,
            "/contract/recognised_on",
            "recognised_before_signed",
        ),
        (
            with(|c| c["total_amount_fen"] = json!(1.5)),
            400,
            "/contract/total_amount_fen",
            "wrong_type",
        ),
        (
            with(|c| c["total_amount_fen"] = json!("50000000")),
            400,
            "/contract/total_amount_fen",
            "wrong_type",
        ),
        (
            with(|c| c["total_amount_fen"] = json!(-1)),
            422,
            "/contract/total_amount_fen",
            "amount_out_of_range",
        ),
        (with(|c| c["colour"] = json!("red")), 400, "/contract/colour", "unknown_field"),
        (with(|c| c["type"] = json!("gift")), 422, "/contract/type", "unknown_value"),
        (with(|c| c["signed_on"] = json!("2026-02-30")), 422, "/contract/signed_on", "no_date"),
        (with(|c| c["buyers"] = json!([])), 422, "/contract/buyers", "count_out_of_range"),
    ] {
        app.anyone.post(CALCULATE, request).faulty(status, pointer, code).await;
    }
}

#[tokio::test]
async fn the_facts_of_an_application_are_read_as_strictly_as_the_rest() {
    let app = App::start().await;
    let asked = |facts: &str| {
        let instrument = r#""instrument": "income_distribution""#;
        let body = format!(r#"{{ "application": {{ {instrument}, "facts": {facts} }} }}"#);
        app.anyone.ask(reqwest::Method::POST, CALCULATE).raw(body)
    };
    asked(r#"{ "net_income_fen": 10001 }"#).ok().await;
    for (facts, status, pointer, code) in [
        (
            r#"{ "net_income_fen": 1, "net_income_fen": 2 }"#,
            400,
            "/application/facts/net_income_fen",
            "duplicate_field",
        ),
        (r#"{ "net_income_fen": 1, "x": 2 }"#, 400, "/application/facts/x", "unknown_field"),
        (r#"{ "net_income_fen": "1" }"#, 400, "/application/facts/net_income_fen", "wrong_type"),
        ("{}", 422, "/application/facts/net_income_fen", "required"),
        ("[1]", 400, "/application/facts", "wrong_type"),
        ("null", 400, "/application/facts", "wrong_type"),
    ] {
        asked(facts).faulty(status, pointer, code).await;
    }
}

#[tokio::test]
async fn reasons_come_in_the_order_of_the_rule_table() {
    let app = App::start().await;
    let everything_wrong = |c: &mut Value| {
        c["type"] = json!("service");
        c["recognised_on"] = json!(null);
        c["related_parties"] = json!(true);
        c["buyers"][0]["funder"] = json!("110108");
    };
    let mut request = with(everything_wrong);
    for (reason, mend) in [
        ("type_not_covered", ("type", json!("transfer"))),
        ("not_recognised", ("recognised_on", json!("2026-03-10"))),
        ("related_parties", ("related_parties", json!(false))),
        ("buyer_outside_territory", ("buyers", contract()["buyers"].clone())),
    ] {
        let reply = app.anyone.post(CALCULATE, request.clone()).ok().await;
        assert_eq!(reply.text("not_awarded_reason"), reason);
        assert_eq!(reply.body["awards"], json!([]));
        request["contract"][mend.0] = mend.1;
    }
    let reply = app.anyone.post(CALCULATE, request).ok().await;
    assert_eq!(reply.body["awards"].as_array().unwrap().len(), 2);
    assert!(reply.body.get("not_awarded_reason").is_none_or(Value::is_null));
}

#[tokio::test]
async fn an_affiliated_brokers_part_lapses_and_the_others_keep_theirs() {
    let app = App::start().await;
    let request = with(|c| {
        c["brokers"] = json!([
            { "share_bp": 5000, "affiliated": true },
            { "share_bp": 5000, "affiliated": false },
        ]);
    });
    let reply = app.anyone.post(CALCULATE, request).ok().await;
    let awards = reply.body["awards"].as_array().unwrap();
    let brokers: Vec<_> = awards.iter().filter(|a| a["rule"] == "art6-broker").collect();
    assert_eq!(brokers.len(), 1);
    assert_eq!(brokers[0]["beneficiary"], json!({ "role": "broker", "index": 1 }));
    assert_eq!(brokers[0]["entitlement_fen"], json!(200_000));
    let missed = reply.body["not_awarded"].as_array().unwrap();
    assert!(missed.iter().any(|m| m["reason"] == "broker_affiliated"), "{missed:?}");
}

#[tokio::test]
async fn the_policy_can_be_named_and_read() {
    let app = App::start().await;
    let policies = app.anyone.get("policies").ok().await;
    let id = policies.items()[0]["id"].as_str().unwrap().to_owned();
    app.anyone.get(format!("policies/{id}")).ok().await;
    let mut request = with(|_| {});
    request["policy"] = json!(id);
    let reply = app.anyone.post(CALCULATE, request.clone()).ok().await;
    assert_eq!(reply.body["policy"]["id"], json!(id));
    request["policy"] = json!("no-such-policy");
    app.anyone.post(CALCULATE, request).faulty(422, "/policy", "unknown_policy").await;
}
