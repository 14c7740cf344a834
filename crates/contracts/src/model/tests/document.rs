use serde_json::{Value, json};

use super::*;

const EXPECTED: &str = concat!(
    r#"{"clauses":[{"heading":"交付","text":"卖方应交付全部资料。\n\t以清单为准。"}],"#,
    r#""document_number":1,"domain":"solar_energy","ends_on":"2028-03-31","#,
    r#""format":"xining-technology-market/contract/1","#,
    r#""introduction_id":"00000000-03e8-7f1f-9f1f-1f1f1f1f1f1f","#,
    r#""listing_ids":["00000000-03e8-7515-9515-151515151515"],"#,
    r#""non_technology_items":[{"amount_fen":20000000,"what":"试验设备"}],"#,
    r#""number":"C2026-000123","parties":["#,
    r#"{"affiliated":null,"credit_code":null,"name":"青海大学","#,
    r#""organisation_id":"00000000-03e8-7101-8101-010101010101","region":"630105","#,
    r#""role":"seller","share_bp":10000},"#,
    r#"{"affiliated":null,"credit_code":null,"name":"西宁光能","#,
    r#""organisation_id":"00000000-03e8-7202-8202-020202020202","region":"park-nanchuan","#,
    r#""role":"buyer","share_bp":10000},"#,
    r#"{"affiliated":false,"credit_code":null,"name":"高原技术经纪","#,
    r#""organisation_id":"00000000-03e8-7303-8303-030303030303","region":"630104","#,
    r#""role":"broker","share_bp":10000}],"#,
    r#""payment_terms":[],"related_parties":false,"starts_on":"2026-04-01","#,
    r#""subtype":"patent_right_transfer","technology_amount_fen":100000000,"#,
    r#""title":"封装技术转让合同","total_amount_fen":120000000,"type":"transfer"}"#,
);

#[test]
fn the_same_contract_gives_the_same_bytes() {
    let document = Document::freeze(&draft(), &identities()).unwrap();
    assert_eq!(document.content, EXPECTED);
    assert_eq!(document, Document::freeze(&draft(), &identities()).unwrap());
}

#[test]
fn its_digest_changes_with_any_fact_in_it() {
    let digest = |contract: &Contract, identities: &Identities| {
        Document::freeze(contract, identities).unwrap().sha256
    };
    let before = digest(&draft(), &identities());
    let mut renamed = identities();
    renamed.get_mut(&id(BUYER)).unwrap().name = "西宁光能有限公司".to_owned();
    assert_ne!(before, digest(&draft(), &renamed));
    let mut dearer = unchecked();
    dearer.total_amount_fen = fen(120_000_001);
    dearer.technology_amount_fen = fen(100_000_001);
    let dearer = Contract { terms: dearer.check(&around()).unwrap(), ..draft() };
    assert_ne!(before, digest(&dearer, &identities()));
}

/// A value with the members of each object in alphabetical order, written without spaces.
fn canonical(value: &Value) -> String {
    let list = |parts: Vec<String>| parts.join(",");
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let member = |(name, value)| format!("{}:{}", json!(name), canonical(value));
            format!("{{{}}}", list(members.into_iter().map(member).collect()))
        }
        Value::Array(values) => format!("[{}]", list(values.iter().map(canonical).collect())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[test]
fn the_text_is_canonical_json() {
    let document = Document::freeze(&draft(), &identities()).unwrap();
    assert_eq!(document.content, canonical(&serde_json::from_str(&document.content).unwrap()));
}

#[test]
fn rare_characters_stay_as_they_are() {
    let mut identities = identities();
    identities.get_mut(&id(SELLER)).unwrap().name = "䶮𠮷研究所 \"\u{7f}\\".to_owned();
    let document = Document::freeze(&draft(), &identities).unwrap();
    assert!(document.content.contains("\"䶮𠮷研究所 \\\"\u{7f}\\\\\""));
}
