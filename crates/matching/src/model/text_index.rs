//! BM25 over an inverted index: which texts share rare features with a query.
//!
//! Score of a text = Σ over the query's features of `weight × count·(k1+1) / (count + k1·(1 − b +
//! b·length/average length))` (Robertson & Zaragoza 2009), with `weight = reading × √times in the
//! query × idf^1.5`. It is given as a share of what a text equal to the query would get, so that 1
//! means "says the same" whatever the query's length.
//!
//! Set by trial on development texts (`market evaluate`): rarity counts for more than in the
//! classic formula, since three readings repeat each other; a word counts half, since its
//! characters and pairs count, too; what stands in more than a fifth of a large collection is
//! left out, and so is all but the weightiest of a long query. That makes it better and cheaper.
//! Needs and offers are one collection: what is rare is judged by everything that is known.
#![expect(clippy::float_arithmetic, reason = "BM25 is arithmetic of real numbers; no money here")]

use std::collections::HashMap;

use super::features::{FeatureKey, Features, Reading};

/// How fast a repeated feature stops counting.
const K1: f64 = 1.2;
/// How much a long text must repeat a feature to count as much as a short one.
const B: f64 = 0.9;
/// As how large a collection a smaller one is taken when rarity is judged.
const TEXTS_AT_LEAST: usize = 1_000;
/// How many features of a query are looked up: the weightiest.
const ASKED_MAX: usize = 128;
/// How many features of a text are looked up when the text itself is the question: the weightiest.
const BORROWED_MAX: usize = 96;
/// In a collection so large, what stands in more than one text of so many is not looked up.
const COMMON_AT_LEAST: usize = 500;
const COMMON_ONE_IN: usize = 5;

const fn reading_weight(reading: Reading) -> f64 {
    match reading {
        Reading::Word => 0.5,
        Reading::Character => 1.5,
        Reading::Pair => 1.0,
    }
}

/// Where a text stands in the index; freed places are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot(u32);

impl Slot {
    /// The one with this number.
    pub(crate) const fn at(number: u32) -> Self {
        Self(number)
    }

    /// Its number, from 0.
    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The bits of a posting that count; the others name the slot.
const COUNT_BITS: u32 = 6;
const COUNT_MAX: u32 = (1 << COUNT_BITS) - 1;
const SLOTS_MAX: u32 = 1 << (32 - COUNT_BITS);

/// A text that has a feature, and how often: slot and count in 32 bits.
#[derive(Clone, Copy, Debug)]
struct Posting(u32);

impl Posting {
    fn new(slot: Slot, count: u32) -> Self {
        Self(slot.0 << COUNT_BITS | count.min(COUNT_MAX))
    }

    const fn slot(self) -> Slot {
        Slot(self.0 >> COUNT_BITS)
    }

    fn count(self) -> f64 {
        f64::from(self.0 & COUNT_MAX)
    }
}

/// What the index knows of one text.
#[derive(Debug, Default)]
struct Text {
    length: u32,
    /// The lists in which it stands, so that it can be taken out again.
    lists: Box<[u32]>,
}

/// How many postings a question may still read.
#[derive(Debug)]
pub(crate) struct Work {
    left: usize,
    ran_out: bool,
}

impl Work {
    pub(crate) const fn of(postings: usize) -> Self {
        Self { left: postings, ran_out: false }
    }

    /// Was there more to do?
    pub(crate) const fn ran_out(&self) -> bool {
        self.ran_out
    }

