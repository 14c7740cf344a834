//! From what stands in a cell to what stands in the form.

use std::collections::BTreeMap;

use kernel::{Fault, Field, Region, Word};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::{Cell, Column, Place, Takes, columns};

/// What several things in one cell are separated by; behind a backslash they are themselves.
const SEPARATORS: [char; 4] = [';', '\u{FF1B}', '、', '\n'];

/// What is not in China, as people write it and as its code.
const ABROAD: &str = "境外";
const OVERSEAS: &str = "overseas";

/// In a list, the place of a member that there is not.
pub(super) const NONE: &str = "-";

/// What a cell says, as values of the form: one, or where several are taken, some.
///
/// # Errors
/// If it cannot be read so.
pub(super) fn read(takes: &Takes, cell: &Cell) -> Result<Vec<Value>, Fault> {
    match cell {
        Cell::Formula(_) => return Err(formula()),
        Cell::Broken(_) => return Err(broken()),
        Cell::Text(_) | Cell::Number(_) | Cell::Day(_) | Cell::Truth(_) => {}
    }
    let text = cell.shown();
    match takes {
        Takes::Text => Ok(vec![Value::from(text)]),
        Takes::Code => Ok(vec![Value::from(folded(&text))]),
        Takes::Texts => Ok(members(&text).into_iter().map(Value::from).collect()),
        Takes::Codes => Ok(members(&text).iter().map(|code| Value::from(folded(code))).collect()),
        Takes::Whole => whole(&text).map(|number| vec![number]),
        Takes::Yuan => yuan(&text).map(|fen| vec![fen]),
        Takes::Day => day(cell, &text).map(|day| vec![Value::from(day)]),
        Takes::Days => members(&text).iter().map(|text| day_or_none(cell, text)).collect(),
        Takes::YesNo => yes_or_no(cell, &text).map(|answer| vec![Value::from(answer)]),
        Takes::Word(words) => word(words, &text).map(|token| vec![Value::from(token)]),
        Takes::Words(words) => {
            members(&text).iter().map(|text| word(words, text).map(Value::from)).collect()
        }
        Takes::WordOrCode(words) => {
            let known = word(words, &text).ok().map(str::to_owned);
            let code = known.unwrap_or_else(|| folded(&text));
            let code = if code == ABROAD { OVERSEAS.to_owned() } else { code };
            if code.parse::<Region>().is_err() {
                return Err(no_region(words, &text));
            }
            Ok(vec![Value::from(code)])
        }
    }
}

/// The members of a list, without the empty ones.
pub(super) fn members(text: &str) -> Vec<String> {
    let (mut members, mut member) = (Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        if character == '\\' && next.is_some_and(|c| c == '\\' || SEPARATORS.contains(&c)) {
            member.extend(characters.next());
        } else if SEPARATORS.contains(&character) {
            members.push(std::mem::take(&mut member));
        } else {
            member.push(character);
        }
    }
    members.push(member);
    members.iter().map(|member| member.trim().to_owned()).filter(|m| !m.is_empty()).collect()
}

/// A list in one cell, which [`members`] reads again.
pub(super) fn joined(members: impl Iterator<Item = String>) -> String {
    let escaped = members.map(|member| {
        let mut escaped = String::new();
        for character in member.chars() {
            if character == '\\' || SEPARATORS.contains(&character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    });
    escaped.collect::<Vec<_>>().join(";")
}

/// Half width for full width, without what surrounds it.
fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

/// As words are compared: width, case and spaces do not matter.
pub(super) fn normalised(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// A sheet takes more than the form does: names, too.
fn no_region(words: &[Word], text: &str) -> Fault {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    let names = words.iter().map(|word| word.label.zh).collect::<Vec<_>>().join("、");
    let codes = words.iter().map(|word| word.spelling).collect::<Vec<_>>().join(", ");
    Fault::new(
        "region_malformed",
        format!("“{shown}”不是地区:应为{names}之一,或六位行政区划代码,或{ABROAD}"),
        format!("“{shown}” is no region: one of {codes}, a six-digit division code, or {OVERSEAS}"),
    )
}

fn word(words: &[Word], text: &str) -> Result<&'static str, Fault> {
    let wanted = normalised(text);
    let is_meant = |word: &&Word| {
        [word.spelling, word.label.zh, word.label.en].iter().any(|name| normalised(name) == wanted)
    };
    words.iter().find(is_meant).map(|word| word.spelling).ok_or_else(|| {
        let list = |separator: &str, name: fn(&Word) -> &'static str| {
            words.iter().map(name).collect::<Vec<_>>().join(separator)
        };
        let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        let labels = list("、", |word| word.label.zh);
        let tokens = list(", ", |word| word.spelling);
        Fault::new(
            "unknown_value",
            format!("“{shown}”不在可选值之列:{labels}"),
            format!("“{shown}” is not one of: {tokens}"),
        )
    })
}

/// `6`, `TRL6` or `6级`.
fn whole(text: &str) -> Result<Value, Fault> {
    let text = normalised(text);
    let bare = text.strip_prefix("trl").unwrap_or(&text);
    let bare = bare.strip_suffix('级').unwrap_or(bare);
    bare.parse::<i64>()
        .map(Value::from)
        .map_err(|_| Fault::new("whole_number_expected", "应为整数", "a whole number is expected"))
}

/// Yuan with at most two decimals, as fen.
fn yuan(text: &str) -> Result<Value, Fault> {
    let text: String = normalised(text).chars().filter(|c| !matches!(c, ',' | '¥')).collect();
    let text = text.strip_suffix('元').unwrap_or(&text);
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) {
        return Err(Fault::new(
            "amount_malformed",
            "应为以元为单位的数字,如 1200000 或 1200000.50",
            "a number of yuan such as 1200000 or 1200000.50 is expected",
        ));
    }
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 2 {
        return Err(Fault::new(
            "amount_too_fine",
            "金额最多两位小数(到分)",
            "an amount has at most two decimals",
        ));
    }
    let fen = format!("{sign}{whole}{decimals:0<2}");
    // What is too large for a number is too large for the form, which says so.
    Ok(Value::from(fen.parse::<i64>().unwrap_or(i64::MAX)))
}

