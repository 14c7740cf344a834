//! What of a text can be compared with another text.
//!
//! Chinese is written without spaces, and the same thing has many names: words alone miss what a
//! segmenter cuts in another way, characters alone find too much. So a text is read three times,
//! as words, as single characters and as pairs of neighbours, and each reading counts as the
//! collection makes it rare. On development texts the three together find more than any one of
//! them (`market evaluate`).

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use jieba_rs::Jieba;
use unicode_normalization::UnicodeNormalization;

/// How much of one field is read: enough for every summary, and a bound on what one listing may
/// cost in memory and time.
const READ_CHARACTERS: usize = 4_000;

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Something that two texts may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Feature<'t> {
    /// A Chinese word of two characters or more, or a run of letters and digits.
    Word(&'t str),
    /// A Chinese character.
    Character(char),
    /// Two Chinese characters in a row.
    Pair(char, char),
}

impl Feature<'_> {
    /// Features are told apart by 62 bits: among the ten million of a large collection, the odds
    /// that any two are mixed up are one to a hundred thousand, and then two texts only look a
    /// little more alike than they are.
    fn key(self) -> FeatureKey {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        let reading = match self {
            Self::Word(_) => WORD,
            Self::Character(_) => CHARACTER,
            Self::Pair(..) => PAIR,
        };
        FeatureKey(hasher.finish() & !READING_BITS | reading)
    }
}

const READING_BITS: u64 = 0b11;
const WORD: u64 = 0;
const CHARACTER: u64 = 1;
const PAIR: u64 = 2;

/// How a feature was read from the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As a word.
    Word,
    /// As a single character.
    Character,
    /// As two neighbours.
    Pair,
}

/// A feature, told apart by its hash, whose lowest bits are its reading; the same in every
/// process of one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FeatureKey(u64);

impl FeatureKey {
    /// How it was read.
    pub(crate) const fn reading(self) -> Reading {
        match self.0 & READING_BITS {
            WORD => Reading::Word,
            CHARACTER => Reading::Character,
            _ => Reading::Pair,
        }
    }
}

/// The features of a text and how often each occurs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    counts: HashMap<FeatureKey, u32>,
    length: u32,
}

impl Features {
    /// Adds the features of a text; `times` says how often it counts.
    pub(crate) fn read(&mut self, text: &str, times: u32) {
        each_feature(&normalised(text), |feature| {
            let count = self.counts.entry(feature.key()).or_default();
            *count = count.saturating_add(times);
            self.length = self.length.saturating_add(times);
        });
    }

    /// Each feature with its count, in an order that depends on nothing but the features: sums
    /// over them come out the same on every server.
    pub(crate) fn in_order(&self) -> Vec<(FeatureKey, u32)> {
        let mut counts: Vec<_> = self.counts.iter().map(|(key, count)| (*key, *count)).collect();
        counts.sort_unstable();
        counts
    }

    /// How many features there are, repeated ones too.
    pub(crate) const fn length(&self) -> u32 {
        self.length
    }
}

/// How the features of a text are spelled, by their keys, to tell a reader which are shared. A long
/// word is read with the shorter ones inside it.
pub(crate) fn spelled(text: &str) -> HashMap<FeatureKey, String> {
    let mut spelled = HashMap::new();
    each_feature(&normalised(text), |feature| {
        spelled.entry(feature.key()).or_insert_with(|| match feature {
            Feature::Word(word) => word.to_owned(),
            Feature::Character(character) => character.to_string(),
            Feature::Pair(first, second) => format!("{first}{second}"),
        });
    });
    spelled
}

/// One spelling for what looks alike (NFKC), in lower case.
pub(crate) fn normalised(text: &str) -> String {
    text.chars().take(READ_CHARACTERS).nfkc().flat_map(char::to_lowercase).collect()
}

/// Reads a normalised text, run by run: Chinese characters belong together, and so do letters and
/// digits of other scripts; whatever else stands between them only separates.
fn each_feature(text: &str, mut take: impl FnMut(Feature<'_>)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = Script::of(first);
        let end = rest.find(|c| Script::of(c) != kind).unwrap_or(rest.len());
        let (run, next) = rest.split_at(end);
        match kind {
            Script::Han => each_of_chinese(run, &mut take),
            Script::OtherLetters => take(Feature::Word(run)),
            Script::None => {}
        }
        rest = next;
    }
}

fn each_of_chinese(run: &str, take: &mut impl FnMut(Feature<'_>)) {
    for token in JIEBA.cut_for_search(run, true) {
        if token.word.chars().nth(1).is_some() {
            take(Feature::Word(token.word));
        }
    }
    let mut before = None;
    for character in run.chars() {
        take(Feature::Character(character));
        if let Some(before) = before.replace(character) {
            take(Feature::Pair(before, character));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Han,
    OtherLetters,
    None,
}

impl Script {
    fn of(character: char) -> Self {
        match character {
            '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
            | '〇' => Self::Han,
            c if c.is_alphanumeric() => Self::OtherLetters,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut features = Vec::new();
        each_feature(&normalised(text), |feature| {
            features.push(match feature {
                Feature::Word(word) => word.to_owned(),
                Feature::Character(c) => format!("'{c}"),
                Feature::Pair(a, b) => format!("\"{a}{b}"),
            });
        });
        features
    }

    #[test]
    fn a_text_is_read_as_words_characters_and_pairs() {
        assert_eq!(
            read("锂电池"),
            ["锂电", "电池", "锂电池", "'锂", "'电", "\"锂电", "'池", "\"电池"]
        );
    }

    #[test]
    fn what_looks_alike_is_spelled_alike() {
        assert_eq!(read("ＬｉＦｅＰＯ４"), read("LiFePO4"));
        assert_eq!(read("LiFePO4"), ["lifepo4"]);
    }

    #[test]
    fn pairs_do_not_reach_over_punctuation() {
        assert!(read("除尘,脱硫").iter().all(|feature| feature != "\"尘脱"));
        assert!(read("除尘脱硫").iter().any(|feature| feature == "\"尘脱"));
    }

    #[test]
    fn nothing_but_marks_is_nothing() {
        assert!(read(" ,。!? \n").is_empty());
        assert!(read("").is_empty());
    }

    #[test]
    fn one_text_cannot_cost_more_than_the_bound() {
        let mut features = Features::default();
        features.read(&"盐湖提锂".repeat(10_000), 1);
        assert!(features.length() < 12_001);
    }
}