    /// Takes so many on, if as many are left.
    fn afford(&mut self, postings: usize) -> bool {
        match self.left.checked_sub(postings) {
            Some(left) if !self.ran_out => self.left = left,
            _ => self.ran_out = true,
        }
        !self.ran_out
    }
}

/// An inverted index of texts.
#[derive(Debug, Default)]
pub(crate) struct TextIndex {
    dictionary: HashMap<FeatureKey, u32>,
    /// The feature of each list.
    keys: Vec<FeatureKey>,
    /// For each feature the texts that have it, in the order of their slots.
    lists: Vec<Vec<Posting>>,
    texts: Vec<Text>,
    free: Vec<Slot>,
    total_length: u64,
}

/// A query as the index sees it at one moment.
pub(crate) struct Asked {
    features: Vec<AskedFeature>,
    /// What a text equal to the query would score.
    ideal: f64,
}

struct AskedFeature {
    key: FeatureKey,
    list: Option<u32>,
    weight: f64,
}

impl Asked {
    /// Of features with what each adds to the ideal, the weightiest.
    fn weightiest(mut features: Vec<(AskedFeature, f64)>, most: usize) -> Self {
        // Equal weights, equal order: the same on every server.
        features.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.key.cmp(&b.0.key)));
        features.truncate(most);
        let ideal: f64 = features.iter().map(|(_, ideal)| ideal).sum();
        let ideal = if ideal > 0.0 { ideal } else { f64::INFINITY };
        Self { features: features.into_iter().map(|(feature, _)| feature).collect(), ideal }
    }
}

