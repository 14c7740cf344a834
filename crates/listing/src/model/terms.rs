//! The words by which a listing is found, and what somebody who looks for it asks.
//!
//! Chinese is written without spaces. A text is found by its characters and by every pair of
//! neighbouring ones: so whatever a query is cut into, it is found wherever it stands, also where
//! the text would have been cut in another way ("安装简单" contains "简单"). The words into which
//! the text itself is cut only say which of the texts that were found is better. A query is cut
//! into words, all of which must occur; what stands in quotation marks must occur as written.

use std::{collections::BTreeSet, ops::Range, sync::LazyLock};

use jieba_rs::Jieba;

use crate::model::reading::{Reading, Script, Unit};

/// The dictionary; reading it takes a moment, once.
pub(super) static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// How many positions lie between two texts, so that nothing is found across them.
const BETWEEN_TEXTS: u32 = 8;

/// A word of a text, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// How it is spelled.
    pub text: String,
    /// Its number among the characters and words.
    pub position: u32,
}

/// The characters, pairs of characters and words of texts.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    terms: Vec<Term>,
    next: u32,
}

impl Terms {
    /// Adds everything by which a text is found.
    pub fn read(&mut self, text: &str) {
        let reading = Reading::of(text);
        let start = self.next;
        let mut units = reading.units().iter().peekable();
        while let Some(unit) = units.next() {
            let position = start.saturating_add(unit.position);
            self.terms.push(Term { text: reading.spelled(unit).to_owned(), position });
            if let Some(pair) = units.peek().and_then(|next| reading.pair(unit, next)) {
                self.terms.push(Term { text: pair.to_owned(), position });
            }
            self.next = position.saturating_add(BETWEEN_TEXTS);
        }
    }

    /// In the order of their positions.
    #[must_use]
    pub fn into_terms(self) -> Vec<Term> {
        self.terms
    }
}

/// The words into which a text is cut, also those inside of long words.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let reading = Reading::of(text);
    let mut words = Vec::new();
    for run in reading.runs() {
        match run.script {
            Script::Other => words.push(run.spelled.to_owned()),
            Script::Chinese => {
                let cut = JIEBA.cut_for_search(run.spelled, true);
                words.extend(cut.into_iter().map(|token| token.word.to_owned()));
            }
        }
    }
    words
}

/// The words of a text that name something, of more than one character, as they are folded.
#[must_use]
pub fn nouns(text: &str) -> BTreeSet<String> {
    let reading = Reading::of(text);
    let mut nouns = BTreeSet::new();
    for run in reading.runs() {
        match run.script {
            Script::Other => {
                nouns.insert(run.spelled.to_owned());
            }
            Script::Chinese => {
                let tagged = JIEBA.tag(run.spelled, true).into_iter();
                // Nouns, verbs used as nouns, and what the tagger takes for a term (ICTCLAS).
                let named = tagged.filter(|tag| {
                    tag.tag.starts_with('n') || matches!(tag.tag, "vn" | "l" | "j" | "eng")
                });
                nouns.extend(named.map(|tag| tag.word.to_owned()));
            }
        }
    }
    nouns.retain(|word| !is_single(word));
    nouns
}

/// A character or word that is looked for, so many places behind the first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    script: Script,
    offset: u32,
}

/// Something that must stand in a text as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    pieces: Vec<Piece>,
    /// Is the last one, if it is a word, only the beginning of one?
    open: bool,
}

/// A term of the index that is looked for, so many places behind the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// This very term.
    Whole(u32, String),
    /// One that begins so.
    Beginning(u32, String),
}

impl Needle {
    fn of(reading: &Reading, open: bool) -> Option<Self> {
        let first = reading.units().first()?.position;
        let piece = |unit: &Unit| Piece {
            text: reading.spelled(unit).to_owned(),
            script: unit.script,
            offset: unit.position.saturating_sub(first),
        };
        Some(Self { pieces: reading.units().iter().map(piece).collect(), open })
    }

    /// As a word of the language, if it is one word.
    #[must_use]
    pub fn word(&self) -> Option<String> {
        let mut next = 0;
        let mut word = String::new();
        for piece in &self.pieces {
            let continues = piece.offset == next && (next == 0 || piece.script == Script::Chinese);
            if !continues {
                return None;
            }
            word.push_str(&piece.text);
            next = piece.offset.saturating_add(1);
        }
        Some(word)
    }

