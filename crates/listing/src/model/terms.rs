//! The words by which a listing is found, and what somebody who looks for it asks.
//!
//! Chinese is written without spaces. A text is stored as its words, the words inside of long
//! words, and every pair of neighbouring characters: so whatever a query is cut into, it is found,
//! also where the text would have been cut in another way ("安装简单" contains "简单"). A query is
//! cut into words, all of which must occur; what stands in quotation marks must occur as written.

use std::{collections::BTreeMap, sync::LazyLock};

use jieba_rs::Jieba;
use unicode_normalization::UnicodeNormalization;

use crate::model::Content;

/// The dictionary; reading it takes a moment, once.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// PostgreSQL keeps no position behind this one, and no more than 255 of them for a word.
const POSITION_MAX: u16 = 16_383;
const POSITIONS_MAX: usize = 255;
/// What is longer is no word that anybody looks for.
const WORD_CHARACTERS_MAX: usize = 64;

/// How much a word counts, by where it stands; from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TermWeight {
    /// In the description.
    Description,
    /// In the summary.
    Summary,
    /// In the title or among the keywords.
    Title,
}

/// The words of a listing, in order, with their positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(BTreeMap<String, Vec<(u16, TermWeight)>>);

impl Terms {
    /// The words of what a listing says. Takes its time: not for async threads.
    #[must_use]
    pub fn of(content: &Content) -> Self {
        let mut terms = Self::default();
        let mut position = 0;
        let mut read = |text: &str, weight| terms.read(text, weight, &mut position);
        read(content.title.as_str(), TermWeight::Title);
        for keyword in &content.keywords {
            read(keyword.as_str(), TermWeight::Title);
        }
        read(content.summary.as_str(), TermWeight::Summary);
        if let Some(description) = &content.description {
            read(description.as_str(), TermWeight::Description);
        }
        terms
    }

    /// Each word with its positions, in the order of its bytes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[(u16, TermWeight)])> {
        self.0.iter().map(|(word, places)| (word.as_str(), places.as_slice()))
    }

    /// Reads a text from `position` on, and leaves a gap behind it.
    fn read(&mut self, text: &str, weight: TermWeight, position: &mut u16) {
        let text = normalised(text);
        for run in runs(&text) {
            match run {
                Run::Chinese(run) => {
                    for (offset, term) in chinese_terms(run) {
                        self.add(term, offset_from(*position, offset), weight);
                    }
                    *position = offset_from(*position, run.chars().count());
                }
                Run::Word(word) => self.add(word, *position, weight),
            }
            *position = offset_from(*position, 1);
        }
    }

    fn add(&mut self, word: &str, position: u16, weight: TermWeight) {
        let places = self.0.entry(cut_off(word).to_owned()).or_default();
        let is_new = places.last().is_none_or(|(last, _)| *last < position);
        if is_new && places.len() < POSITIONS_MAX {
            places.push((position, weight));
        }
    }
}

/// What must occur in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// This word.
    Word(String),
    /// A word that begins so.
    Beginning(String),
    /// These words, one right behind the other.
    Phrase(Vec<String>),
    /// Each of these.
    All(Vec<Self>),
    /// One of these.
    Any(Vec<Self>),
}

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextQuery {
    /// What a text must contain.
    pub required: Clause,
    /// What makes one text better than another.
    pub ranking: Clause,
}

impl TextQuery {
    /// What the words of a query ask; `None` if there is no word in it.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = normalised(text);
        let mut required = Vec::new();
        for (position, part) in text.split(is_quotation_mark).enumerate() {
            let quoted = !position.is_multiple_of(2);
            for run in runs(part) {
                match run {
                    Run::Word(word) => required.push(Clause::Word(cut_off(word).to_owned())),
                    Run::Chinese(run) if quoted => required.push(as_written(run)),
                    Run::Chinese(run) => required.extend(words_of_query(run).map(as_word)),
                }
            }
        }
        if required.is_empty() {
            return None;
        }
        let required = Clause::All(required);
        let mut leaves = Vec::new();
        required.leaves(&mut leaves);
        Some(Self { required, ranking: Clause::Any(leaves) })
    }
}

