//! Who may do what: the whole matrix, as written and as served.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use kernel::{ActLine, Actor, Caller, Id, Relation, Role, RoleSet};
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Reply},
    app::App,
    deal::{Deal, need_form, publish, recognition, result_form},
    sheets::{bring_in, csv},
};

fn lines() -> Vec<&'static ActLine> {
    let mut lines: Vec<&ActLine> = server::access::tables().into_iter().flatten().collect();
    lines.sort_by_key(|line| line.operation);
    lines
}

fn person(roles: RoleSet) -> Caller {
    Caller::SignedIn(Actor {
        account: Id::from_parts(1, &[1; 10]),
        organisation: Id::from_parts(1, &[2; 10]),
        roles,
        session: Id::from_parts(1, &[3; 10]),
        rights_version: 1,
    })
}

/// Every role × act × relation.
fn matrix() -> String {
    let mut text = String::from(
        "Who may do what. One block for each act; a line for each caller who may, with the relations\n\
         to the thing in which they may. Whoever has no line may not. Made by tests/market/access.rs.\n",
    );
    let callers: Vec<(&str, Caller)> =
        [("anyone", Caller::Anyone), ("no role", person(RoleSet::EMPTY))]
            .into_iter()
            .chain(Role::ALL.iter().map(|role| (role.as_str(), person(RoleSet::EMPTY.with(*role)))))
            .collect();
    for line in lines() {
        writeln!(text, "\n{}", line.operation).unwrap();
        for (name, caller) in &callers {
            let may: Vec<&str> = Relation::ALL
                .iter()
                .filter(|relation| line.allows(caller, &[**relation]))
                .map(|relation| relation.as_str())
                .collect();
            let may = match may.len() {
                0 => continue,
                n if n == Relation::ALL.len() => "any".to_owned(),
                _ => may.join(" "),
            };
            writeln!(text, "    {name:<17} {may}").unwrap();
        }
    }
    text
}

#[test]
fn the_permission_matrix_is_the_golden_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/access.txt");
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let matrix = matrix();
    if golden != matrix {
        let written = path.with_extension("txt.new");
        std::fs::write(&written, &matrix).unwrap();
        panic!(
            "the permission matrix has changed. If that is meant, look at the difference and \
             mv {} {}",
            written.display(),
            path.display()
        );
    }
}

#[test]
fn an_administrator_has_no_business_power() {
    let admin = person(RoleSet::EMPTY.with(Role::Admin));
    let business = ["sign_contract", "recognise_contract", "publish_listing", "record_payment"];
    for line in lines().iter().filter(|line| business.contains(&line.operation)) {
        assert!(!line.allows(&admin, Relation::ALL), "{}", line.operation);
    }
}

#[test]
fn an_auditor_changes_nothing() {
    let auditor = person(RoleSet::EMPTY.with(Role::Auditor));
    let reads = |operation: &str| {
        operation.starts_with("get_")
            || operation.starts_with("list_")
            || operation.starts_with("search_")
            || operation.starts_with("download_")
            || operation.starts_with("propose_")
    };
    let own = [
        "change_password",
        "end_session",
        "follow_listing",
        "unfollow_listing",
        "save_search",
        "remove_saved_search",
    ];
    for line in
        lines().iter().filter(|line| !reads(line.operation) && !own.contains(&line.operation))
    {
        let anyone = line.allows(&Caller::Anyone, &[Relation::Stranger]);
        assert!(anyone || !line.allows(&auditor, &[Relation::Stranger]), "{}", line.operation);
    }
}