    /// The fewest terms that say where it stands: pairs of characters, and words.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let joined = |piece: &Piece, next: &Piece| {
            let chinese = piece.script == Script::Chinese && next.script == Script::Chinese;
            chinese && piece.offset.checked_add(1) == Some(next.offset)
        };
        let mut keys = Vec::new();
        for run in self.pieces.chunk_by(joined) {
            let pairs = run.len() / 2;
            let odd = run.len() % 2 == 1 && run.len() > 1;
            // Pairs side by side, and at an odd end one that overlaps.
            let starts = (0..pairs).map(|pair| pair * 2).chain(odd.then(|| run.len() - 2));
            for start in starts {
                if let Some([one, other]) = run.get(start..start + 2) {
                    keys.push(Key::Whole(one.offset, format!("{}{}", one.text, other.text)));
                }
            }
            if let [single] = run {
                keys.push(Key::Whole(single.offset, single.text.clone()));
            }
        }
        if self.open
            && self.pieces.last().is_some_and(|last| last.script == Script::Other)
            && let Some(Key::Whole(offset, text)) = keys.pop()
        {
            keys.push(Key::Beginning(offset, text));
        }
        keys
    }

    /// Where it stands in a text: from which byte to which, as the text is written.
    pub fn places<'r>(&'r self, reading: &'r Reading) -> impl Iterator<Item = Range<usize>> + 'r {
        let units = reading.units();
        (0..units.len()).filter_map(move |start| {
            let there = units.get(start..start + self.pieces.len())?;
            let (first, last) = (there.first()?, there.last()?);
            let fits = |(unit, piece): (&Unit, &Piece)| {
                unit.position.checked_sub(first.position) == Some(piece.offset)
                    && self.spells(piece, reading.spelled(unit))
            };
            there
                .iter()
                .zip(&self.pieces)
                .all(fits)
                .then_some(first.written.start..last.written.end)
        })
    }

    fn spells(&self, piece: &Piece, text: &str) -> bool {
        let is_last = self.pieces.last() == Some(piece);
        let beginning = self.open && is_last && piece.script == Script::Other;
        if beginning { text.starts_with(&piece.text) } else { text == piece.text }
    }
}

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextQuery {
    /// Each of these must occur.
    pub needles: Vec<Needle>,
    /// Better still if these do: what was cut into several words, in one.
    pub whole: Vec<Needle>,
}

impl TextQuery {
    /// What the words of a query ask; `None` if there is no word in it.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut query = Self { needles: Vec::new(), whole: Vec::new() };
        for (number, part) in text.split(is_quotation_mark).enumerate() {
            let reading = Reading::of(part);
            if !number.is_multiple_of(2) {
                query.require(Needle::of(&reading, false));
                continue;
            }
            for run in reading.runs() {
                if run.script == Script::Other {
                    query.require(Needle::of(&Reading::of(run.spelled), false));
                    continue;
                }
                let words = words_of_query(run.spelled);
                let several = words.len() > 1;
                for word in words {
                    query.require(Needle::of(&Reading::of(&word), false));
                }
                let whole = Needle::of(&Reading::of(run.spelled), false).filter(|_| several);
                query.whole.extend(whole);
            }
        }
        (!query.needles.is_empty()).then_some(query)
    }

    /// What somebody who is still typing may mean: everything between spaces as it stands, the
    /// last word perhaps only begun.
    #[must_use]
    pub fn being_typed(text: &str) -> Option<Self> {
        let reading = Reading::of(text);
        let mut query = Self { needles: Vec::new(), whole: Vec::new() };
        let mut runs = reading.runs().peekable();
        while let Some(run) = runs.next() {
            let open = runs.peek().is_none();
            query.require(Needle::of(&Reading::of(run.spelled), open));
        }
        (!query.needles.is_empty()).then_some(query)
    }

    /// Does everything that is required stand in one text or another?
    #[must_use]
    pub fn is_answered_by(&self, texts: &[Reading]) -> bool {
        let occurs =
            |needle: &Needle| texts.iter().any(|reading| needle.places(reading).next().is_some());
        self.needles.iter().all(occurs)
    }

    fn require(&mut self, needle: Option<Needle>) {
        if let Some(needle) = needle
            && !self.needles.contains(&needle)
        {
            self.needles.push(needle);
        }
    }
}

