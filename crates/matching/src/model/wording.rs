//! Says in words what the words of a match gave.

use std::{cmp::Reverse, collections::HashMap};

use kernel::Words;

use super::{
    document::{Document, Passage},
    explanation::{Factor, Line, Score, Term},
    features::{self, FeatureKey, Reading},
    ranker::{Match, millionths},
};

/// How many shared words an explanation names.
const WORDS_NAMED: usize = 6;

/// A listing whose words are asked for: how its features are spelled, read once for all matches.
pub(crate) struct Speaker<'d> {
    document: &'d Document,
    spelled: HashMap<FeatureKey, String>,
}

impl<'d> From<&'d Document> for Speaker<'d> {
    fn from(document: &'d Document) -> Self {
        let texts = document.texts().into_iter();
        let spelled = texts.flat_map(|(_, text)| features::spelled(text)).collect();
        Self { document, spelled }
    }
}

/// Fills in what the words gave: which they are, where the found listing says them, and how much
/// each adds. `similar` is the listing whose words count beside those of `asker`.
pub(crate) fn explain(
    found: &mut Match,
    listing: &Document,
    asker: &Speaker<'_>,
    similar: Option<&Speaker<'_>>,
    whole: bool,
) {
    let passages = Passages::of(listing);
    let (shared, borrowed) = (&found.shared, found.similar.as_ref().map(|(_, shared)| shared));
    for line in &mut found.explanation {
        let (speaker, shared) = match line.factor {
            Factor::Text => (Some(asker), Some(shared)),
            Factor::Related => (similar, borrowed),
            Factor::Domain
            | Factor::Maturity
            | Factor::TransferModes
            | Factor::Region
            | Factor::Price => continue,
        };
        line.terms = terms(line.adds(), speaker, shared.map_or(&[], Vec::as_slice), &passages);
        line.detail = detail(line, similar, whole);
    }
}

/// Where a listing says what.
struct Passages(Vec<(Passage, String)>);

impl Passages {
    fn of(listing: &Document) -> Self {
        let texts = listing.texts().into_iter();
        Self(texts.map(|(passage, text)| (passage, features::normalised(text))).collect())
    }

    fn saying(&self, word: &str) -> Vec<Passage> {
        let saying = self.0.iter().filter(|(_, text)| text.contains(word));
        let mut passages: Vec<Passage> = saying.map(|(passage, _)| *passage).collect();
        passages.dedup();
        passages
    }
}

/// The weightiest shared words, none inside another, with what each adds. A character or a pair
/// counts for the first word that has it; what belongs to no named word comes last, without a
/// word. Together they are the whole part.
fn terms(
    part: Score,
    speaker: Option<&Speaker<'_>>,
    shared: &[(FeatureKey, f64)],
    passages: &Passages,
) -> Vec<Term> {
    let spelled = |key| speaker.and_then(|speaker| speaker.spelled.get(key)).map(String::as_str);
    let mut named: Vec<(&str, f64)> = Vec::new();
    let words = shared.iter().filter(|(key, _)| key.reading() == Reading::Word);
    for word in words.filter_map(|(key, _)| spelled(key)) {
        if named.iter().any(|(known, _)| known.contains(word)) {
            continue;
        }
        named.retain(|(known, _)| !word.contains(known));
        named.push((word, 0.0));
        if named.len() == WORDS_NAMED {
            break;
        }
    }
    let mut sum = 0.0;
    for (key, share) in shared {
        sum = add(sum, *share);
        let spelling = spelled(key);
        let has = |word: &str| spelling.is_some_and(|spelling| word.contains(spelling));
        if let Some((_, adds)) = named.iter_mut().find(|(word, _)| has(word)) {
            *adds = add(*adds, *share);
        }
    }
    let mut rest = part;
    let mut terms = Vec::with_capacity(named.len().saturating_add(1));
    for (word, share) in named {
        let adds = part.share(ratio(share, sum));
        rest = rest.without(adds);
        terms.push(Term { word: Some(word.to_owned()), said_in: passages.saying(word), adds });
    }
    terms.sort_by_key(|term| Reverse(term.adds));
    terms.push(Term { word: None, said_in: Vec::new(), adds: rest });
    terms
}

#[expect(clippy::float_arithmetic, reason = "shares of a text are real numbers; no money here")]
fn add(sum: f64, share: f64) -> f64 {
    sum + share
}

/// A share of a sum in millionths, rounded down so that no more is given than there is.
#[expect(clippy::float_arithmetic, reason = "shares of a text are real numbers; no money here")]
fn ratio(share: f64, sum: f64) -> u32 {
    if sum > 0.0 { millionths(share / sum).saturating_sub(1) } else { 0 }
}