impl TextIndex {
    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len().saturating_sub(self.free.len())
    }

    /// Adds a text and says where it stands; `None` if there is no room for more.
    pub(crate) fn add(&mut self, features: &Features) -> Option<Slot> {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                let next = u32::try_from(self.texts.len()).ok().filter(|slot| *slot < SLOTS_MAX)?;
                self.texts.push(Text::default());
                Slot(next)
            }
        };
        let counts = features.in_order();
        let mut lists = Vec::with_capacity(counts.len());
        for (key, count) in counts {
            let Ok(next) = u32::try_from(self.lists.len()) else { continue };
            let list = *self.dictionary.entry(key).or_insert(next);
            if list == next {
                self.lists.push(Vec::new());
                self.keys.push(key);
            }
            if let Some(postings) = at_mut(&mut self.lists, list) {
                let place = postings.partition_point(|posting| posting.slot() < slot);
                postings.insert(place, Posting::new(slot, count));
            }
            lists.push(list);
        }
        if let Some(text) = at_mut(&mut self.texts, slot.0) {
            *text = Text { length: features.length(), lists: lists.into_boxed_slice() };
        }
        self.total_length = self.total_length.saturating_add(u64::from(features.length()));
        Some(slot)
    }

    /// Takes a text out.
    pub(crate) fn remove(&mut self, slot: Slot) {
        let Some(text) = at_mut(&mut self.texts, slot.0).map(std::mem::take) else { return };
        for list in &text.lists {
            let Some(postings) = at_mut(&mut self.lists, *list) else { continue };
            if let Ok(place) = postings.binary_search_by_key(&slot, |posting| posting.slot()) {
                postings.remove(place);
            }
        }
        self.total_length = self.total_length.saturating_sub(u64::from(text.length));
        self.free.push(slot);
    }

    /// Gives back the room that growing lists have kept in reserve.
    pub(crate) fn shrink(&mut self) {
        self.lists.iter_mut().for_each(Vec::shrink_to_fit);
        self.lists.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.dictionary.shrink_to_fit();
    }

    /// Weighs a query's features by how rare they are here; those that `read` leaves out count
    /// nothing.
    pub(crate) fn ask(&self, features: &Features, read: impl Fn(Reading) -> bool) -> Asked {
        let own = own_norm(f64::from(features.length()), self.average_length());
        let mut asked = Vec::new();
        for (key, times) in features.in_order().into_iter().filter(|(key, _)| read(key.reading())) {
            let list = self.dictionary.get(&key).copied();
            let Some(rarity) = self.rarity(key, list) else { continue };
            let times = f64::from(times);
            let weight = times.sqrt() * rarity;
            let ideal = weight * saturated(times, own);
            asked.push((AskedFeature { key, list, weight }, ideal));
        }
        Asked::weightiest(asked, ASKED_MAX)
    }

    /// The question that a text in the index would be: its features, as much as they say of it.
    pub(crate) fn ask_like(&self, slot: Slot, read: impl Fn(Reading) -> bool) -> Asked {
        let Some(text) = at(&self.texts, slot.0) else { return Asked::weightiest(Vec::new(), 0) };
        let norm = own_norm(f64::from(text.length), self.average_length());
        let mut asked = Vec::with_capacity(text.lists.len());
        for list in &text.lists {
            let Some(key) = at(&self.keys, *list).copied().filter(|key| read(key.reading())) else {
                continue;
            };
            let Some(rarity) = self.rarity(key, Some(*list)) else { continue };
            let Some(posting) = self.posting(*list, slot) else { continue };
            let says = saturated(posting.count(), norm);
            let weight = rarity * says;
            asked.push((AskedFeature { key, list: Some(*list), weight }, weight * says));
        }
        Asked::weightiest(asked, BORROWED_MAX)
    }

    /// How much a feature counts for being rare, as it was read; `None` if it is too common.
    fn rarity(&self, key: FeatureKey, list: Option<u32>) -> Option<f64> {
        let having = list.and_then(|list| at(&self.lists, list)).map_or(0, Vec::len);
        let common = having > COMMON_AT_LEAST && having > self.len() / COMMON_ONE_IN;
        let idf = idf(self.len(), having);
        (!common).then(|| reading_weight(key.reading()) * idf * idf.sqrt())
    }

    fn posting(&self, list: u32, slot: Slot) -> Option<Posting> {
        let postings = at(&self.lists, list)?;
        let place = postings.binary_search_by_key(&slot, |posting| posting.slot()).ok()?;
        postings.get(place).copied()
    }

    /// The share of the ideal that each text reaches, by slot. The weightiest features come first:
    /// where the work runs out, the rest is left.
    pub(crate) fn shares(&self, asked: &Asked, work: &mut Work) -> Vec<f64> {
        let average = self.average_length();
        let norms: Vec<f64> =
            self.texts.iter().map(|text| own_norm(f64::from(text.length), average)).collect();
        let mut scores = vec![0.0; self.texts.len()];
        for feature in &asked.features {
            let postings = self.postings(feature);
            if !work.afford(postings.len()) {
                break;
            }
            let weight = feature.weight / asked.ideal;
            for posting in postings {
                let index = posting.slot().0;
                if let (Some(score), Some(norm)) = (at_mut(&mut scores, index), at(&norms, index)) {
                    *score += weight * saturated(posting.count(), *norm);
                }
            }
        }
        scores
    }

    /// The features of the query that a text has and what share of the ideal each is, the most
    /// first.
    pub(crate) fn parts(&self, asked: &Asked, slot: Slot) -> Vec<(FeatureKey, f64)> {
        let Some(text) = at(&self.texts, slot.0) else { return Vec::new() };
        let norm = own_norm(f64::from(text.length), self.average_length());
        let mut parts = Vec::new();
        for feature in &asked.features {
            if let Some(posting) = feature.list.and_then(|list| self.posting(list, slot)) {
                let part = feature.weight * saturated(posting.count(), norm) / asked.ideal;
                parts.push((feature.key, part));
            }
        }
        parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        parts
    }

    fn postings(&self, feature: &AskedFeature) -> &[Posting] {
        feature.list.and_then(|list| at(&self.lists, list)).map_or(&[], Vec::as_slice)
    }

    fn average_length(&self) -> f64 {
        let texts = u64::try_from(self.len()).unwrap_or(u64::MAX).max(1);
        real(self.total_length / texts).max(1.0)
    }
}

/// How rare a feature is. One that no text has counts like one that a single text has, and a small
/// collection is taken for a larger one: it says little about what is rare.
fn idf(texts: usize, having: usize) -> f64 {
    let (texts, having) = (real_size(texts.max(TEXTS_AT_LEAST)), real_size(having.max(1)));
    ((texts - having + 0.5) / (having + 0.5)).ln_1p()
}

/// A repeated feature counts more, but ever less so.
fn saturated(count: f64, norm: f64) -> f64 {
    count * (K1 + 1.0) / (count + norm)
}

