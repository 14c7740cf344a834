//! What is asked of the index, and how well a listing answers.
//!
//! A score is a sum of whole numbers that depends on the question and the listing alone: not on
//! how rare a word is in this server's index, nor on the order in which the index adds up. So
//! every server puts the same listings in the same order, however often its index was made again
//! or has changed since the page before, and a cursor neither skips nor repeats anything.

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhraseQuery, Query,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::fields::Fields;
use crate::model::{Key, Needle, TextQuery};

/// Something that is looked for stands in the title or among the keywords.
const IN_TITLE: f32 = 8.0;
/// It stands in the abstract.
const IN_SUMMARY: f32 = 3.0;
/// It is a word of the text, and not only inside of others.
const AS_WORD: f32 = 2.0;
/// Several words stand in the title as one.
const WHOLE_IN_TITLE: f32 = 8.0;
/// They do so somewhere.
const WHOLE_ANYWHERE: f32 = 4.0;

/// The listings that say all of it, those that say it best with the highest scores.
pub(super) fn asked(fields: &Fields, text: Option<&TextQuery>, ranked: bool) -> Box<dyn Query> {
    let Some(text) = text else { return Box::new(AllQuery) };
    let mut clauses = Vec::new();
    for needle in &text.needles {
        clauses.push((Occur::Must, worth(0.0, stands_in(fields.text, needle))));
    }
    if ranked {
        for needle in &text.needles {
            let mut better = |score, query| clauses.push((Occur::Should, worth(score, query)));
            better(IN_TITLE, stands_in(fields.title, needle));
            better(IN_SUMMARY, stands_in(fields.summary, needle));
            if let Some(word) = needle.word() {
                better(AS_WORD, term(fields.words, &word));
            }
        }
        for whole in &text.whole {
            for (score, field) in [(WHOLE_IN_TITLE, fields.title), (WHOLE_ANYWHERE, fields.text)] {
                clauses.push((Occur::Should, worth(score, stands_in(field, whole))));
            }
        }
    }
    Box::new(BooleanQuery::new(clauses))
}

/// The listings in whose title and keywords all of it stands.
pub(super) fn named(fields: &Fields, text: &TextQuery) -> Box<dyn Query> {
    let needles = text.needles.iter();
    let clauses = needles.map(|needle| (Occur::Must, stands_in(fields.title, needle)));
    Box::new(BooleanQuery::new(clauses.collect()))
}

fn worth(score: f32, query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

/// A needle stands in a field as it is.
fn stands_in(field: Field, needle: &Needle) -> Box<dyn Query> {
    let keys = needle.keys();
    match keys.as_slice() {
        [Key::Whole(_, text)] => term(field, text),
        [Key::Beginning(_, text)] => {
            let beginning = Term::from_field_text(field, text);
            Box::new(FuzzyTermQuery::new_prefix(beginning, 0, true))
        }
        keys => {
            let placed = keys.iter().map(|key| match key {
                Key::Whole(offset, text) | Key::Beginning(offset, text) => {
                    let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
                    (offset, Term::from_field_text(field, text))
                }
            });
            Box::new(PhraseQuery::new_with_offset(placed.collect()))
        }
    }
}
