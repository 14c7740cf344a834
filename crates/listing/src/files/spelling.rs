//! In which words a sheet is written.

use kernel::Words;
use rust_xlsxwriter::XlsxError;
use web::Language;

use crate::model::sheet::Column;

/// In which words a sheet is written. Both are understood when it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// With Chinese heads and labels.
    Chinese,
    /// With the names and tokens of the API.
    Names,
}

impl From<Language> for Spelling {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Chinese,
            Language::En => Self::Names,
        }
    }
}

impl Spelling {
    /// The head of a column.
    pub(super) const fn head(self, column: &Column) -> &'static str {
        match self {
            Self::Chinese => column.label,
            Self::Names => column.name,
        }
    }

    /// One of two names.
    pub(super) const fn pick(self, words: Words<&'static str>) -> &'static str {
        match self {
            Self::Chinese => words.zh,
            Self::Names => words.en,
        }
    }

    /// Behind what stands in an earlier row already.
    pub(super) const fn repeated(self) -> &'static str {
        self.pick(Words { zh: "(重复,请更改)", en: "(twice: change it)" })
    }

    /// The label under which a word stands, or none if its token does.
    pub(super) fn label(self) -> fn(Words<&'static str>) -> Option<&'static str> {
        match self {
            Self::Chinese => |words| Some(words.zh),
            Self::Names => |_| None,
        }
    }
}

/// A workbook that could not be written is an accident.
pub(super) fn unwritten(error: XlsxError) -> ::store::Failure {
    anyhow::Error::from(error).context("writing a workbook").into()
}
