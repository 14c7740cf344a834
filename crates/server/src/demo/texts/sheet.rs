//! The texts as they are written down: a file of JSON lines, plain or compressed by gzip.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use anyhow::Context;
use flate2::read::MultiGzDecoder;
use kernel::{Domain, ListingKind};
use listing::model::Content;
use serde::Deserialize;

/// With what a file that is compressed by gzip begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Limits of a listing.
const TITLE_MAX: usize = 200;
const ABSTRACT_MAX: usize = 2000;
const KEYWORD_MAX: usize = 50;
const KEYWORDS_MAX: usize = 20;
/// A title that is made of an abstract's first words is no longer than this.
const FIRST_WORDS_MAX: usize = 40;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What somebody has found out or made.
    Result,
    /// An invention; it is listed as a result.
    Patent,
    /// What somebody looks for.
    Need,
}

impl Kind {
    const fn listed_as(self) -> ListingKind {
        match self {
            Self::Result | Self::Patent => ListingKind::Result,
            Self::Need => ListingKind::Need,
        }
    }
}

/// A line that becomes no listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its number, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Texts {
    /// What can be listed.
    pub listings: Vec<Content>,
    /// So many of them are patents by origin.
    pub patents: usize,
    /// So many were cut to fit the limits of a listing.
    pub cut: usize,
    /// So many are of kinds that were not asked for.
    pub other_kinds: usize,
    /// What cannot be listed.
    pub skipped: Vec<Skipped>,
}

impl Texts {
    /// Reads the texts of these kinds.
    ///
    /// # Errors
    /// If the file cannot be read; a line that says nothing useful is skipped.
    pub fn read(path: &Path, kinds: &[Kind]) -> anyhow::Result<Self> {
        let shown = || format!("reading {}", path.display());
        let mut file = BufReader::new(File::open(path).with_context(shown)?);
        let is_gzip = file.fill_buf().with_context(shown)?.starts_with(&GZIP);
        let plain: Box<dyn Read> =
            if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        Self::of_lines(BufReader::new(plain), kinds).with_context(shown)
    }

    fn of_lines(lines: impl BufRead, kinds: &[Kind]) -> anyhow::Result<Self> {
        let mut texts = Self::default();
        let mut ids = BTreeSet::new();
        for (line, text) in (1..).zip(lines.lines()) {
            let text = text.with_context(|| format!("line {line}"))?;
            if text.trim().is_empty() {
                continue;
            }
            if let Err(why) = texts.take(&text, kinds, &mut ids) {
                texts.skipped.push(Skipped { line, why });
            }
        }
        Ok(texts)
    }

    fn take(
        &mut self,
        line: &str,
        kinds: &[Kind],
        ids: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        let sheet: Sheet = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if !kinds.contains(&sheet.kind) {
            self.other_kinds = self.other_kinds.saturating_add(1);
            return Ok(());
        }
        let (kind, id) = (sheet.kind, sheet.id.clone());
        let (content, is_cut) = sheet.content()?;
        if !ids.insert(id.clone()) {
            return Err(format!("{id}: an earlier line has the same id"));
        }
        self.listings.push(content);
        self.patents = self.patents.saturating_add(usize::from(kind == Kind::Patent));
        self.cut = self.cut.saturating_add(usize::from(is_cut));
        Ok(())
    }
}

/// A line.
#[derive(Debug, Deserialize)]
struct Sheet {
    id: String,
    kind: Kind,
    #[serde(default)]
    title: String,
    #[serde(default)]
    r#abstract: String,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    discipline: String,
}

impl Sheet {
    /// The listing, and whether something had to be cut; or why there is none.
    fn content(self) -> Result<(Content, bool), String> {
        let (id, mut is_cut) = (self.id.clone(), false);
        let summary = tidy(&self.r#abstract);
        let mut title = tidy(&self.title);
        if title.is_empty() {
            title = first_words(&summary);
        }
        if title.is_empty() {
            return Err(format!("{id}: neither title nor abstract"));
        }
        // A listing has an abstract; where the text has none, its title is all that there is.
        let summary = if summary.is_empty() { title.clone() } else { summary };
        let (domain, keywords) = self.domain_and_keywords(&mut is_cut);
        let mut cut = |text, max| cut(text, max, &mut is_cut);
        let (title, summary) = (cut(title, TITLE_MAX), cut(summary, ABSTRACT_MAX));
        let wrong = |fault: kernel::Fault| format!("{id}: {}", fault.words.en);
        let (title, summary) = (title.parse().map_err(wrong)?, summary.parse().map_err(wrong)?);
        let kind = self.kind.listed_as();
        let content = Content {
            keywords: keywords
                .iter()
                .map(|word| word.parse())
                .collect::<Result<_, _>>()
                .map_err(wrong)?,
            reference: Some(self.id.parse().map_err(wrong)?),
            // Whoever loads a file declares it, as the option's help says.
            non_secret_declared: true,
            ..Content::new(kind, title, summary, domain, kernel::CITY.into())
        };
        Ok((content, is_cut))
    }

    /// A discipline that is no field of the market's is one keyword more.
    fn domain_and_keywords(&self, is_cut: &mut bool) -> (Domain, Vec<String>) {
        let domain = self.discipline.trim().parse().ok();
        let mut words = self.keywords.clone();
        if domain.is_none() {
            words.push(self.discipline.clone());
        }
        let mut keywords: Vec<String> = Vec::new();
        for word in words {
            let word = cut(tidy(&word), KEYWORD_MAX, is_cut);
            if word.is_empty() || keywords.contains(&word) {
                continue;
            }
            if keywords.len() == KEYWORDS_MAX {
                *is_cut = true;
                break;
            }
            keywords.push(word);
        }
        (domain.unwrap_or(Domain::Other), keywords)
    }
}

/// In one line, with single spaces.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters.
fn cut(text: String, max: usize, is_cut: &mut bool) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => {
            *is_cut = true;
            text.get(..end).unwrap_or_default().trim_end().to_owned()
        }
        None => text,
    }
}