fn detail(line: &Line, similar: Option<&Speaker<'_>>, whole: bool) -> Words {
    let named: Vec<&str> = line.terms.iter().filter_map(|term| term.word.as_deref()).collect();
    let (mut zh, mut en) = if line.part() == 0 {
        ("没有共有的字词".to_owned(), "no words in common".to_owned())
    } else if named.is_empty() {
        ("只有个别字词相近".to_owned(), "only single characters in common".to_owned())
    } else {
        (format!("共有用语:{}", named.join("、")), format!("shared terms: {}", named.join(", ")))
    };
    if line.factor == Factor::Related {
        let title = similar.map_or("", |similar| similar.document.facts.title.as_str());
        zh = format!("相近发布“{title}”的{zh}");
        en = format!("with the similar listing “{title}”, {en}");
    }
    if !whole {
        zh.push_str("(问题较长,仅比对了最重要的用语)");
        en.push_str(" (a heavy question: only its weightiest terms were compared)");
    }
    Words::new(zh, en)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use events::ListingFacts;
    use kernel::{Domain, Fen, Id, ListingKind, TransferMode};
    use proptest::{prelude::*, strategy::ValueTree};

    use super::*;
    use crate::model::ranker::{Query, Ranker};

    const SUBJECTS: [&str; 8] =
        ["盐湖卤水", "风机叶片", "燃煤烟气", "牦牛乳", "光伏组件", "镁合金", "羊毛织物", "枸杞"];
    const WORKS: [&str; 8] = [
        "提锂吸附剂",
        "防冰涂层",
        "除尘装置",
        "杀菌工艺",
        "清扫机器人",
        "封孔处理",
        "防缩整理",
        "干燥",
    ];

    prop_compose! {
        fn text()(parts in prop::collection::vec((0..8_usize, 0..8_usize), 1..5)) -> String {
            let parts = parts.iter().map(|(a, b)| format!("{}{}", SUBJECTS[*a], WORKS[*b]));
            parts.collect::<Vec<_>>().join(",")
        }
    }

    prop_compose! {
        fn document(asks: bool)(
            number in 1..u64::MAX / 2,
            title in text(),
            summary in text(),
            keywords in prop::collection::vec(text(), 0..3),
            domain in 0..Domain::ALL.len(),
            trl in prop::option::of(1..=9_u8),
            modes in prop::sample::subsequence(TransferMode::ALL, 0..3),
            money in prop::option::of(0..2_000_i64),
            near in any::<bool>(),
        ) -> Document {
            let money = money.and_then(|fen| Fen::new(fen).ok());
            let facts = ListingFacts {
                number: number.to_string(),
                kind: if asks { ListingKind::Need } else { ListingKind::Result },
                organisation_id: Id::from_parts(number, &[1; 10]),
                organisation_name: "某单位".to_owned(),
                title,
                summary,
                description: None,
                keywords,
                domain: Domain::ALL[domain],
                region: if near { "630102" } else { "110108" }.parse().unwrap(),
                trl,
                transfer_modes: modes,
                price_mode: None,
                price_fen: money.filter(|_| !asks),
                budget_min_fen: None,
                budget_max_fen: money.filter(|_| asks),
                deadline: None,
            };
            Document { listing_id: Id::from_parts(number, &[0; 10]), facts }
        }
    }

    /// What a match explains adds up, to the last digit.
    fn check(found: &Match) {
        let parts: i64 = found.explanation.iter().map(Line::part).sum();
        let score = f64::from(found.place.score);
        assert!((0.0..=1.0).contains(&score));
        assert_eq!(Score::of(&found.explanation), found.place.score);
        assert!(parts >= 0);
        for line in &found.explanation {
            assert!(!line.detail.zh.is_empty() && !line.detail.en.is_empty(), "{line:?}");
            if line.terms.is_empty() {
                assert!(!matches!(line.factor, Factor::Text | Factor::Related));
                continue;
            }
            let rest = line.terms.iter().fold(line.adds(), |rest, term| rest.without(term.adds));
            assert_eq!(rest, Score::of(&[]), "{line:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// Some ten matches in each case: more than a thousand in all.
        #[test]
        fn the_parts_of_an_explanation_add_up_to_the_score_and_the_words_to_their_part(
            asker in document(true),
            others in prop::collection::vec(document(true), 0..4),
            offers in prop::collection::vec(document(false), 8..14),
        ) {
            let mut ranker = Ranker::default();
            for document in offers.iter().chain(&others).chain([&asker]) {
                ranker.learn(document.into());
            }
            let query = Query::new(&asker, NaiveDate::MIN, None).down_to_nothing();
            for mut found in ranker.rank(&query, 20) {
                let by_id = |id| offers.iter().chain(&others).find(|one| one.listing_id == id);
                let similar = found.similar_to().and_then(by_id).map(Speaker::from);
                let listing = by_id(found.place.listing_id).unwrap();
                explain(&mut found, listing, &Speaker::from(&asker), similar.as_ref(), true);
                check(&found);
            }
        }
    }

    fn explained(offer: &str, need: &str, whole: bool) -> Line {
        let plain = |asks, number, title: &str| {
            let mut runner = proptest::test_runner::TestRunner::deterministic();
            let mut made = document(asks).new_tree(&mut runner).unwrap().current();
            made.listing_id = Id::from_parts(number, &[0; 10]);
            made.facts.organisation_id = Id::from_parts(number, &[0; 10]);
            made.facts.title = title.to_owned();
            made.facts.summary = title.to_owned();
            made.facts.keywords = Vec::new();
            made
        };
        let (listing, asker) = (plain(false, 1, offer), plain(true, 2, need));
        let mut ranker = Ranker::default();
        ranker.learn((&listing).into());
        let query = Query::new(&asker, NaiveDate::MIN, None).down_to_nothing();
        let mut found = ranker.rank(&query, 1).remove(0);
        explain(&mut found, &listing, &Speaker::from(&asker), None, whole);
        found.explanation.remove(0)
    }

    #[test]
    fn an_explanation_names_the_shared_words_once_and_where_they_are() {
        let line = explained("锂电池隔膜涂覆工艺", "求锂电池隔膜", true);
        assert_eq!(line.detail.zh, "共有用语:锂电池、隔膜");
        assert_eq!(line.terms[0].said_in, [Passage::Title, Passage::Abstract]);
        assert!(line.terms[0].adds > line.terms[2].adds);
        assert_eq!(line.terms[2].word, None);
    }

    #[test]
    fn what_shares_only_characters_or_was_cut_short_says_so() {
        let line = explained("锂的提取", "锂电", false);
        assert!(line.detail.zh.starts_with("只有个别字词相近"), "{line:?}");
        assert!(line.detail.zh.contains("仅比对了最重要的用语"), "{line:?}");
    }
}