/// The things that operations are tried on; all belong to the deal's university.
async fn things(deal: &Deal<'_>) -> BTreeMap<&'static str, String> {
    let draft = deal.cast.university.api.post("listings", result_form()).ok().await;
    let import = bring_in(&deal.cast.university.api, "a.csv", &csv(&[]), "valid_rows").ok().await;
    // The deal takes its own need off the market.
    let offer = publish(&deal.cast, &deal.cast.university, result_form()).await;
    let need = publish(&deal.cast, &deal.cast.enterprise, need_form()).await;
    let recognised = deal.recognised().await;
    let awards = deal.cast.enterprise.api.get("awards").ok().await;
    BTreeMap::from([
        ("listings", draft.id().to_owned()),
        ("listing-imports", import.id().to_owned()),
        ("introductions", recognised.text("introduction_id").to_owned()),
        ("contracts", recognised.id().to_owned()),
        ("awards", awards.items()[0]["id"].as_str().unwrap().to_owned()),
        ("organisations", deal.cast.university.id.clone()),
        ("need", need.id().to_owned()),
        ("offer", offer.id().to_owned()),
    ])
}

fn body_of(operation: &str, things: &BTreeMap<&'static str, String>, deal: &Deal<'_>) -> Value {
    match operation {
        "create_listing" | "put_listing_by_reference" => need_form(),
        "bulk_put_listings" => {
            json!({ "items": [{ "reference": "x", "listing": need_form() }] })
        }
        "create_introduction" => {
            json!({ "need_id": things["need"], "offer_id": things["offer"], "message": "x" })
        }
        "create_contract" => deal.contract_form(None),
        "update_listing" | "update_contract" => json!({ "title": "x" }),
        "return_listing" => json!({ "reasons": ["x"] }),
        "put_protected_description" => json!({ "description": "x" }),
        "request_disclosure" => json!({ "purpose": "x" }),
        "refuse_disclosure" | "revoke_disclosure" => json!({ "reason": "x" }),
        "propose_listing_fields" => json!({ "title": "x", "abstract": "x" }),
        "put_showcase" => json!({ "short_name": "qhu" }),
        "suspend_listing" => json!({ "reason": "x" }),
        "close_introduction" => json!({ "reason": "x" }),
        "post_introduction_message" => json!({ "text": "x" }),
        "request_supplement" => json!({ "what": "x" }),
        "recognise_contract" => recognition("2026630100000077"),
        "refuse_recognition" => json!({ "reasons": [{ "reason": "not_a_technology_contract" }] }),
        "record_payment" => {
            json!({ "paid_on": "2026-11-24", "amount_fen": 1, "technology_amount_fen": 1 })
        }
        "suspend_organisation" => json!({ "reason": "x" }),
        "sign_contract" => json!({ "document_sha256": "0".repeat(64) }),
        _ => json!({}),
    }
}

async fn attempt(
    api: &Api,
    (method, path, operation): &(String, String, String),
    things: &BTreeMap<&'static str, String>,
    deal: &Deal<'_>,
) -> Reply {
    let mut asked = path.clone();
    while let Some((from, to)) = asked.find('{').zip(asked.find('}')) {
        let collection = asked[..from].trim_end_matches('/').rsplit('/').next().unwrap();
        let unknown = "00000000-0000-7000-8000-000000000000".to_owned();
        let id = things.get(collection).cloned().unwrap_or(unknown);
        asked.replace_range(from..=to, &id);
    }
    let ask = api.ask(method.to_uppercase().parse().unwrap(), asked).header("if-match", "\"v999\"");
    if method == "get" {
        ask.send().await
    } else {
        ask.json(body_of(operation, things, deal)).send().await
    }
}

fn described() -> Vec<(String, String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/market.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if path.starts_with("/api/v1") && operation.is_object() {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                found.push((method.clone(), path.clone(), id));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_operation_has_a_line_in_the_matrix_and_every_line_an_operation() {
    let described: Vec<String> = described().into_iter().map(|(_, _, id)| id).collect();
    let lines: Vec<&str> = lines().iter().map(|line| line.operation).collect();
    for operation in &described {
        assert!(lines.contains(&operation.as_str()), "{operation} has no line in access.rs");
    }
    // `get_organisation.whole` is a part of an operation: what more some see of its answer.
    for line in lines.iter().map(|line| line.split('.').next().unwrap()) {
        let is_described = described.iter().any(|operation| operation == line);
        assert!(is_described || line == "get_keys", "{line} is no operation");
    }
}

#[tokio::test]
async fn whoever_the_matrix_does_not_name_is_turned_away() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let things = things(&deal).await;
    let lines: BTreeMap<&str, &ActLine> = lines().into_iter().map(|l| (l.operation, l)).collect();
    let mut people = vec![(
        "stranger",
        person([Role::OrgAdmin, Role::Editor, Role::Signatory].into_iter().collect()),
        deal.cast.stranger.api.clone(),
    )];
    for role in Role::ALL.iter().filter(|role| role.is_staff()) {
        let api = app.staff(&[*role]).await;
        people.push((role.as_str(), person(RoleSet::EMPTY.with(*role)), api));
    }
    for operation in described() {
        let line = lines[operation.2.as_str()];
        let nobody = attempt(&app.anyone, &operation, &things, &deal).await;
        if !line.allows(&Caller::Anyone, &[Relation::Stranger]) {
            assert_eq!(nobody.status, 401, "nobody {operation:?}: {:#}", nobody.body);
        }
        if matches!(operation.2.as_str(), "end_session" | "change_password") {
            continue; // on one's own account, whoever one is
        }
        for (name, caller, api) in &people {
            let reply = attempt(api, &operation, &things, &deal).await;
            let status = reply.status.as_u16();
            let may = line.allows(caller, &[Relation::Stranger]);
            if may {
                assert!(!matches!(status, 401 | 403), "{name} {operation:?}: {:#}", reply.body);
            } else {
                // These are done for one's own organisation, whichever that is; a file is a form of
                // parts, which this is not.
                let of_own = matches!(
                    operation.2.as_str(),
                    "create_listing"
                        | "put_listing_by_reference"
                        | "bulk_put_listings"
                        | "import_listings"
                );
                let own = of_own && status != 401 && *name == "stranger";
                assert!(
                    matches!(status, 403 | 404) || own,
                    "{name} {operation:?}: {status} {:#}",
                    reply.body
                );
            }
            assert!(status < 500, "{name} {operation:?}: {:#}", reply.body);
        }
    }
}
