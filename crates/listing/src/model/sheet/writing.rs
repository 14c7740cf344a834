//! From a listing to what stands in the cells of its row.

use kernel::Words;
use serde_json::Value;

use super::{Cell, Column, Place, Takes, reading};

/// What begins a formula in some spreadsheet program, or makes it look for one; the last four are
/// of full width.
const BEGINS_FORMULA: [char; 10] =
    ['=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];

/// What stands in a column of a listing's row: its labels are of the language that `label` picks,
/// or are tokens if it picks none. `listing` is the listing as the API shows it.
#[must_use]
pub fn written(
    column: &Column,
    listing: &Value,
    label: fn(Words<&'static str>) -> Option<&'static str>,
) -> Option<String> {
    let show = |value: &Value| shown(&column.takes, value, label);
    let text = match column.place {
        Place::Field(field) => {
            let value = listing.get(field)?;
            match value.as_array() {
                Some(members) => reading::joined(members.iter().filter_map(show)),
                None => show(value)?,
            }
        }
        Place::Within(field, member) => show(listing.get(field)?.get(member)?)?,
        Place::Each(field, member) => {
            let objects = listing.get(field)?.as_array()?;
            let members: Vec<Option<String>> =
                objects.iter().map(|object| show(object.get(member)?)).collect();
            if members.iter().all(Option::is_none) {
                return None;
            }
            let none = || reading::NONE.to_owned();
            reading::joined(members.into_iter().map(|member| member.unwrap_or_else(none)))
        }
        Place::Told("organisation") => show(listing.get("organisation")?.get("name")?)?,
        Place::Told(field) => show(listing.get(field)?)?,
    };
    (!text.is_empty()).then_some(text)
}

fn shown(
    takes: &Takes,
    value: &Value,
    label: fn(Words<&'static str>) -> Option<&'static str>,
) -> Option<String> {
    match (takes, value) {
        (Takes::Yuan, Value::Number(fen)) => {
            let fen = fen.as_i64().and_then(|fen| kernel::Fen::new(fen).ok())?;
            Some(fen.yuan())
        }
        (_, Value::Bool(answer)) => {
            let words = if *answer { Words::new("是", "yes") } else { Words::new("否", "no") };
            Some(label(words).unwrap_or(words.en).to_owned())
        }
        (_, Value::String(text)) => {
            let word = takes.words().iter().find(|word| word.spelling == text);
            let labelled = word.and_then(|word| label(word.label));
            Some(labelled.unwrap_or(text).to_owned())
        }
        (_, Value::Number(number)) => Some(number.to_string()),
        (_, Value::Null | Value::Array(_) | Value::Object(_)) => None,
    }
}

/// A text that no spreadsheet program takes for a formula: an apostrophe goes before it, which
/// such programs do not show. [`armed`] takes it away again.
#[must_use]
pub fn disarmed(text: String) -> String {
    if is_dangerous(&text) { format!("'{text}") } else { text }
}

/// The text that was [`disarmed`].
#[must_use]
pub fn armed(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_dangerous(rest)).unwrap_or(text)
}

/// Whoever has apostrophes of his own before it gets one more, so that it can be taken away.
fn is_dangerous(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINS_FORMULA)
}

/// What stands in a column of an example: `which` is 0 for an offer and 1 for a need.
#[must_use]
pub fn example(
    column: &Column,
    which: usize,
    label: fn(Words<&'static str>) -> Option<&'static str>,
) -> String {
    let example = column.examples.get(which).copied().unwrap_or_default();
    let words = column.takes.words();
    if words.is_empty() && !matches!(column.takes, Takes::YesNo) {
        return example.to_owned();
    }
    let values = Cell::text(example).and_then(|cell| reading::read(&column.takes, &cell).ok());
    let shown = values.iter().flatten().filter_map(|value| shown(&column.takes, value, label));
    reading::joined(shown)
}