/// `2026-03-01`, `2026/3/1`, `2026.3.1` or `2026年3月1日`.
fn day(cell: &Cell, text: &str) -> Result<String, Fault> {
    if let Cell::Day(day) = cell {
        return Ok(day.to_string());
    }
    let text = normalised(text);
    let parts: Vec<&str> = text.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect();
    let day =
        match parts.as_slice() {
            [year, month, day] if year.len() == 4 => {
                let number = |part: &str| part.parse::<u32>().ok();
                year.parse::<i32>().ok().zip(number(month)).zip(number(day)).and_then(
                    |((year, month), day)| chrono::NaiveDate::from_ymd_opt(year, month, day),
                )
            }
            _ => None,
        };
    day.map(|day| day.to_string()).ok_or_else(|| {
        Fault::new(
            "date_malformed",
            "应为存在的日期,如 2027-06-30(单元格设为日期或文本格式)",
            "a date that exists is expected, such as 2027-06-30, in a cell for dates or text",
        )
    })
}

/// A day in a list, or that none is known.
fn day_or_none(cell: &Cell, text: &str) -> Result<Value, Fault> {
    if text == NONE { Ok(Value::Null) } else { day(cell, text).map(Value::from) }
}

fn yes_or_no(cell: &Cell, text: &str) -> Result<bool, Fault> {
    if let Cell::Truth(answer) = cell {
        return Ok(*answer);
    }
    match normalised(text).as_str() {
        "是" | "yes" | "y" | "true" | "1" | "√" | "✓" => Ok(true),
        "否" | "no" | "n" | "false" | "0" | "×" => Ok(false),
        _ => Err(Fault::new("yes_or_no", "应填“是”或“否”", "yes or no is expected")),
    }
}

fn formula() -> Fault {
    Fault::new(
        "formula",
        "不接受公式,请改为数值或文字(复制后选择性粘贴为值)",
        "formulas are not taken: paste the value in its place",
    )
}

fn broken() -> Fault {
    Fault::new(
        "cell_broken",
        "单元格中是错误值,请填写实际内容",
        "the cell holds an error value: put in what is meant",
    )
}

/// Lists of objects whose members stand in a column each, side by side.
#[derive(Default)]
pub(super) struct Several(BTreeMap<&'static str, Vec<(&'static str, Vec<Value>)>>);

impl Several {
    pub(super) fn add(&mut self, field: &'static str, member: &'static str, values: Vec<Value>) {
        self.0.entry(field).or_default().push((member, values));
    }

    /// Each field with its objects. The column that the table names first says how many there are; the
    /// others have as many values, or one for all.
    pub(super) fn into_lists(self) -> impl Iterator<Item = (&'static str, Result<Value, Field>)> {
        self.0.into_iter().map(|(field, members)| (field, objects(field, &members)))
    }
}

fn objects(field: &'static str, members: &[(&'static str, Vec<Value>)]) -> Result<Value, Field> {
    let leads = |column: &&Column| matches!(column.place, Place::Each(of, _) if of == field);
    let lead = columns().iter().find(leads).and_then(|column| {
        members.iter().find(|(member, _)| column.place == Place::Each(field, member))
    });
    let lead = lead.or_else(|| members.iter().max_by_key(|(_, values)| values.len()));
    let count = lead.map_or(0, |(_, values)| values.len());
    for (member, values) in members {
        if values.len() > 1 && values.len() != count {
            let fault = Fault::new(
                "counts_differ",
                format!("有 {} 项,应与前列的 {count} 项一一对应,或只填一项", values.len()),
                format!("there are {}, not one for each of {count}, nor one for all", values.len()),
            );
            return Err(Field { pointer: format!("/{field}/0/{member}"), fault });
        }
    }
    let object = |position: usize| {
        let value = |values: &[Value]| values.get(position).or_else(|| values.first()).cloned();
        let named = members
            .iter()
            .filter_map(|(member, values)| Some(((*member).to_owned(), value(values)?)))
            .filter(|(_, value)| !value.is_null());
        Value::Object(named.collect::<Map<_, _>>())
    };
    Ok(Value::Array((0..count).map(object).collect()))
}
