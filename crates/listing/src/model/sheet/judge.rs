//! Everything that is wrong with a row, at once.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::{Fault, Field, Refusal};
use serde_json::{Map, Value};

use super::{Cell, Place, columns, reading};
use crate::model::Content;

/// Judges a row's form by the form that the API takes (`check`) and by the rules between its
/// fields; with a day, also by what holds when it is submitted on that day.
///
/// The form names one wrong field at a time. So a field that is wrong is noted and replaced by a
/// right one, until nothing more is found; what is found of a field that was
/// replaced is no news. `unread` are the fields that could not be read from their cells.
#[must_use]
pub fn judge(
    mut json: Map<String, Value>,
    unread: BTreeSet<String>,
    check: &dyn Fn(&[u8]) -> Result<Content, Refusal>,
    day: Option<NaiveDate>,
) -> (Option<Content>, Vec<Field>) {
    let mut faults = Vec::new();
    let mut wrong = unread;
    for field in &wrong {
        stand_in(&mut json, field);
    }
    loop {
        let refusal = match check(Value::Object(json.clone()).to_string().as_bytes()) {
            Ok(content) => {
                let mut rules = Vec::new();
                if !wrong.contains("kind") {
                    // Which rules hold, the kind says.
                    rules.extend(content.faults());
                }
                rules.extend(day.iter().flat_map(|day| content.faults_at_submission(*day)));
                rules.retain(|fault| !wrong.contains(field_of(&fault.pointer)));
                faults.extend(rules);
                let is_right = wrong.is_empty() && faults.is_empty();
                return (is_right.then_some(content), faults);
            }
            Err(refusal) => refusal,
        };
        let Some(fault) = refusal.fields.into_iter().next() else {
            let title = refusal.reason.title;
            let fault = Fault::new(refusal.reason.code, title.zh, title.en);
            faults.push(Field { pointer: String::new(), fault });
            return (None, faults);
        };
        let field = field_of(&fault.pointer).to_owned();
        stand_in(&mut json, &field);
        let is_news = wrong.insert(field);
        if !is_news {
            return (None, faults);
        }
        faults.push(fault);
    }
}

/// The form's field that a JSON pointer leads into.
fn field_of(pointer: &str) -> &str {
    pointer.split('/').nth(1).unwrap_or_default()
}

/// Puts the value of its example in the place of a field, so that what hangs on it is judged as if
/// it were right; what stands in several columns is taken out.
fn stand_in(json: &mut Map<String, Value>, field: &str) {
    json.remove(field);
    let own =
        columns().iter().find(|column| matches!(column.place, Place::Field(of) if of == field));
    let example = own.filter(|column| !column.takes.is_list()).and_then(|column| {
        let example = column.examples.iter().find(|example| !example.is_empty())?;
        reading::read(&column.takes, &Cell::text(example)?).ok()?.into_iter().next()
    });
    if let Some(value) = example {
        json.insert(field.to_owned(), value);
    }
}
