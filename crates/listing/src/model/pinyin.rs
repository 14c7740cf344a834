//! How Chinese names are spelled in letters.

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti;

use crate::model::{
    reading::{Reading, Script},
    terms::JIEBA,
};

/// The spellings by which a name is looked for: each of its words, the whole, and its initials
/// (`qinghai`, `daxue`, `qinghaidaxue`, `qhdx`). A character that is read in several ways is
/// spelled in each, one at a time: two odd readings in one name would be too many combinations.
#[must_use]
pub fn spellings(name: &str) -> BTreeSet<String> {
    let reading = Reading::of(name);
    let mut spellings = BTreeSet::new();
    for run in reading.runs().filter(|run| run.script == Script::Chinese) {
        let whole = readings(run.spelled);
        spell(&whole, &mut spellings);
        spell(&whole.iter().map(|ways| initials(ways)).collect::<Vec<_>>(), &mut spellings);
        for word in JIEBA.cut_for_search(run.spelled, true) {
            if word.word.chars().nth(1).is_some() {
                spell(&readings(word.word), &mut spellings);
            }
        }
    }
    spellings
}

/// The ways to read each character, the usual one first.
fn readings(text: &str) -> Vec<Vec<String>> {
    let of = |character: char| {
        let mut ways = Vec::new();
        for way in character.to_pinyin_multi().into_iter().flatten() {
            // Keyboards have no ü: people type v or u.
            let plain = way.plain();
            let typed = [plain.replace('ü', "v"), plain.replace('ü', "u")];
            typed.into_iter().for_each(|way| {
                if !ways.contains(&way) {
                    ways.push(way);
                }
            });
        }
        ways
    };
    text.chars().map(of).collect()
}

fn initials(ways: &[String]) -> Vec<String> {
    let mut initials = Vec::new();
    for initial in ways.iter().filter_map(|way| way.chars().next()).map(String::from) {
        if !initials.contains(&initial) {
            initials.push(initial);
        }
    }
    initials
}

/// The usual readings together, and with each other reading of one character.
fn spell(ways: &[Vec<String>], spellings: &mut BTreeSet<String>) {
    let usual = |position: usize| ways.get(position).and_then(|ways| ways.first());
    for (odd, others) in ways.iter().enumerate() {
        for other in others {
            let spelled: String = (0..ways.len())
                .filter_map(|position| if position == odd { Some(other) } else { usual(position) })
                .map(String::as_str)
                .collect();
            spellings.insert(spelled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_in_words_as_a_whole_and_by_initials() {
        let spelled = spellings("青海大学");
        for spelling in ["qinghai", "daxue", "qinghaidaxue", "qhdx"] {
            assert!(spelled.contains(spelling), "{spelling} in {spelled:?}");
        }
    }

    #[test]
    fn characters_of_several_readings_are_spelled_in_each() {
        for (name, spelling) in [
            ("重庆材料研究院", "chongqing"),
            ("长春光机所", "changchun"),
            ("绿色能源", "lvse"),
            ("绿色能源", "luse"),
        ] {
            let spelled = spellings(name);
            assert!(spelled.contains(spelling), "{spelling} in {spelled:?}");
        }
    }

    #[test]
    fn other_scripts_are_left_out() {
        assert!(spellings("ACME 2026").is_empty());
    }
}
