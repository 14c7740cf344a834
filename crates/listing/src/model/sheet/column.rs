//! What a column is.

use kernel::{Word, Words};

/// A column of a sheet.
#[derive(Debug)]
pub struct Column {
    /// Its name for programs, which also heads sheets in English.
    pub name: &'static str,
    /// Its head in Chinese.
    pub label: &'static str,
    /// Where in the form its content belongs.
    pub place: Place,
    /// What may stand in it.
    pub takes: Takes,
    /// Must every row have it?
    pub required: bool,
    /// What it is for.
    pub about: Words<&'static str>,
    /// What may stand there in the example of an offer, and in that of a need.
    pub examples: [&'static str; 2],
}

/// Where in the form something belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A field.
    Field(&'static str),
    /// A member of an object.
    Within(&'static str, &'static str),
    /// A member of each of a list's objects.
    Each(&'static str, &'static str),
    /// Nowhere: the market says it, nobody writes it.
    Told(&'static str),
}

impl Place {
    /// The form's field to which this belongs.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Field(field) | Self::Within(field, _) | Self::Each(field, _) => Some(field),
            Self::Told(_) => None,
        }
    }
}

/// What may stand in a column.
#[derive(Debug)]
pub enum Takes {
    /// Text, as it is.
    Text,
    /// A code, in which full width does not matter.
    Code,
    /// Several texts.
    Texts,
    /// Several codes.
    Codes,
    /// A whole number.
    Whole,
    /// A sum in yuan.
    Yuan,
    /// A day.
    Day,
    /// Several days.
    Days,
    /// Yes or no.
    YesNo,
    /// A word of a vocabulary.
    Word(Vec<Word>),
    /// Several words of a vocabulary.
    Words(Vec<Word>),
    /// A word of a vocabulary, or a code beside it.
    WordOrCode(Vec<Word>),
}

impl Takes {
    /// The words that may stand there.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        match self {
            Self::Word(words) | Self::Words(words) | Self::WordOrCode(words) => words,
            Self::Text
            | Self::Code
            | Self::Texts
            | Self::Codes
            | Self::Whole
            | Self::Yuan
            | Self::Day
            | Self::Days
            | Self::YesNo => &[],
        }
    }

    /// May several stand there?
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self, Self::Texts | Self::Codes | Self::Days | Self::Words(_))
    }
}