impl Clause {
    /// The single words of the clause.
    fn leaves(&self, into: &mut Vec<Self>) {
        match self {
            Self::Word(_) | Self::Beginning(_) => into.push(self.clone()),
            Self::Phrase(words) => into.extend(words.iter().cloned().map(Self::Word)),
            Self::All(clauses) | Self::Any(clauses) => {
                clauses.iter().for_each(|clause| clause.leaves(into));
            }
        }
    }
}

/// The words into which a query's Chinese is cut. Single characters between words are mostly
/// particles (的, 和) and left out; next to each other they are a word that the dictionary lacks.
fn words_of_query(run: &str) -> impl Iterator<Item = String> {
    // The last one gathers single characters until a longer word comes.
    let mut words = vec![String::new()];
    for token in JIEBA.cut(run, true) {
        match words.last_mut() {
            Some(singles) if is_single(token.word) => singles.push_str(token.word),
            _ => words.extend([token.word.to_owned(), String::new()]),
        }
    }
    words.retain(|word| !word.is_empty() && !is_single(word));
    if words.is_empty() {
        words.push(run.to_owned());
    }
    words.into_iter()
}

fn is_single(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

/// A Chinese word of a query: the word itself, or, however the text was cut, its characters in
/// pairs. A single character is looked for where a pair begins with it.
fn as_word(word: String) -> Clause {
    let pairs: Vec<Clause> = pairs(&word).map(|(_, pair)| Clause::Word(pair.to_owned())).collect();
    match pairs.len() {
        0 => Clause::Beginning(word),
        1 => Clause::Word(word),
        _ => Clause::Any(vec![Clause::Word(word), Clause::All(pairs)]),
    }
}

/// Chinese that must occur as written.
fn as_written(run: &str) -> Clause {
    let pairs: Vec<String> = pairs(run).map(|(_, pair)| pair.to_owned()).collect();
    if pairs.is_empty() { Clause::Beginning(run.to_owned()) } else { Clause::Phrase(pairs) }
}

/// What is stored of a run of Chinese: its pairs of characters, its words of three characters and
/// more, and its last character, which begins no pair. Each with its place in the run.
fn chinese_terms(run: &str) -> Vec<(usize, &str)> {
    let mut terms: Vec<(usize, &str)> = pairs(run).collect();
    if let Some((start, _)) = run.char_indices().next_back() {
        let (before, last) = run.split_at(start);
        terms.push((before.chars().count(), last));
    }
    for token in JIEBA.cut_for_search(run, true) {
        if token.word.chars().nth(2).is_some() {
            terms.push((token.start, token.word));
        }
    }
    terms.sort_unstable();
    terms
}

/// Each two neighbouring characters, with the place of the first.
fn pairs(run: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = run.char_indices().map(|(start, _)| start);
    let ends = starts.clone().skip(2).chain([run.len()]);
    starts.zip(ends).enumerate().filter_map(|(place, (start, end))| {
        let pair = run.get(start..end)?;
        pair.chars().nth(1).map(|_| (place, pair))
    })
}

/// One spelling for what looks alike (NFKC: full width, ligatures), in lower case.
fn normalised(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// A part of a text without anything between words in it.
enum Run<'t> {
    /// Chinese characters.
    Chinese(&'t str),
    /// Letters and digits of other scripts.
    Word(&'t str),
}

fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (start, script) = rest.char_indices().find_map(|(at, c)| Some((at, script(c)?)))?;
        let (_, tail) = rest.split_at(start);
        let end = tail.find(|c| self::script(c) != Some(script)).unwrap_or(tail.len());
        let (run, next) = tail.split_at(end);
        rest = next;
        Some(match script {
            Script::Chinese => Run::Chinese(run),
            Script::Other => Run::Word(run),
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Chinese,
    Other,
}

fn script(character: char) -> Option<Script> {
    match character {
        '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}'
        | '〇' => Some(Script::Chinese),
        c => c.is_alphanumeric().then_some(Script::Other),
    }
}

const fn is_quotation_mark(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '「' | '」')
}

fn cut_off(word: &str) -> &str {
    let end = word.char_indices().nth(WORD_CHARACTERS_MAX).map(|(end, _)| end);
    end.and_then(|end| word.get(..end)).unwrap_or(word)
}

fn offset_from(position: u16, offset: usize) -> u16 {
    let offset = u16::try_from(offset).unwrap_or(POSITION_MAX);
    position.saturating_add(offset).min(POSITION_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> Terms {
        let mut terms = Terms::default();
        terms.read(text, TermWeight::Summary, &mut 1);
        terms
    }

    fn words(text: &str) -> Vec<String> {
        stored(text).iter().map(|(word, _)| word.to_owned()).collect()
    }

    /// As PostgreSQL understands a clause.
    fn occurs(clause: &Clause, terms: &Terms) -> bool {
        match clause {
            Clause::Word(word) => terms.0.contains_key(word),
            Clause::Beginning(start) => terms.0.keys().any(|word| word.starts_with(start)),
            Clause::Phrase(words) => {
                let places = |word: &String| terms.0.get(word).cloned().unwrap_or_default();
                let Some((first, others)) = words.split_first() else { return false };
                places(first).iter().any(|(place, _)| {
                    others.iter().zip(1..).all(|(word, distance)| {
                        places(word).iter().any(|(other, _)| *other == place + distance)
                    })
                })
            }
            Clause::All(clauses) => clauses.iter().all(|clause| occurs(clause, terms)),
            Clause::Any(clauses) => clauses.iter().any(|clause| occurs(clause, terms)),
        }
    }

    fn finds(query: &str, text: &str) -> bool {
        occurs(&TextQuery::of(query).unwrap().required, &stored(text))
    }

    #[test]
    fn a_text_is_stored_as_pairs_long_words_and_the_last_character() {
        assert_eq!(words("锂电池"), ["池", "电池", "锂电", "锂电池"]);
        assert_eq!(words("ＬｉＦｅＰＯ４ 3.5mm"), ["3", "5mm", "lifepo4"]);
        assert!(words(" ,。!?\n").is_empty());
    }

    #[test]
    fn words_inside_words_are_found() {
        for (query, text) in [
            ("简单", "本装置安装简单,成本低"),
            ("电池", "废旧锂电池回收"),
            ("锂电池 回收", "回收废旧锂电池的方法"),
            ("锂电池的回收", "回收废旧锂电池"),
            ("盐湖提锂", "高镁锂比盐湖卤水提锂技术"),
            ("锂", "提锂"),
            ("锂", "锂矿"),
            ("lifepo4", "正极材料 LiFePO4 的制备"),
            ("ＬＩＦＥＰＯ４", "lifepo4"),
            ("防冰 涂层", "超疏水防冰涂层"),
        ] {
            assert!(finds(query, text), "{query} in {text}");
        }
    }

    #[test]
    fn every_word_of_a_query_must_occur() {
        for (query, text) in
            [("锂电池 光伏", "废旧锂电池回收"), ("lifepo", "lifepo4"), ("硅片", "单晶硅,切片")]
        {
            assert!(!finds(query, text), "{query} in {text}");
        }
    }

    #[test]
    fn what_is_quoted_must_occur_as_written() {
        assert!(finds("“防冰涂层”", "超疏水防冰涂层"));
        assert!(!finds("“防冰涂层”", "防冰的涂层"));
        assert!(!finds("\"涂层防冰\"", "防冰涂层,防冰"));
        assert!(finds("\"冰\" 涂层", "防冰涂层"));
    }

    #[test]
    fn a_query_without_words_asks_nothing() {
        for text in ["", " ", "?!", "\"\"", "。"] {
            assert_eq!(TextQuery::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_longer_word_that_occurs_whole_ranks_higher() {
        let query = TextQuery::of("锂电池").unwrap();
        let Clause::Any(leaves) = query.ranking else { panic!("any") };
        assert_eq!(leaves, ["锂电池", "锂电", "电池"].map(|word| Clause::Word(word.to_owned())));
    }

    #[test]
    fn nothing_overflows_in_the_longest_text() {
        let terms = stored(&"盐湖提锂 a".repeat(20_000));
        for (word, places) in terms.iter() {
            assert!(places.len() <= POSITIONS_MAX, "{word}");
            assert!(places.windows(2).all(|pair| pair[0].0 < pair[1].0), "{word}");
            assert!(places.iter().all(|(place, _)| *place <= POSITION_MAX), "{word}");
        }
        assert_eq!(words(&"a".repeat(1000)), ["a".repeat(64)]);
    }
}
