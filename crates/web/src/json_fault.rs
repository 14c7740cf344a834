//! From a deserialiser's words to a refusal with code and pointer.

use kernel::{Fault, Refusal};
use serde::de::DeserializeOwned;

use crate::{
    faults, invalid,
    refusals::{MALFORMED, MALFORMED_JSON},
};

/// Reads JSON strictly.
///
/// # Errors
/// 400 `malformed_json` if it is none; 400 `malformed` with the pointer of the first field of the
/// wrong shape; 422 `invalid` with the pointer of the first value that is not right.
pub fn check_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    expect_object(body)?;
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_syntax() || inner.is_eof() || inner.is_io() {
            return not_json(inner);
        }
        let path = pointer(error.path());
        refuse(&inner.to_string(), &|field| match field {
            // The path of an unknown field ends in that field already.
            Some(field) if path.ends_with(&format!("/{}", escape(field))) => path.clone(),
            Some(field) => format!("{path}/{}", escape(field)),
            None => path.clone(),
        })
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

/// A derived deserialiser would also take an array for an object, member by member.
fn expect_object(body: &[u8]) -> Result<(), Refusal> {
    if body.trim_ascii_start().first() == Some(&b'{') {
        return Ok(());
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(body).map_err(|error| not_json(&error))?;
    let fault = Fault::new("wrong_type", "应为 JSON 对象", "a JSON object is expected");
    Err(MALFORMED.refuse().at("", fault))
}

fn not_json(error: &serde_json::Error) -> Refusal {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    // Where it is, is said once, and before that what.
    let said = words.split(" at line ").next().unwrap_or_default();
    let what = if said.starts_with("number out of range") {
        "数字过大"
    } else {
        "从这里起无法读取"
    };
    MALFORMED_JSON.because(
        format!("第 {line} 行第 {column} 列:{what}"),
        format!("line {line} column {column}: {said}"),
    )
}

/// The refusal that a deserialiser's words stand for; `place` makes the pointer, of the field
/// named in the words or of where the deserialiser stood.
pub(crate) fn refuse(words: &str, place: &dyn Fn(Option<&str>) -> String) -> Refusal {
    if let Some(fault) = Fault::parse(words) {
        return invalid().at(place(None), fault);
    }
    let quoted = words.split('`').nth(1);
    if words.starts_with("unknown field") {
        let known = words.split('`').skip(3).step_by(2);
        let near = quoted.and_then(|name| nearest(name, known));
        return MALFORMED.refuse().at(place(quoted), faults::unknown_field(near));
    }
    if words.starts_with("duplicate field") {
        let fault = Fault::new("duplicate_field", "字段重复", "the field appears twice");
        return MALFORMED.refuse().at(place(quoted), fault);
    }
    if words.starts_with("missing field") {
        return invalid().at(place(quoted), faults::required());
    }
    if words.starts_with("unknown variant") || words.contains("did not match any variant") {
        let fault = Fault::new("unknown_value", "不在可选值之列", "not one of the known values");
        return invalid().at(place(None), fault);
    }
    if words.starts_with("invalid value") || words.contains("number too") {
        let fault = Fault::new("out_of_range", "超出范围", "out of range");
        return invalid().at(place(None), fault);
    }
    if NO_DATE.iter().any(|said| words.starts_with(said)) {
        return invalid().at(place(None), faults::no_date());
    }
    MALFORMED.refuse().at(place(None), wrong_type(words))
}

/// What chrono says of a text that is no date.
const NO_DATE: [&str; 5] = [
    "input contains invalid characters",
    "input is out of range",
    "no possible date and time",
    "premature end of input",
    "trailing input",
];

/// Of these names the one that was meant, if one is like it.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.85;
    let likeness = |known: &'a str| (known, strsim::jaro_winkler(name, known));
    let likely = known.map(likeness).filter(|(_, likeness)| *likeness >= ALIKE);
    likely.max_by(|one, other| one.1.total_cmp(&other.1)).map(|(known, _)| known)
}

/// What a deserialiser expected, of JSON or of a query, in the words of a reader.
fn wrong_type(words: &str) -> Fault {
    let words = words.split(" at line ").next().unwrap_or(words);
    let expected = words.split_once(", expected ").map_or(words, |(_, expected)| expected);
    let (zh, en) = match expected {
        "a string" | "str" | "string" => ("文本", "a text"),
        "a boolean" | "provided string was not `true` or `false`" => {
            ("true 或 false", "true or false")
        }
        "u8" | "u16" | "u32" | "u64" | "usize" | "i16" | "i32" | "i64" => ("整数", "an integer"),
        "an integer number of fen" => ("以分为单位的整数", "an integer number of fen"),
        _ if expected.contains("digit") || expected.contains("integer") => ("整数", "an integer"),
        "f32" | "f64" => ("数", "a number"),
        "a formatted date string" => ("形如 2026-03-01 的日期", "a date such as 2026-03-01"),
        "a sequence" => ("数组", "an array"),
        "a map" => ("对象", "an object"),
        _ if expected.starts_with("struct ") => ("对象", "an object"),
        _ => (expected, expected),
    };
    Fault::new("wrong_type", format!("类型不符,应为{zh}"), format!("{en} is expected"))
}

