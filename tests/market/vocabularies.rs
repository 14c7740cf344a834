//! The words that fields may hold, and what people call them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{app::App, description::Description};

/// Every list of words in the API description: by the name of its schema, if it has one.
fn described(value: &Value, name: Option<&str>, found: &mut Vec<(Option<String>, Vec<String>)>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Array(words)) = fields.get("enum") {
                let words = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                found.push((name.map(str::to_owned), words));
            }
            for field in fields.values() {
                described(field, None, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| described(item, None, found)),
        _ => {}
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

async fn vocabularies(app: &App) -> BTreeMap<String, Value> {
    let list = app.anyone.get("vocabularies").ok().await;
    let listed = list.body["vocabularies"].as_array().unwrap();
    let by_name: BTreeMap<String, Value> =
        listed.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one.clone())).collect();
    assert_eq!(by_name.len(), listed.len(), "a name means one vocabulary");
    by_name
}

fn words(vocabulary: &Value) -> Vec<&str> {
    let values = vocabulary["values"].as_array().unwrap();
    values.iter().map(|word| word["value"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn no_enumeration_of_the_api_is_forgotten() {
    let app = App::start().await;
    let listed = vocabularies(&app).await;
    let document = Description::committed().document;
    let mut found = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        described(schema, Some(name), &mut found);
    }
    described(&document["paths"], None, &mut found);
    assert!(found.len() > 20, "the API description has enumerations: {found:?}");
    for (name, enumeration) in found {
        match &name {
            Some(name) => {
                let vocabulary = listed.get(&snake_case(name));
                let vocabulary = vocabulary.unwrap_or_else(|| panic!("{name} is not listed"));
                assert_eq!(words(vocabulary), enumeration, "{name}");
            }
            None => {
                let known = listed.values().any(|vocabulary| words(vocabulary) == enumeration);
                assert!(known, "{enumeration:?} are not listed");
            }
        }
    }
}

#[tokio::test]
async fn every_word_has_its_label_in_both_languages() {
    let app = App::start().await;
    for (name, vocabulary) in vocabularies(&app).await {
        let words = vocabulary["values"].as_array().unwrap();
        assert!(!words.is_empty(), "{name}");
        for word in words {
            for language in ["zh", "en"] {
                let label = word[language].as_str().unwrap_or_default();
                assert!(!label.trim().is_empty(), "{name}: {word}");
            }
        }
    }
}

#[tokio::test]
async fn a_domain_says_under_which_fields_its_contracts_are_registered() {
    let app = App::start().await;
    let listed = vocabularies(&app).await;
    let fields = words(&listed["technology_field"]);
    assert_eq!(fields.len(), 11);
    for domain in listed["domain"]["values"].as_array().unwrap() {
        let named = domain["technology_fields"].as_array().unwrap();
        assert!(!named.is_empty(), "{domain}");
        for field in named {
            assert!(fields.contains(&field.as_str().unwrap()), "{domain}");
        }
    }
    assert!(listed["price_mode"]["values"][0].get("technology_fields").is_none());
}

#[tokio::test]
async fn regions_are_those_of_xining_and_not_the_only_ones() {
    let app = App::start().await;
    let listed = vocabularies(&app).await;
    let region = &listed["region"];
    let here = words(region);
    for code in ["630100", "630121", "park-nanchuan", "overseas"] {
        assert!(here.contains(&code), "{code}");
    }
    assert!(region["note"]["en"].as_str().unwrap().contains("GB/T 2260"));
    let elsewhere = app.register("enterprise", "110108").await;
    let read = elsewhere.api.get(format!("organisations/{}", elsewhere.id)).ok().await;
    assert_eq!(read.text("region"), "110108");
}

#[tokio::test]
async fn vocabularies_may_be_kept_for_a_while_by_anybody() {
    let app = App::start().await;
    let list = app.anyone.get("vocabularies").ok().await;
    assert_eq!(list.headers["cache-control"], "public, max-age=3600");
}
