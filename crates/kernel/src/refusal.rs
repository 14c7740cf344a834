//! Why something is not done: named, bilingual, with the field to mend.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Word;

/// The same words in Chinese and English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words<T = String> {
    /// Chinese, the market's first language.
    pub zh: T,
    /// English.
    pub en: T,
}

impl<T> Words<T> {
    /// The same words in both languages, Chinese first.
    pub const fn new(zh: T, en: T) -> Self {
        Self { zh, en }
    }
}

impl From<Words<&'static str>> for Words {
    fn from(words: Words<&'static str>) -> Self {
        Self { zh: words.zh.to_owned(), en: words.en.to_owned() }
    }
}

/// What a refusal means to the one who asked (RFC 9110 §15.5), told apart by who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// 400: the request cannot be read.
    Malformed,
    /// 401: say who you are.
    Unauthenticated,
    /// 403: you may see it, but not do this.
    Forbidden,
    /// 404: there is nothing that you may know of.
    NotFound,
    /// 409: the thing's present state forbids it.
    Conflict,
    /// 412: the thing has changed since you read it.
    Stale,
    /// 413: too much.
    TooLarge,
    /// 415: not a media type that is read here.
    UnsupportedMedia,
    /// 416: the thing has no such part.
    RangeNotSatisfiable,
    /// 422: readable, but not right.
    Invalid,
    /// 428: name the version that you mean.
    VersionRequired,
    /// 429: too often.
    TooMany,
    /// 503: not now; try again later.
    Unavailable,
}

impl Status {
    /// The HTTP status code.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMedia => 415,
            Self::RangeNotSatisfiable => 416,
            Self::Invalid => 422,
            Self::VersionRequired => 428,
            Self::TooMany => 429,
            Self::Unavailable => 503,
        }
    }
}

/// One line of a crate's table of refusals (`error.rs`): a stable code and what it means.
#[derive(Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable, `snake_case`, the same for ever: programs branch on it.
    pub code: &'static str,
    /// What kind of refusal it is.
    pub status: Status,
    /// What it says to people.
    pub title: Words<&'static str>,
}

impl Reason {
    /// A line of the table.
    #[must_use]
    pub const fn new(
        code: &'static str,
        status: Status,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self { code, status, title: Words { zh, en } }
    }

    /// A refusal for this reason, without further detail.
    #[must_use]
    pub fn refuse(&'static self) -> Refusal {
        Refusal { reason: self, detail: None, fields: Vec::new() }
    }

    /// A refusal for this reason that says more.
    #[must_use]
    pub fn because(&'static self, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal {
            reason: self,
            detail: Some(Words { zh: zh.into(), en: en.into() }),
            fields: Vec::new(),
        }
    }
}

/// A field of the request that must be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// JSON pointer (RFC 6901) into the request body, or `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A named refusal: an expected answer, never an accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which line of the table.
    pub reason: &'static Reason,
    /// What exactly, this time.
    pub detail: Option<Words>,
    /// Which fields, if fields are at fault.
    pub fields: Vec<Field>,
}

impl Refusal {
    /// Adds a field that must be mended.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, fault: Fault) -> Self {
        self.fields.push(Field { pointer: pointer.into(), fault });
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self.detail.as_ref().map_or(self.reason.title.en, |d| d.en.as_str());
        write!(f, "{}: {detail}", self.reason.code)
    }
}

impl std::error::Error for Refusal {}

/// What is wrong with one value: a stable code and a sentence in both languages.
///
/// Its `Display` is `code⁞中文⁞English`, so that it survives a passage through a deserialiser's
/// error text; [`Fault::parse`] reads it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, `snake_case`.
    pub code: String,
    /// What to mend.
    pub words: Words,
}

const SEPARATOR: char = '\u{205E}';

impl Fault {
    /// A fault with its code and sentence.
    #[must_use]
    pub fn new(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: code.to_owned(), words: Words { zh: zh.into(), en: en.into() } }
    }

    /// A word that is not in a closed vocabulary.
    #[must_use]
    pub fn unknown_value(text: &str, known: &[&str]) -> Self {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        let known = known.join(", ");
        Self::new(
            "unknown_value",
            format!("“{shown}”不在可选值之列:{known}"),
            format!("“{shown}” is not one of: {known}"),
        )
    }

    /// A text that is none of a vocabulary's words, which people know by their labels.
    #[must_use]
    pub fn unknown_word(text: &str, known: &[Word]) -> Self {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        let list = |separator: &str, name: fn(&Word) -> String| {
            known.iter().map(name).collect::<Vec<_>>().join(separator)
        };
        let labelled = list("、", |word| format!("{}({})", word.spelling, word.label.zh));
        let spelled = list(", ", |word| word.spelling.to_owned());
        Self::new(
            "unknown_value",
            format!("“{shown}”不在可选值之列:{labelled}"),
            format!("“{shown}” is not one of: {spelled}"),
        )
    }

    /// Reads a fault back from an error text that contains its `Display`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, SEPARATOR);
        let code = parts.next()?;
        let zh = parts.next()?;
        // serde_json appends " at line 1 column 2" to what a visitor says.
        let en = parts.next()?.split(SEPARATOR).next()?;
        let known = !code.is_empty()
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        known.then(|| Self::new(code, zh, en))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, words: Words { zh, en } } = self;
        write!(f, "{code}{SEPARATOR}{zh}{SEPARATOR}{en}{SEPARATOR}")
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_survives_its_passage_through_a_deserialiser() {
        let fault = Fault::new("amount_out_of_range", "金额超出范围", "the amount is out of range");
        let error = <serde_json::Error as serde::de::Error>::custom(&fault);
        assert_eq!(Fault::parse(&error.to_string()), Some(fault));
    }

    #[test]
    fn other_error_texts_are_no_faults() {
        assert_eq!(Fault::parse("missing field `name` at line 1 column 2"), None);
    }
}
