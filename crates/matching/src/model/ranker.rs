//! Which listings of the other side fit a listing, and why.
//!
//! The words find (`text_index`); what else both sides say tells apart what the words find about
//! equally good (`factors`). The text's degree is the square root of the share of the ideal that
//! a listing reaches: two texts about the same thing seldom share more than a third of their
//! features, and the root spreads out what lies below.
#![expect(clippy::float_arithmetic, reason = "shares of a text are real numbers; no money here")]

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use chrono::NaiveDate;
use kernel::{Id, Words, kinds};

use super::{
    document::{Document, Side, Terms},
    explanation::{Degree, Factor, Line, Score, part},
    factors,
    features::{self, FeatureKey, Features},
    text_index::{Asked, Slot, TextIndex},
};

/// What shares less of the ideal than this has no more in common than any two texts.
const LEAST_SHARE: f64 = 0.03;
/// How many shared words an explanation names.
const WORDS_NAMED: usize = 6;

/// A listing prepared for ranking: read once, outside any lock.
#[derive(Debug)]
pub struct Prepared {
    listing_id: Id<kinds::Listing>,
    side: Side,
    terms: Terms,
    features: Features,
}

impl From<&Document> for Prepared {
    fn from(document: &Document) -> Self {
        Self {
            listing_id: document.listing_id,
            side: document.side(),
            terms: Terms::from(&document.facts),
            features: document.features(),
        }
    }
}

/// Where a match stands in the order of all matches: the best first, equals by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// Its score.
    pub score: Score,
    /// Which listing.
    pub listing_id: Id<kinds::Listing>,
}

impl Place {
    fn order(self) -> (Reverse<Score>, Id<kinds::Listing>) {
        (Reverse(self.score), self.listing_id)
    }
}

/// A question: what on the other side fits this listing?
#[derive(Debug)]
pub struct Query {
    listing: Prepared,
    words: HashMap<FeatureKey, String>,
    today: NaiveDate,
    after: Option<Place>,
    left_out: HashSet<Id<kinds::Organisation>>,
}

impl Query {
    /// What fits `document`, of all that is open `today`, after the place of the last match of
    /// the page before.
    #[must_use]
    pub fn new(document: &Document, today: NaiveDate, after: Option<Place>) -> Self {
        let words = features::words(&document.texts());
        let listing = Prepared::from(document);
        Self { listing, words, today, after, left_out: HashSet::new() }
    }

    /// The same question, but nothing of these organisations.
    #[must_use]
    pub fn without(self, organisations: HashSet<Id<kinds::Organisation>>) -> Self {
        Self { left_out: organisations, ..self }
    }

    /// One's own listings, those whose time is over and those of who is left out are no matches.
    fn admits(&self, terms: &Terms) -> bool {
        terms.organisation_id != self.listing.terms.organisation_id
            && terms.is_open(self.today)
            && !self.left_out.contains(&terms.organisation_id)
    }

    fn judge(&self, other: &Terms) -> [Line; 5] {
        match self.listing.side {
            Side::Asks => factors::judge(&self.listing.terms, other),
            Side::Offers => factors::judge(other, &self.listing.terms),
        }
    }

    /// Names the weightiest of the shared words, none inside another.
    fn shared_words(&self, parts: &[(FeatureKey, f64)]) -> Words {
        let mut named: Vec<&str> = Vec::new();
        for word in parts.iter().filter_map(|(key, _)| self.words.get(key)) {
            if named.iter().any(|known| known.contains(word.as_str())) {
                continue;
            }
            named.retain(|known| !word.contains(known));
            named.push(word);
            if named.len() == WORDS_NAMED {
                break;
            }
        }
        if named.is_empty() {
            let (zh, en) = ("只有个别字词相近", "only single characters in common");
            return Words::new(zh.to_owned(), en.to_owned());
        }
        Words::new(
            format!("共有用语:{}", named.join("、")),
            format!("shared terms: {}", named.join(", ")),
        )
    }
}

/// A listing that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Where it stands: which listing, with which score.
    pub place: Place,
    /// What the score is made of; the parts add up to it.
    pub explanation: Vec<Line>,
}

/// A listing in the index.
#[derive(Debug)]
struct Entry {
    listing_id: Id<kinds::Listing>,
    terms: Terms,
}

/// The listings of one side.
#[derive(Debug, Default)]
struct Listings {
    text: TextIndex,
    /// By slot.
    entries: Vec<Option<Entry>>,
    slots: HashMap<Id<kinds::Listing>, Slot>,
}

impl Listings {
    fn learn(&mut self, prepared: Prepared) {
        self.forget(prepared.listing_id);
        let Prepared { listing_id, terms, features, .. } = prepared;
        if let Some(slot) = self.text.add(&features) {
            while self.entries.len() <= slot.index() {
                self.entries.push(None);
            }
            self.set_entry(slot, Some(Entry { listing_id, terms }));
            self.slots.insert(listing_id, slot);
        }
    }

    fn forget(&mut self, listing_id: Id<kinds::Listing>) {
        if let Some(slot) = self.slots.remove(&listing_id) {
            self.set_entry(slot, None);
            self.text.remove(slot);
        }
    }

    fn entry(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(slot.index()).and_then(Option::as_ref)
    }

