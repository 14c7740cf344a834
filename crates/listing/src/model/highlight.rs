//! Where a text answers a query, told in parts: no markup that a client would have to trust, and
//! no offsets that each language counts in another way.

use std::ops::Range;

use crate::model::{reading::Reading, terms::TextQuery};

/// How many characters of a long text are shown.
const SHOWN: usize = 120;
/// How many of them stand before the first hit.
const BEFORE: usize = 24;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Is it what was looked for?
    pub hit: bool,
}

/// The whole text in parts; `None` if it says nothing of what was looked for.
#[must_use]
pub fn whole(text: &str, query: &TextQuery) -> Option<Vec<Part>> {
    let hits = hits(text, query);
    (!hits.is_empty()).then(|| parts(text, 0..text.len(), &hits))
}

/// The part of a long text that says the most of what was looked for, in parts; `…` stands where
/// it was cut.
#[must_use]
pub fn fragment(text: &str, query: &TextQuery) -> Option<Vec<Part>> {
    let hits = hits(text, query);
    let within = |from: usize| {
        let end = forward(text, from, SHOWN - BEFORE);
        hits.iter().filter(|hit| hit.start >= from && hit.end <= end).count()
    };
    // The first of those with the most.
    let best = hits.iter().rev().max_by_key(|hit| within(hit.start))?;
    let start = back(text, best.start, BEFORE);
    let end = forward(text, start, SHOWN).max(best.end);
    let mut parts = parts(text, start..end, &hits);
    let cut = || Part { text: "…".to_owned(), hit: false };
    if start > 0 {
        parts.insert(0, cut());
    }
    if end < text.len() {
        parts.push(cut());
    }
    Some(parts)
}

/// Where the query's words stand, in order, apart from each other.
fn hits(text: &str, query: &TextQuery) -> Vec<Range<usize>> {
    let reading = Reading::of(text);
    let mut hits: Vec<_> =
        query.needles.iter().flat_map(|needle| needle.places(&reading)).collect();
    hits.sort_by_key(|hit| (hit.start, hit.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(hits.len());
    for hit in hits {
        match apart.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            _ => apart.push(hit),
        }
    }
    apart
}

fn parts(text: &str, shown: Range<usize>, hits: &[Range<usize>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |from: usize, to: usize, hit| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            parts.push(Part { text: text.to_owned(), hit });
        }
    };
    let mut at = shown.start;
    for hit in hits {
        let (start, end) = (hit.start.max(at), hit.end.min(shown.end));
        if start < end {
            add(at, start, false);
            add(start, end, true);
            at = end;
        }
    }
    add(at, shown.end, false);
    parts
}

/// So many characters before a place.
fn back(text: &str, from: usize, characters: usize) -> usize {
    let before = text.get(..from).unwrap_or_default().char_indices().rev();
    before.take(characters).last().map_or(from, |(at, _)| at)
}

/// So many characters behind a place.
fn forward(text: &str, from: usize, characters: usize) -> usize {
    let behind = text.get(from..).unwrap_or_default();
    behind.char_indices().nth(characters).map_or(text.len(), |(at, _)| from.saturating_add(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: Option<Vec<Part>>) -> String {
        let part = |part: Part| if part.hit { format!("[{}]", part.text) } else { part.text };
        parts.unwrap_or_default().into_iter().map(part).collect()
    }

    fn query(text: &str) -> TextQuery {
        TextQuery::of(text).unwrap()
    }

    #[test]
    fn hits_are_shown_as_they_are_written() {
        for (text, asked, result) in [
            ("超疏水防冰涂层", "防冰 涂层", "超疏水[防冰涂层]"),
            ("鹽湖提鋰:ＬｉＣｌ", "提锂 licl", "鹽湖[提鋰]:[ＬｉＣｌ]"),
            ("<b>锂</b>", "锂", "<b>[锂]</b>"),
            ("提锂", "光伏", ""),
        ] {
            assert_eq!(shown(whole(text, &query(asked))), result, "{text}");
        }
    }

    #[test]
    fn of_a_long_text_the_part_with_the_most_hits_is_shown() {
        let text = format!("锂{}防冰涂层与防冰剂{}", "甲".repeat(300), "乙".repeat(300));
        let found = shown(fragment(&text, &query("锂 防冰")));
        assert!(found.starts_with("…甲") && found.ends_with("乙…"), "{found}");
        assert!(found.contains("[防冰]涂层与[防冰]剂"), "{found}");
        assert_eq!(shown(fragment("短文提锂", &query("提锂"))), "短文[提锂]");
    }

    #[test]
    fn the_parts_of_a_text_are_the_text() {
        let text = "鋰電池與 ＬｉＦｅＰＯ４:50㎏,锂";
        for asked in ["锂", "电池", "lifepo4", "50kg", "锂电池 50kg"] {
            let Some(parts) = whole(text, &query(asked)) else { panic!("{asked}") };
            let joined: String = parts.into_iter().map(|part| part.text).collect();
            assert_eq!(joined, text);
        }
    }
}
