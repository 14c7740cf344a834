//! Examples of problems: for each code that an operation names for a status, the answer that it
//! stands for, made of the tables of refusals.

use std::collections::BTreeMap;

use kernel::{Fault, Field, Line, Reason, Refusal};
use store::refusals::INVALID;
use utoipa::openapi::{
    Ref, RefOr, Schema,
    example::{Example, ExampleBuilder},
    path::{Operation, ParameterIn},
    schema::Components,
};
use web::{
    Language, ProblemView, faults,
    refusals::{INTERNAL_ERROR, MALFORMED},
};

use crate::problems;

const MEDIA_TYPE: &str = "application/problem+json";
/// Stands for the path of whichever operation answers so.
const ANYWHERE: &str = "/api/v1/…";
/// An id and a trace as they look.
const ID: &str = "019cc0de-7b00-7f02-9c44-3b1d5e7a8c20";
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Examples that operations share, by code: those in which no field is named.
pub(super) type Shared = BTreeMap<String, RefOr<Example>>;

/// Gives every problem of an operation its examples.
pub(super) fn add(
    path: &str,
    reads: bool,
    operation: &mut Operation,
    components: &Components,
    shared: &mut Shared,
) {
    let subject = Subject {
        instance: instance(path, operation),
        unknown: unknown_field(reads, operation),
        wrong: wrong_value(operation, components),
    };
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let Some(RefOr::T(content)) = response.content.get_mut(MEDIA_TYPE) else { continue };
        for code in codes(&response.description) {
            let own = subject.own_example(status, code);
            if let Some(example) = own.or_else(|| shared_example(status, code, shared)) {
                content.examples.insert(code.to_owned(), example);
            }
        }
    }
}

/// The codes in a description: what stands between backticks.
fn codes(description: &str) -> impl Iterator<Item = &str> {
    description.split('`').skip(1).step_by(2)
}

/// What an operation's own examples are about.
struct Subject {
    instance: String,
    /// A field too many.
    unknown: Option<Field>,
    /// A field that is not right.
    wrong: Option<Field>,
}

impl Subject {
    /// The problems that name a field of this operation.
    fn own_example(&self, status: &str, code: &str) -> Option<RefOr<Example>> {
        let reason = named(status, code)?;
        let field = match reason {
            reason if *reason == MALFORMED => self.unknown.clone()?,
            reason if *reason == INVALID => self.wrong.clone()?,
            _ => return None,
        };
        let refusal = reason.refuse().at(field.pointer, field.fault);
        Some(of_refusal(&refusal, &self.instance)?.into())
    }
}

/// A reference to the example that all operations share; `None` if the code is that of no problem
/// with this status, or of one that would name a field where there is none to name.
fn shared_example(status: &str, code: &str, shared: &mut Shared) -> Option<RefOr<Example>> {
    let example = if code == INTERNAL_ERROR.code {
        let kind = &INTERNAL_ERROR;
        let view = ProblemView::unrefused(kind, Language::Zh, ANYWHERE, TRACE_ID);
        example(kind.title.en, &view)?
    } else {
        let reason = named(status, code).filter(|reason| **reason != INVALID)?;
        of_refusal(&reason.refuse(), ANYWHERE)?
    };
    shared.entry(code.to_owned()).or_insert_with(|| example.into());
    Some(RefOr::Ref(Ref::new(format!("#/components/examples/{code}"))))
}

fn of_refusal(refusal: &Refusal, instance: &str) -> Option<Example> {
    let view = ProblemView::new(refusal, Language::Zh, instance, TRACE_ID);
    example(refusal.reason.title.en, &view)
}

fn example(summary: &str, view: &ProblemView) -> Option<Example> {
    let value = serde_json::to_value(view).ok()?;
    Some(ExampleBuilder::new().summary(summary).value(Some(value)).build())
}

fn named(status: &str, code: &str) -> Option<&'static Reason> {
    let mut reasons = problems::tables().into_iter().flatten().copied();
    reasons.find(|reason| reason.code == code && reason.status.code().to_string() == status)
}

/// The path as somebody might ask for it.
fn instance(path: &str, operation: &Operation) -> String {
    let mut instance = path.to_owned();
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.parameter_in != ParameterIn::Path {
            continue;
        }
        let shown = serde_json::to_value(parameter).unwrap_or_default();
        let shown = shown.get("example").and_then(serde_json::Value::as_str).unwrap_or(ID);
        instance = instance.replace(&format!("{{{}}}", parameter.name), shown);
    }
    instance
}