/// The JSON pointer (RFC 6901) of a deserialiser's path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use kernel::{CreditCode, Fen, Line, ListingKind};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by the deserialiser")]
    struct Form {
        kind: ListingKind,
        title: Line<5>,
        parts: Vec<Part>,
        code: Option<CreditCode>,
        level: Option<u8>,
        day: Option<chrono::NaiveDate>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by the deserialiser")]
    struct Part {
        amount_fen: Fen,
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let with = |more: &str| format!(r#"{{"kind":"need","title":"x","parts":[]{more}}}"#);
        let deep = "[".repeat(100_000);
        for (body, status, pointer, code) in [
            ("{", 400, "", "malformed_json"),
            ("", 400, "", "malformed_json"),
            (deep.as_str(), 400, "", "malformed_json"),
            (r#"{"kind":"need","title":"x","parts":[]} x"#, 400, "", "malformed_json"),
            (r"[]", 400, "", "wrong_type"),
            (r#"["need","x",[],null,null]"#, 400, "", "wrong_type"),
            (r#"{"kind":"need","title":"x"}"#, 422, "/parts", "required"),
            (r#"{"kind":"gift","title":"x","parts":[]}"#, 422, "/kind", "unknown_value"),
            (r#"{"kind":7,"title":"x","parts":[]}"#, 400, "/kind", "wrong_type"),
            (r#"{"kind":"need","title":"123456","parts":[]}"#, 422, "/title", "text_too_long"),
            (r#"{"kind":"need","title":"\u0000","parts":[]}"#, 422, "/title", "control_character"),
            (&with(r#","extra":1"#), 400, "/extra", "unknown_field"),
            (&with(r#","kind":"need""#), 400, "/kind", "duplicate_field"),
            (&with(r#","code":"91350100M000100Y34""#), 422, "/code", "credit_code_check_failed"),
            (&with(r#","level":300"#), 422, "/level", "out_of_range"),
            (&with(r#","level":"six""#), 400, "/level", "wrong_type"),
            (&with(r#","day":"2026-02-30""#), 422, "/day", "no_date"),
            (&with(r#","day":"tomorrow""#), 422, "/day", "no_date"),
            (&with(r#","day":"2026-03-01T00:00:00Z""#), 422, "/day", "no_date"),
            (&with(r#","day":"""#), 422, "/day", "no_date"),
            (&with(r#","day":20260301"#), 400, "/day", "wrong_type"),
            (
                r#"{"kind":"need","title":"x","parts":[{"amount_fen":1},{"amount_fen":1.5}]}"#,
                400,
                "/parts/1/amount_fen",
                "wrong_type",
            ),
            (
                r#"{"kind":"need","title":"x","parts":[{"amount_fen":-1}]}"#,
                422,
                "/parts/0/amount_fen",
                "amount_out_of_range",
            ),
            (
                r#"{"kind":"need","title":"x","parts":[{"amount_fen":1000000000000000000000000}]}"#,
                422,
                "/parts/0/amount_fen",
                "amount_out_of_range",
            ),
            (
                r#"{"kind":"need","title":"x","parts":[{"amount_fen":1,"more":1}]}"#,
                400,
                "/parts/0/more",
                "unknown_field",
            ),
        ] {
            let refusal = check_json::<Form>(body.as_bytes()).unwrap_err();
            let short: String = body.chars().take(80).collect();
            assert_eq!(refusal.reason.status.code(), status, "{short}");
            match refusal.fields.first() {
                None => assert_eq!(refusal.reason.code, code, "{short}"),
                Some(field) => {
                    assert_eq!(
                        (field.pointer.as_str(), field.fault.code.as_str()),
                        (pointer, code)
                    );
                }
            }
        }
    }

    /// What is said of the one field that is wrong.
    fn said(more: &str) -> (String, String) {
        let body = format!(r#"{{"kind":"need","title":"x","parts":[]{more}}}"#);
        let refusal = check_json::<Form>(body.as_bytes()).unwrap_err();
        let words = refusal.fields.into_iter().next().unwrap().fault.words;
        (words.zh, words.en)
    }

    #[test]
    fn what_is_expected_is_said_in_the_reader_s_own_language() {
        for (more, zh, en) in [
            (r#","level":"six""#, "类型不符,应为整数", "an integer is expected"),
            (
                r#","day":7"#,
                "类型不符,应为形如 2026-03-01 的日期",
                "a date such as 2026-03-01 is expected",
            ),
            (
                r#","day":"2026-02-30""#,
                "应为存在的日期,形如 2026-03-01",
                "a day of the calendar is expected, such as 2026-03-01",
            ),
            (
                r#","titel":"x""#,
                "没有这个字段;是否指 title?",
                "there is no such field: title, perhaps?",
            ),
            (r#","colour":"x""#, "没有这个字段", "there is no such field"),
        ] {
            assert_eq!(said(more), (zh.to_owned(), en.to_owned()));
        }
        for (body, zh) in [
            (r#"{"parts":7}"#, "类型不符,应为数组"),
            (r#"{"parts":[7]}"#, "类型不符,应为对象"),
            (r#"{"title":7}"#, "类型不符,应为文本"),
        ] {
            let refusal = check_json::<Form>(body.as_bytes()).unwrap_err();
            assert_eq!(refusal.fields.first().unwrap().fault.words.zh, zh, "{body}");
        }
    }
}