/// What comes before the first mark, or as much of it as makes a title.
fn first_words(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '，' | '。' | '；' | '：' | '！' | '？' | ',' | ';');
    let clause = text.split(is_mark).map(str::trim).find(|clause| !clause.is_empty());
    clause.unwrap_or_default().chars().take(FIRST_WORDS_MAX).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const OFFERS: &[Kind] = &[Kind::Result, Kind::Patent];

    fn texts(lines: &str) -> Texts {
        Texts::of_lines(lines.as_bytes(), OFFERS).unwrap()
    }

    fn only(line: &str) -> Content {
        let mut texts = texts(line);
        assert_eq!(texts.skipped, []);
        texts.listings.pop().unwrap()
    }

    #[test]
    fn a_text_becomes_a_listing_that_may_be_published() {
        let content = only(
            r#"{"id":"r1","kind":"result","title":"盐湖 提锂","abstract":"一种\n吸附剂。",
                "keywords":["锂","锂",""],"discipline":"化学"}"#
                .replace('\n', "")
                .as_str(),
        );
        assert_eq!(content.title.as_str(), "盐湖 提锂");
        assert_eq!(content.summary.as_str(), "一种 吸附剂。");
        let keywords: Vec<_> = content.keywords.iter().map(|word| word.as_str()).collect();
        assert_eq!(keywords, ["锂", "化学"]);
        assert_eq!(content.reference.as_ref().unwrap().as_str(), "r1");
        let day = "2026-03-01".parse().unwrap();
        assert_eq!([content.faults(), content.faults_at_submission(day)].concat(), []);
    }

    #[test]
    fn what_a_text_lacks_is_taken_from_what_it_has() {
        let untitled = only(r#"{"id":"a","kind":"patent","abstract":"本发明涉及锁，能自检。"}"#);
        assert_eq!(untitled.title.as_str(), "本发明涉及锁");
        assert_eq!(untitled.kind, ListingKind::Result, "a patent without a number");
        let bare = only(r#"{"id":"b","kind":"result","title":"锁","abstract":" "}"#);
        assert_eq!(bare.summary.as_str(), "锁");
        let field = only(r#"{"id":"c","kind":"result","title":"锁","discipline":"environment"}"#);
        assert_eq!((field.domain, field.keywords.len()), (Domain::Environment, 0));
    }

    #[test]
    fn a_line_that_cannot_be_listed_is_skipped_and_says_why() {
        let texts = texts(concat!(
            "{\"id\":\"a\",\"kind\":\"result\",\"title\":\"\",\"abstract\":\"\"}\n",
            "\n",
            "no JSON\n",
            "{\"id\":\"b\",\"kind\":\"result\",\"title\":\"锁\"}\n",
            "{\"id\":\"b\",\"kind\":\"result\",\"title\":\"锁\"}\n",
            "{\"id\":\"\",\"kind\":\"result\",\"title\":\"锁\"}\n",
            "{\"id\":\"c\",\"kind\":\"result\",\"title\":\"\\u0007锁\"}\n",
            "{\"id\":\"d\",\"kind\":\"need\",\"title\":\"锁\"}\n",
        ));
        assert_eq!((texts.listings.len(), texts.other_kinds), (1, 1));
        let skipped: Vec<_> =
            texts.skipped.iter().map(|skipped| (skipped.line, skipped.why.as_str())).collect();
        assert_eq!(skipped[0], (1, "a: neither title nor abstract"));
        assert!(skipped[1].0 == 3 && skipped[1].1.contains("line 1 column"), "{:?}", skipped[1]);
        assert_eq!(skipped[2], (5, "b: an earlier line has the same id"));
        assert_eq!(skipped[3], (6, ": must not be empty"));
        assert_eq!(skipped[4], (7, "c: contains a control character"));
        assert_eq!(skipped.len(), 5);
    }

    #[test]
    fn what_is_too_long_is_cut_and_counted() {
        let long = "锁".repeat(3000);
        let line = format!(r#"{{"id":"a","kind":"result","title":"{long}","abstract":"{long}"}}"#);
        let texts = texts(&line);
        assert_eq!((texts.cut, texts.skipped.len()), (1, 0));
        let content = &texts.listings[0];
        assert_eq!(content.title.as_str().chars().count(), TITLE_MAX);
        assert_eq!(content.summary.as_str().chars().count(), ABSTRACT_MAX);
    }

    #[test]
    fn a_file_may_be_compressed() {
        let line = "{\"id\":\"a\",\"kind\":\"need\",\"title\":\"锁\"}\n";
        let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
        compressed.write_all(line.as_bytes()).unwrap();
        for bytes in [compressed.finish().unwrap(), line.as_bytes().to_vec()] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&bytes).unwrap();
            let texts = Texts::read(file.path(), &[Kind::Need]).unwrap();
            assert_eq!(texts.listings[0].kind, ListingKind::Need);
        }
    }
}
