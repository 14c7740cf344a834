//! Near-same texts.
//!
//! Two texts are alike as far as they share their runs of three characters (Jaccard). So that
//! nobody has to compare a text with all others, each has a MinHash sketch in bands (Broder 1997;
//! Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, ch. 3): near-same texts share a band
//! almost surely, others almost never.

use std::collections::BTreeSet;

use kernel::BasisPoints;
use unicode_normalization::UnicodeNormalization;

use crate::model::Content;

const RUN: usize = 3;
const BANDS: usize = 16;
const ROWS: usize = 4;
/// How alike two texts are that are near-same: 60 of 100 runs shared.
const NEAR_SAME_BP: u16 = 6_000;

/// By what a text's likes are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    runs: BTreeSet<u64>,
}

impl Sketch {
    /// The sketch of a listing: of its title and abstract.
    #[must_use]
    pub fn of(content: &Content) -> Self {
        Self::of_text(&format!("{} {}", content.title, content.summary))
    }

    /// The sketch of a title and an abstract.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let letters: Vec<char> = text
            .nfkc()
            .flat_map(char::to_lowercase)
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        let runs = if letters.len() < RUN {
            BTreeSet::from([hash(&letters)])
        } else {
            letters.windows(RUN).map(hash).collect()
        };
        Self { runs }
    }

    /// A number for each band.
    #[must_use]
    pub fn bands(&self) -> Vec<i64> {
        let lowest = |seed: u64| {
            let hashes = self.runs.iter().map(|run| mixed(run.wrapping_add(seed)));
            hashes.min().unwrap_or_default()
        };
        let mut seeds = (1_u64..).map(mixed);
        (0..BANDS)
            .map(|_| {
                let rows = seeds.by_ref().take(ROWS).map(lowest);
                let band = rows.fold(0, |band, row| mixed(band ^ row));
                i64::from_ne_bytes(band.to_ne_bytes())
            })
            .collect()
    }

    /// How alike two texts are: what share of all their runs they have in common.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> BasisPoints {
        let shared = self.runs.intersection(&other.runs).count();
        let all = self.runs.len().saturating_add(other.runs.len()).saturating_sub(shared);
        let points = shared.saturating_mul(10_000).checked_div(all).unwrap_or_default();
        let points = u16::try_from(points).unwrap_or(10_000);
        BasisPoints::new(points).unwrap_or(BasisPoints::WHOLE)
    }

    /// Are the two near-same?
    #[must_use]
    pub fn is_near(&self, other: &Self) -> bool {
        self.likeness(other).points() >= NEAR_SAME_BP
    }
}

/// FNV-1a, which never changes: what is stored must be found again.
fn hash(letters: &[char]) -> u64 {
    letters.iter().fold(0xCBF2_9CE4_8422_2325, |hash, letter| {
        (hash ^ u64::from(u32::from(*letter))).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// The finaliser of `SplitMix64`: every bit depends on every other.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COATING: &str = "超疏水防冰涂层的制备方法,以改性二氧化硅和氟硅树脂为主要原料,\
                           在风电叶片表面形成两层结构,延迟结冰四倍以上,可现场喷涂施工。";

    fn share_a_band(one: &Sketch, other: &Sketch) -> bool {
        let others = other.bands();
        one.bands().iter().any(|band| others.contains(band))
    }

    #[test]
    fn a_text_with_a_few_words_changed_is_near_the_same_and_found() {
        let one = Sketch::of_text(COATING);
        let other = Sketch::of_text(&COATING.replace("四倍以上", "三至四倍"));
        assert!(one.is_near(&other), "{:?}", one.likeness(&other));
        assert!(share_a_band(&one, &other));
    }

    #[test]
    fn another_text_of_the_same_field_is_neither() {
        let one = Sketch::of_text(COATING);
        let other = Sketch::of_text(
            "一种电热防冰装置,通过埋设在叶片前缘的碳纤维加热层消除覆冰,由温湿度传感器自动启停。",
        );
        assert!(!one.is_near(&other), "{:?}", one.likeness(&other));
        assert!(!share_a_band(&one, &other));
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        let one = Sketch::of_text("LiFePO4 正极材料");
        assert_eq!(one, Sketch::of_text("ＬｉＦｅＰＯ４，正极材料。"));
        assert_eq!(one.likeness(&one).points(), 10_000);
        assert_eq!(Sketch::of_text("").bands().len(), BANDS);
    }
}
