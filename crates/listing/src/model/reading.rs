//! A text as a search reads it: one spelling for what reads alike, cut into Chinese characters and
//! words of other scripts, each with the place in the text where it came from.
//!
//! Full width and ligatures (NFKC), traditional characters and capitals are folded one character
//! at a time, so that query and text always fold alike, and what was found can be shown where it
//! stands.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use opencc_fmmseg::OpenCC;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What is longer is no word that anybody looks for.
const WORD_BYTES_MAX: usize = 128;

/// The characters that are written in another, simplified way.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(simplified);

/// The scripts that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Chinese characters, which are not set apart by spaces.
    Chinese,
    /// Letters and digits of other scripts.
    Other,
}

/// A Chinese character, or a word of another script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Which it is.
    pub script: Script,
    /// Its number in the text; two are missing where something stands between words.
    pub position: u32,
    /// Where it stands in the text as written, in bytes.
    pub written: Range<usize>,
    folded: Range<usize>,
}

/// A text as a search reads it.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    folded: String,
    units: Vec<Unit>,
}

impl Reading {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut reading = Self { folded: String::with_capacity(text.len()), units: Vec::new() };
        // What ends a word or a run of Chinese has been read since the last unit.
        let mut apart = true;
        for written in clusters(text) {
            let Some(cluster) = text.get(written.clone()) else { continue };
            fold(cluster, |character| match script(character) {
                Some(script) => {
                    reading.add(character, script, written.clone(), apart);
                    apart = false;
                }
                None => apart = true,
            });
        }
        reading
    }

    fn add(&mut self, character: char, script: Script, written: Range<usize>, apart: bool) {
        let start = self.folded.len();
        let mut position = 0;
        if let Some(last) = self.units.last_mut() {
            let joined = !apart && last.script == script;
            if joined && script == Script::Other {
                if last.folded.len() < WORD_BYTES_MAX {
                    self.folded.push(character);
                    last.folded.end = self.folded.len();
                }
                last.written.end = written.end;
                return;
            }
            position = last.position.saturating_add(if joined { 1 } else { 2 });
        }
        self.folded.push(character);
        self.units.push(Unit { script, position, written, folded: start..self.folded.len() });
    }

    /// Its characters and words, in order.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// How a unit is spelled.
    #[must_use]
    pub fn spelled(&self, unit: &Unit) -> &str {
        self.folded.get(unit.folded.clone()).unwrap_or_default()
    }

    /// A unit and the one behind it, spelled together, if both are Chinese and nothing stands
    /// between them.
    #[must_use]
    pub fn pair(&self, unit: &Unit, next: &Unit) -> Option<&str> {
        let chinese = unit.script == Script::Chinese && next.script == Script::Chinese;
        let adjacent = unit.position.checked_add(1) == Some(next.position);
        (chinese && adjacent).then(|| self.folded.get(unit.folded.start..next.folded.end))?
    }

    /// The parts with nothing between them: runs of Chinese, and words.
    pub fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let joined = |unit: &Unit, next: &Unit| self.pair(unit, next).is_some();
        self.units.chunk_by(joined).filter_map(|units| {
            let (first, last) = (units.first()?, units.last()?);
            let spelled = self.folded.get(first.folded.start..last.folded.end)?;
            Some(Run { script: first.script, position: first.position, spelled })
        })
    }
}

/// A text in the one spelling for what reads alike, with everything between its words.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for cluster in clusters(text) {
        fold(text.get(cluster).unwrap_or_default(), |character| folded.push(character));
    }
    folded
}

/// A part of a text with nothing between words in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'t> {
    /// In which script.
    pub script: Script,
    /// The number of its first unit.
    pub position: u32,
    /// How it is spelled.
    pub spelled: &'t str,
}

/// Each character with the marks that belong to it.
fn clusters(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut characters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = characters.next()?;
        let mut end = start + first.len_utf8();
        while let Some((at, mark)) = characters.next_if(|(_, next)| is_combining_mark(*next)) {
            end = at + mark.len_utf8();
        }
        Some(start..end)
    })
}

fn fold(cluster: &str, mut take: impl FnMut(char)) {
    let mut characters = cluster.chars();
    match (characters.next(), characters.next()) {
        // Nearly everything there is.
        (Some(plain @ '\u{4E00}'..='\u{9FFF}'), None) => take(simple(plain)),
        (Some(ascii), None) if ascii.is_ascii() => take(ascii.to_ascii_lowercase()),
        _ => cluster.nfkc().flat_map(char::to_lowercase).map(simple).for_each(take),
    }
}

fn simple(character: char) -> char {
    SIMPLIFIED.get(&character).copied().unwrap_or(character)
}

fn simplified() -> HashMap<char, char> {
    let converter = OpenCC::new();
    let written = ('\u{3400}'..='\u{4DBF}').chain('\u{4E00}'..='\u{9FFF}');
    let pairs = written.filter_map(|character| {
        // One at a time: as part of a word it might be left as it is.
        let converted = converter.t2s(character.encode_utf8(&mut [0; 4]), false);
        let mut simple = converted.chars();
        let first = simple.next().filter(|first| *first != character)?;
        simple.next().is_none().then_some((character, first))
    });
    pairs.collect()
}

fn script(character: char) -> Option<Script> {
    match character {
        '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}'
        | '〇' => Some(Script::Chinese),
        other => other.is_alphanumeric().then_some(Script::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> Vec<String> {
        let reading = Reading::of(text);
        reading.runs().map(|run| run.spelled.to_owned()).collect()
    }

    #[test]
    fn what_reads_alike_is_spelled_alike() {
        for (text, runs) in [
            ("ＬｉＦｅＰＯ４", vec!["lifepo4"]),
            ("鋰電池", vec!["锂电池"]),
            ("石墨烯/銅箔", vec!["石墨烯", "铜箔"]),
            ("50 ㎏", vec!["50", "kg"]),
            ("Cafe\u{301}", vec!["café"]),
            (" ,。!?\n", vec![]),
            ("3.5mm", vec!["3", "5mm"]),
            ("锂电池LiFePO4", vec!["锂电池", "lifepo4"]),
        ] {
            assert_eq!(spelled(text), runs, "{text}");
        }
    }

    #[test]
    fn every_unit_knows_where_it_was_written() {
        let text = "鋰，㎏ Ａb cafe\u{301}池";
        let reading = Reading::of(text);
        let written: Vec<&str> =
            reading.units().iter().map(|unit| &text[unit.written.clone()]).collect();
        assert_eq!(written, ["鋰", "㎏", "Ａb", "cafe\u{301}", "池"]);
        let positions: Vec<u32> = reading.units().iter().map(|unit| unit.position).collect();
        assert_eq!(positions, [0, 2, 4, 6, 8]);
        let adjacent: Vec<u32> =
            Reading::of("锂电池").units().iter().map(|unit| unit.position).collect();
        assert_eq!(adjacent, [0, 1, 2]);
    }

    #[test]
    fn a_word_without_end_is_cut_off() {
        assert_eq!(spelled(&"a".repeat(1000)), ["a".repeat(WORD_BYTES_MAX)]);
    }
}
