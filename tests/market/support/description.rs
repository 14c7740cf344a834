//! The committed API description, against which every answer is checked.

use std::{collections::HashMap, path::Path, sync::Mutex};

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

pub(crate) struct Description {
    pub(crate) document: Value,
    validators: Mutex<HashMap<String, std::sync::Arc<jsonschema::Validator>>>,
}

impl Description {
    /// `openapi/market.json`.
    pub(crate) fn committed() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/market.json");
        let text = std::fs::read_to_string(&path).expect("openapi/market.json");
        let document = serde_json::from_str(&text).expect("JSON");
        Self { document, validators: Mutex::default() }
    }

    /// Is the answer one that the description promises?
    pub(crate) fn check(
        &self,
        method: &Method,
        path: &str,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Value,
    ) {
        let path = path.split('?').next().unwrap_or(path);
        // HEAD answers like GET.
        let (method, has_body) = match method {
            &Method::HEAD => (&Method::GET, false),
            method => (method, true),
        };
        let Some((template, operation)) = self.operation(method, path) else {
            assert!(
                status.is_client_error() || !path.starts_with("/api/"),
                "{method} {path} answers {status} but is not in openapi/market.json"
            );
            return;
        };
        let code = status.as_str();
        let response = &operation["responses"][code];
        assert!(
            !response.is_null(),
            "{method} {template}: status {code} is not described; the answer was {body:#}"
        );
        let response = self.resolve(response);
        let found = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("");
        let described = response["content"].as_object();
        // One of several media, else the only one.
        let fitting = described.and_then(|all| all.iter().find(|(m, _)| found.starts_with(*m)));
        let Some((media, content)) = fitting.or_else(|| described?.iter().next()) else { return };
        assert!(
            media == "*/*" || found.starts_with(media.as_str()),
            "{method} {template} {code}: {found}, not {media}"
        );
        // Lines of JSON are none.
        if !media.ends_with("json") || media.ends_with("ndjson") || !has_body {
            return;
        }
        let schema = &content["schema"];
        let key = format!("{method} {template} {code}");
        let validator = self.validator(&key, schema);
        let faults: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{key} does not answer as described:\n{faults:#?}\n{body:#}");
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let Some(reference) = value["$ref"].as_str() else { return value };
        let pointer = reference.trim_start_matches('#');
        self.document.pointer(pointer).expect("a component")
    }

    fn operation(&self, method: &Method, path: &str) -> Option<(&str, &Value)> {
        let paths = self.document["paths"].as_object()?;
        let fits = |template: &str| {
            let (wanted, given): (Vec<&str>, Vec<&str>) =
                (template.split('/').collect(), path.split('/').collect());
            wanted.len() == given.len()
                && wanted.iter().zip(&given).all(|(w, g)| w == g || w.starts_with('{'))
        };
        // A path without parameters goes before one with.
        let mut fitting: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        fitting.into_iter().find_map(|(template, item)| {
            let operation = &item[method.as_str().to_lowercase()];
            (!operation.is_null()).then_some((template.as_str(), operation))
        })
    }

    fn validator(&self, key: &str, schema: &Value) -> std::sync::Arc<jsonschema::Validator> {
        let mut validators = self.validators.lock().expect("no test panics here");
        let made = validators.entry(key.to_owned()).or_insert_with(|| {
            let root = json!({ "allOf": [schema], "components": self.document["components"] });
            std::sync::Arc::new(jsonschema::validator_for(&root).expect("a JSON schema"))
        });
        std::sync::Arc::clone(made)
    }
}