/// Where something may stand that is not known: in the body of a write, or among the query
/// parameters of a read that takes any.
fn unknown_field(reads: bool, operation: &Operation) -> Option<Field> {
    let pointer = if reads { has_query(operation).then_some("?extra")? } else { "/extra" };
    Some(field(pointer, faults::unknown_field(None)))
}

/// A value that may be wrong: one that the body must have, or the `limit` of a list.
fn wrong_value(operation: &Operation, components: &Components) -> Option<Field> {
    if let Some(RefOr::T(body)) = &operation.request_body {
        let content = body.content.values().next()?;
        let RefOr::T(content) = content else { return None };
        return wrong_part("", content.schema.as_ref()?, components);
    }
    has_query(operation).then(|| field("?limit", faults::limit_out_of_range()))
}

fn has_query(operation: &Operation) -> bool {
    operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(p) if p.parameter_in == ParameterIn::Query))
}

/// The first thing that may be wrong in a value of the schema: a field left out that must be
/// there, an empty text, or either of them deeper inside.
fn wrong_part(at: &str, schema: &RefOr<Schema>, components: &Components) -> Option<Field> {
    let schema = resolved(schema, components)?;
    if let Schema::Object(object) = schema {
        if let Some(name) = object.required.first() {
            return Some(field(&format!("{at}/{name}"), faults::required()));
        }
        if object.min_length == Some(1) {
            return Some(field(at, "".parse::<Line<1>>().err()?));
        }
        let mut parts = object.properties.iter();
        return parts
            .find_map(|(name, part)| wrong_part(&format!("{at}/{name}"), part, components));
    }
    let parts = if let Schema::OneOf(one) = schema {
        &one.items
    } else if let Schema::AllOf(all) = schema {
        &all.items
    } else {
        return None;
    };
    parts.iter().find_map(|part| wrong_part(at, part, components))
}

fn resolved<'a>(schema: &'a RefOr<Schema>, components: &'a Components) -> Option<&'a Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(to) => match components.schemas.get(to.ref_location.rsplit('/').next()?)? {
            RefOr::T(schema) => Some(schema),
            RefOr::Ref(_) => None,
        },
    }
}

fn field(pointer: &str, fault: Fault) -> Field {
    Field { pointer: pointer.to_owned(), fault }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    /// Every problem that is described, with the examples that it has: status, code, example.
    fn examples(document: &Value) -> Vec<(&str, &str, &Value)> {
        let operations = document["paths"].as_object().unwrap().values();
        let responses = operations
            .flat_map(|item| item.as_object().unwrap().values())
            .flat_map(|operation| operation["responses"].as_object().unwrap());
        let mut found = Vec::new();
        for (status, response) in responses {
            let content = &response["content"][super::MEDIA_TYPE];
            if content.is_null() {
                continue;
            }
            assert!(content["examples"].is_object(), "{response:#}");
            for (code, example) in content["examples"].as_object().unwrap() {
                let pointer = example["$ref"].as_str().map(|to| to.trim_start_matches('#'));
                let example = pointer.map_or(example, |to| document.pointer(to).unwrap());
                found.push((status.as_str(), code.as_str(), &example["value"]));
            }
        }
        found
    }

    #[test]
    fn every_problem_has_examples_that_are_true_for_it() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        for (status, code, example) in examples(&document) {
            assert_eq!(example["status"].to_string(), status, "{code}");
            assert_eq!(example["code"], code);
            assert_eq!(example["type"], format!("/api/v1/problems#{code}"));
            if code == "invalid" {
                assert_ne!(example["errors"], json!([]), "{example:#}");
            }
        }
    }

    #[test]
    fn a_form_s_fields_are_named_where_they_stand() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        let named = |path: &str| {
            let pointer = format!("/paths/~1api~1v1~1{path}/content/application~1problem+json");
            let examples = document.pointer(&pointer).unwrap()["examples"].clone();
            let error = &examples["invalid"]["value"]["errors"][0];
            (error["pointer"].clone(), error["code"].clone())
        };
        let signing_in = named("sessions/post/responses/422");
        assert_eq!(signing_in, (json!("/email"), json!("required")));
        assert_eq!(named("listings/get/responses/422"), (json!("?limit"), json!("out_of_range")));
    }
}