    fn set_entry(&mut self, slot: Slot, entry: Option<Entry>) {
        if let Some(place) = self.entries.get_mut(slot.index()) {
            *place = entry;
        }
    }
}

/// A listing that may be among the best, by its text.
struct Candidate<'r> {
    slot: Slot,
    entry: &'r Entry,
    degree: Degree,
}

impl Candidate<'_> {
    /// It scores no less than this,
    fn least(&self) -> Score {
        part(Factor::Text, self.degree)
    }

    /// and no more than this.
    fn most(&self) -> Score {
        self.least().plus(Score::BESIDES_TEXT)
    }
}

/// Everything that is published, ready to be asked.
#[derive(Debug, Default)]
pub struct Ranker {
    asks: Listings,
    offers: Listings,
}

impl Ranker {
    /// How many listings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.asks.slots.len().saturating_add(self.offers.slots.len())
    }

    /// Is there nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a listing, or puts it in the place of what it said before.
    pub fn learn(&mut self, prepared: Prepared) {
        match prepared.side {
            Side::Asks => self.asks.learn(prepared),
            Side::Offers => self.offers.learn(prepared),
        }
    }

    /// Takes a listing out.
    pub fn forget(&mut self, listing_id: Id<kinds::Listing>) {
        self.asks.forget(listing_id);
        self.offers.forget(listing_id);
    }

    /// Gives back memory kept in reserve; worth while after many listings at once.
    pub fn shrink(&mut self) {
        self.asks.text.shrink();
        self.offers.text.shrink();
    }

    fn opposite(&self, query: &Query) -> &Listings {
        match query.listing.side.opposite() {
            Side::Asks => &self.asks,
            Side::Offers => &self.offers,
        }
    }

    /// How many matches there are, whatever page is asked for.
    #[must_use]
    pub fn count(&self, query: &Query) -> usize {
        let listings = self.opposite(query);
        let asked = listings.text.ask(&query.listing.features);
        candidates(listings, query, &asked).len()
    }

    /// The best matches, best first.
    #[must_use]
    pub fn rank(&self, query: &Query, limit: usize) -> Vec<Match> {
        let listings = self.opposite(query);
        let asked = listings.text.ask(&query.listing.features);
        let mut matches: Vec<_> = promising(candidates(listings, query, &asked), query, limit)
            .into_iter()
            .map(|candidate| judged(query, candidate))
            .filter(|(place, ..)| query.after.is_none_or(|after| after.order() < place.order()))
            .collect();
        matches.sort_by_key(|(place, ..)| place.order());
        matches.truncate(limit);
        matches
            .into_iter()
            .map(|(place, slot, mut explanation)| {
                let parts = listings.text.parts(&asked, slot);
                if let Some(text) = explanation.first_mut() {
                    text.detail = query.shared_words(&parts);
                }
                Match { place, explanation }
            })
            .collect()
    }
}

/// All whose text has enough in common with the query's.
fn candidates<'r>(listings: &'r Listings, query: &Query, asked: &Asked) -> Vec<Candidate<'r>> {
    let shares = listings.text.shares(asked);
    shares
        .filter(|(_, share)| *share >= LEAST_SHARE)
        .filter_map(|(slot, share)| {
            let entry = listings.entry(slot).filter(|entry| query.admits(&entry.terms))?;
            Some(Candidate { slot, entry, degree: degree(share) })
        })
        .collect()
}

/// Leaves out whose text is so far behind that nothing else can bring it among the best.
fn promising<'r>(
    mut candidates: Vec<Candidate<'r>>,
    query: &Query,
    limit: usize,
) -> Vec<Candidate<'r>> {
    let certain =
        |candidate: &Candidate<'_>| query.after.is_none_or(|after| candidate.most() < after.score);
    let mut least: Vec<Score> =
        candidates.iter().filter(|c| certain(c)).map(Candidate::least).collect();
    if limit == 0 || least.len() < limit {
        return candidates;
    }
    let (_, bar, _) = least.select_nth_unstable_by_key(limit.saturating_sub(1), |s| Reverse(*s));
    let bar = *bar;
    candidates.retain(|candidate| candidate.most() >= bar);
    candidates
}

fn judged(query: &Query, candidate: Candidate<'_>) -> (Place, Slot, Vec<Line>) {
    let Candidate { slot, entry, degree } = candidate;
    let text =
        Line { factor: Factor::Text, degree, detail: Words::new(String::new(), String::new()) };
    let mut lines = vec![text];
    lines.extend(query.judge(&entry.terms));
    let score = lines
        .iter()
        .map(|line| part(line.factor, line.degree))
        .reduce(Score::plus)
        .unwrap_or_else(|| part(Factor::Text, Degree::NONE));
    (Place { score, listing_id: entry.listing_id }, slot, lines)
}

/// The text's degree for a share of the ideal.
#[expect(clippy::as_conversions, reason = "between 0 and a million: nothing is lost but the rest")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "likewise")]
fn degree(share: f64) -> Degree {
    let millionths = share.clamp(0.0, 1.0).sqrt() * 1_000_000.0;
    Degree::of_millionths(millionths.round() as u32)
}

#[cfg(test)]
mod tests;
