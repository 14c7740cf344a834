//! Listings that are like a text: they share its words, rare words above all (inverse document
//! frequency, Spärck Jones 1972).

use tantivy::{
    Term,
    query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    Volume,
    gather::{Gather, Hit, Order},
};

/// A text's words that tell most are asked for, no more than so many.
const TELLING: usize = 32;

/// How much of a market speaks like a text.
#[derive(Debug, Default)]
pub(crate) struct Alike {
    /// The listings that are most like it, the most alike first.
    pub(crate) hits: Vec<Hit>,
    /// The words that tell most, the most telling first.
    pub(crate) telling: Vec<Telling>,
}

/// A word of a text that tells something, since not every listing says it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Telling {
    /// The word.
    pub(crate) word: String,
    /// How many listings say it.
    pub(crate) listings: u64,
    weight: f32,
}

impl Volume {
    /// The listings most like a text that consists of these words.
    pub(crate) fn alike(&self, words: &[String], limit: usize) -> tantivy::Result<Alike> {
        let telling = self.telling(words)?;
        if telling.is_empty() {
            return Ok(Alike::default());
        }
        let clause = |telling: &Telling| {
            let term = Term::from_field_text(self.fields.words, &telling.word);
            let says: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            let worth: Box<dyn Query> = Box::new(ConstScoreQuery::new(says, telling.weight));
            (Occur::Should, worth)
        };
        let query = BooleanQuery::new(telling.iter().map(clause).collect());
        let gather = Gather {
            conditions: Vec::new(),
            price_max: None,
            order: Order::Best,
            after: None,
            limit,
            facets: false,
        };
        let gathered = self.reader.searcher().search(&query, &gather)?;
        Ok(Alike { hits: gathered.hits, telling })
    }

    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a weight, by which listings are only ordered"
    )]
    fn telling(&self, words: &[String]) -> tantivy::Result<Vec<Telling>> {
        let searcher = self.reader.searcher();
        let all = searcher.num_docs();
        let mut telling = Vec::new();
        for word in words {
            let term = Term::from_field_text(self.fields.words, word);
            let listings = searcher.doc_freq(&term)?;
            // What nobody says tells of no listing, what a third of all say tells nothing.
            if listings == 0 || (all >= 30 && listings.saturating_mul(3) > all) {
                continue;
            }
            let weight = (1.0 + all as f32 / listings as f32).ln();
            telling.push(Telling { word: word.clone(), listings, weight });
        }
        telling.sort_by(|one, other| {
            other.weight.total_cmp(&one.weight).then_with(|| one.word.cmp(&other.word))
        });
        telling.truncate(TELLING);
        Ok(telling)
    }
}
