//! Why a sum is what it is: ordered steps that a clerk can check by hand.

use kernel::{Fen, Words};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The article's number.
    pub article: String,
    /// The measure's own words.
    pub quote: String,
    /// What is done.
    pub what: Words,
    /// How, in figures.
    pub formula: String,
    /// The figures that go in.
    pub inputs: Map<String, Value>,
    /// What comes out, if it is a sum.
    pub result_fen: Option<Fen>,
}

/// Steps as they are written down.
#[derive(Default)]
pub(crate) struct Steps(Vec<Step>);

/// Where a step is written, what it does and how.
pub(crate) struct Said<'a> {
    pub(crate) article: &'a str,
    pub(crate) quote: &'a str,
    pub(crate) what: Words<String>,
    pub(crate) formula: String,
}

impl Steps {
    pub(crate) fn note(&mut self, said: Said<'_>, inputs: &[(&str, Value)], result: Option<Fen>) {
        self.0.push(Step {
            article: said.article.to_owned(),
            quote: said.quote.to_owned(),
            what: said.what,
            formula: said.formula,
            inputs: inputs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            result_fen: result,
        });
    }

    /// Takes the last step back.
    pub(crate) fn take_back(&mut self) {
        self.0.pop();
    }

    pub(crate) fn append(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    pub(crate) fn into_steps(self) -> Vec<Step> {
        self.0
    }
}

impl From<Vec<Step>> for Steps {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl Clone for Steps {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