/// The part of BM25's denominator that depends on a text's length only.
fn own_norm(length: f64, average: f64) -> f64 {
    K1 * (1.0 - B + B * length / average)
}

fn real(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

fn real_size(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

fn at<T>(items: &[T], index: u32) -> Option<&T> {
    items.get(Slot(index).index())
}

fn at_mut<T>(items: &mut [T], index: u32) -> Option<&mut T> {
    items.get_mut(Slot(index).index())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Features {
        let mut features = Features::default();
        features.read(text, 1);
        features
    }

    fn shares(index: &TextIndex, query: &str) -> Vec<f64> {
        index.shares(&index.ask(&features(query), |_| true), &mut Work::of(1_000))
    }

    #[test]
    fn a_text_that_says_the_same_reaches_the_whole_and_a_stranger_nothing() {
        let mut index = TextIndex::default();
        for text in ["盐湖卤水提锂膜分离", "风机叶片防冰涂层", "牦牛乳酪发酵工艺"]
        {
            index.add(&features(text));
        }
        let found = shares(&index, "盐湖卤水提锂膜分离");
        assert!((found[0] - 1.0).abs() < 0.05, "{found:?}");
        assert_eq!(found[1..], [0.0, 0.0]);
    }

    #[test]
    fn rare_features_count_more_than_common_ones() {
        let mut index = TextIndex::default();
        for text in ["研究装置", "研究方法", "研究除尘", "研究装置"] {
            index.add(&features(text));
        }
        let found = shares(&index, "除尘装置");
        assert!(found[2] > found[0] && found[0] > 0.0, "{found:?}");
    }

    #[test]
    fn taking_a_text_out_leaves_the_index_as_if_it_had_never_been_there() {
        let mut without = TextIndex::default();
        without.add(&features("除尘装置"));
        without.add(&features("脱硫装置"));
        let mut with = TextIndex::default();
        let gone = with.add(&features("脱硝装置与催化剂")).unwrap();
        with.add(&features("除尘装置"));
        with.remove(gone);
        with.add(&features("脱硫装置"));
        assert_eq!(with.len(), 2);
        let mut found = shares(&with, "脱硫除尘装置");
        found.reverse();
        assert_eq!(found, shares(&without, "脱硫除尘装置"));
    }

    #[test]
    fn the_parts_of_a_share_add_up_to_it() {
        let mut index = TextIndex::default();
        index.add(&features("高温烟气脱硫除尘一体化装置"));
        index.add(&features("高温合金叶片"));
        let asked = index.ask(&features("烟气除尘,高温"), |_| true);
        let whole = shares(&index, "烟气除尘,高温")[0];
        let parts: f64 = index.parts(&asked, Slot(0)).iter().map(|(_, part)| part).sum();
        assert!((whole - parts).abs() < 1e-9);
    }

    #[test]
    fn an_empty_query_and_an_empty_index_find_nothing() {
        let mut index = TextIndex::default();
        assert!(shares(&index, "除尘").is_empty());
        index.add(&features("除尘"));
        assert_eq!(shares(&index, ""), [0.0]);
    }

    #[test]
    fn a_text_asks_for_itself_first() {
        let mut index = TextIndex::default();
        index.add(&features("高温烟气脱硫除尘一体化装置"));
        let own = index.add(&features("风机叶片防冰涂层")).unwrap();
        let found = index.shares(&index.ask_like(own, |_| true), &mut Work::of(1_000));
        assert!(found[0] == 0.0 && (found[1] - 1.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn where_the_work_runs_out_the_weightiest_has_been_done() {
        let mut index = TextIndex::default();
        for text in ["除尘装置", "脱硫装置", "脱硝装置"] {
            index.add(&features(text));
        }
        let asked = index.ask(&features("除尘装置"), |_| true);
        let mut work = Work::of(2);
        let found = index.shares(&asked, &mut work);
        assert!(work.ran_out() && found[0] > 0.0, "{found:?}");
        assert_eq!(found[1..], [0.0, 0.0]);
    }
}