/// The words into which a query's Chinese is cut. Single characters between words are mostly
/// particles (的, 和) and left out; next to each other they are a word that the dictionary lacks.
fn words_of_query(run: &str) -> Vec<String> {
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
    words
}

fn is_single(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

const fn is_quotation_mark(character: char) -> bool {
    matches!(character, '"' | '＂' | '“' | '”' | '「' | '」' | '『' | '』')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, text: &str) -> bool {
        TextQuery::of(query).unwrap().is_answered_by(&[Reading::of(text)])
    }

    #[test]
    fn a_text_is_found_by_characters_pairs_and_words() {
        let mut terms = Terms::default();
        terms.read("锂电池 A1");
        terms.read("池");
        let terms: Vec<_> = terms.into_terms().into_iter().map(|t| (t.text, t.position)).collect();
        let expected =
            [("锂", 0), ("锂电", 0), ("电", 1), ("电池", 1), ("池", 2), ("a1", 4), ("池", 12)];
        assert_eq!(terms, expected.map(|(text, position)| (text.to_owned(), position)));
    }

    #[test]
    fn words_inside_words_are_found() {
        for (query, text) in [
            ("简单", "本装置安装简单,成本低"),
            ("电池", "废旧锂电池回收"),
            ("锂电池 回收", "回收废旧锂电池的方法"),
            ("锂电池的回收", "回收废旧锂电池"),
            ("盐湖提锂", "高镁锂比盐湖卤水提锂技术"),
            ("鹽湖提鋰", "高镁锂比盐湖卤水提锂技术"),
            ("锂", "提锂"),
            ("锂", "鋰礦"),
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
        assert!(finds("\"wind turbine\"", "A Wind-Turbine blade"));
        assert!(!finds("\"wind turbine\"", "turbine and wind"));
        assert!(finds("＂LiFePO4正极＂", "新型 LiFePO4 正极材料"));
    }

    #[test]
    fn a_query_without_words_asks_nothing() {
        for text in ["", " ", "?!", "\"\"", "。"] {
            assert_eq!(TextQuery::of(text), None, "{text}");
            assert_eq!(TextQuery::being_typed(text), None, "{text}");
        }
    }

    #[test]
    fn a_needle_is_looked_for_by_pairs_that_cover_it() {
        let keys = |text: &str| -> Vec<(u32, String)> {
            let query = TextQuery::of(&format!("\"{text}\"")).unwrap();
            let key = |key: &Key| match key {
                Key::Whole(offset, text) | Key::Beginning(offset, text) => (*offset, text.clone()),
            };
            query.needles[0].keys().iter().map(key).collect()
        };
        let owned = |pairs: &[(u32, &str)]| -> Vec<(u32, String)> {
            pairs.iter().map(|(offset, text)| (*offset, (*text).to_owned())).collect()
        };
        assert_eq!(keys("锂"), owned(&[(0, "锂")]));
        assert_eq!(keys("锂电"), owned(&[(0, "锂电")]));
        assert_eq!(keys("锂电池"), owned(&[(0, "锂电"), (1, "电池")]));
        assert_eq!(keys("锂电池组"), owned(&[(0, "锂电"), (2, "池组")]));
        assert_eq!(keys("用A1电池"), owned(&[(0, "用"), (2, "a1"), (4, "电池")]));
    }

    #[test]
    fn a_word_that_is_being_typed_may_be_begun() {
        let typed = |query: &str, text: &str| {
            TextQuery::being_typed(query).unwrap().is_answered_by(&[Reading::of(text)])
        };
        assert!(typed("lif", "LiFePO4"));
        assert!(!typed("fepo", "LiFePO4"));
        assert!(typed("磷酸 lif", "磷酸铁锂 LiFePO4"));
        assert!(!typed("lif 磷酸", "磷酸铁锂 LiFePO4"));
        assert!(typed("酸铁", "磷酸铁锂"));
    }

    #[test]
    fn words_are_those_of_the_dictionary() {
        let words = words("废旧锂电池回收 LiFePO4");
        for word in ["电池", "回收", "lifepo4"] {
            assert!(words.contains(&word.to_owned()), "{word} in {words:?}");
        }
    }
}
