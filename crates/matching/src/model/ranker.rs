//! Which listings of the other side fit a listing, and why.
//!
//! The words find ([`text_index`](super::text_index)). Where another listing of the asker's own
//! side says nearly the same, its words are asked for, too: a need that somebody else has put
//! better finds what the asker's own words miss ([`Similar`]). What else both sides say tells apart
//! what the words find about equally good ([`factors`]).
#![expect(clippy::float_arithmetic, reason = "shares of a text are real numbers; no money here")]

mod chance;
mod similar;

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use chrono::NaiveDate;
use kernel::{Id, Words, kinds};

use self::{chance::chance, similar::Similar};
use super::{
    document::{Document, Side, Terms},
    explanation::{Chance, Factor, Finding, Line, Score},
    factors,
    features::{FeatureKey, Features, Reading},
    signals::{Signal, Signals},
    text_index::{Asked, Slot, TextIndex, Work},
};

/// What reaches less of the ideal has a chance of less than one in fifty and is no match: "nothing
/// fits yet" is an answer, too.
const LEAST_SHARE: f64 = 0.08;
/// How many postings a question may read: some ten milliseconds.
const WORK: usize = 4_000_000;

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
    today: NaiveDate,
    after: Option<Place>,
    left_out: HashSet<Id<kinds::Organisation>>,
    least: f64,
    signals: Signals,
    work: usize,
}

impl Query {
    /// What fits `document`, of all that is open `today`, after the place of the last match of
    /// the page before.
    #[must_use]
    pub fn new(document: &Document, today: NaiveDate, after: Option<Place>) -> Self {
        let (listing, left_out) = (Prepared::from(document), HashSet::new());
        let (least, signals) = (LEAST_SHARE, Signals::default());
        Self { listing, today, after, left_out, least, signals, work: WORK }
    }

    /// The same question, but nothing of these organisations.
    #[must_use]
    pub fn without(self, organisations: HashSet<Id<kinds::Organisation>>) -> Self {
        Self { left_out: organisations, ..self }
    }

    /// The same question, also about what is too unlikely to be shown to anybody: for measuring
    /// how good the order is.
    #[must_use]
    pub fn down_to_nothing(self) -> Self {
        Self { least: 0.0, ..self }
    }

    /// The same question, judged by some signals only: for measuring what the others are good for.
    #[must_use]
    pub fn judged_by(self, signals: Signals) -> Self {
        Self { signals, ..self }
    }

    /// The same question, answered with what so much work finds.
    #[must_use]
    pub fn within(self, postings: usize) -> Self {
        Self { work: postings, ..self }
    }

    /// One's own listings, those whose time is over and those of who is left out are no matches.
    fn admits(&self, entry: &Entry) -> bool {
        let Entry { side, terms, .. } = entry;
        *side == self.listing.side.opposite()
            && terms.organisation_id != self.listing.terms.organisation_id
            && terms.is_open(self.today)
            && !self.left_out.contains(&terms.organisation_id)
    }

    fn judge(&self, other: &Terms) -> [Finding; 5] {
        match self.listing.side {
            Side::Asks => factors::judge(&self.listing.terms, other),
            Side::Offers => factors::judge(other, &self.listing.terms),
        }
    }

    /// Does a reading of the text count?
    fn reads(&self) -> impl Fn(Reading) -> bool {
        let signals = self.signals.clone();
        move |reading| {
            signals.have(match reading {
                Reading::Word => Signal::Words,
                Reading::Character => Signal::Characters,
                Reading::Pair => Signal::Pairs,
            })
        }
    }
}

/// What a question shares with a match: features, each with the share of the ideal that it is.
pub(crate) type Shared = Vec<(FeatureKey, f64)>;

/// A listing that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Where it stands: which listing, with which score.
    pub place: Place,
    /// What the score is made of; the parts add up to it.
    pub explanation: Vec<Line>,
    /// Which features of the question's own words it has.
    pub(crate) shared: Shared,
    /// The similar listing whose words count, too, and which of its features it has.
    pub(crate) similar: Option<(Id<kinds::Listing>, Shared)>,
}

impl Match {
    /// The similar listing whose words count, too.
    #[must_use]
    pub fn similar_to(&self) -> Option<Id<kinds::Listing>> {
        self.similar.as_ref().map(|(listing_id, _)| *listing_id)
    }
}

/// What a question finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The best matches, best first.
    pub matches: Vec<Match>,
    /// How many matches there are, whatever page is asked for.
    pub total: usize,
    /// Was everything looked at? If not, the weightiest words of the question have been.
    pub whole: bool,
}

/// A listing in the index.
#[derive(Debug)]
struct Entry {
    listing_id: Id<kinds::Listing>,
    side: Side,
    terms: Terms,
}

/// A listing that may be among the best, by its text.
struct Candidate<'r> {
    slot: Slot,
    entry: &'r Entry,
    fit: Fit,
    chance: Chance,
}

/// How well the words fit: the share of the ideal that the question's own words are, and that of a
/// similar listing's.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fit {
    own: f64,
    similar: f64,
}

impl Fit {
    /// What of the chance is due to the similar listing, in millionths.
    fn due_to_similar(self) -> u32 {
        millionths(self.similar / (self.own + self.similar).max(f64::MIN_POSITIVE))
    }
}

/// Everything that is published, ready to be asked.
#[derive(Debug, Default)]
pub struct Ranker {
    text: TextIndex,
    /// By slot.
    entries: Vec<Option<Entry>>,
    slots: HashMap<Id<kinds::Listing>, Slot>,
}

/// A question while it is being answered.
struct Asking<'r> {
    own: Asked,
    similar: Option<Similar>,
    candidates: Vec<Candidate<'r>>,
    whole: bool,
}

impl Ranker {
    /// How many listings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Is there nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a listing, or puts it in the place of what it said before.
    pub fn learn(&mut self, prepared: Prepared) {
        self.forget(prepared.listing_id);
        let Prepared { listing_id, side, terms, features } = prepared;
        if let Some(slot) = self.text.add(&features) {
            while self.entries.len() <= slot.index() {
                self.entries.push(None);
            }
            self.set_entry(slot, Some(Entry { listing_id, side, terms }));
            self.slots.insert(listing_id, slot);
        }
    }

    /// Takes a listing out.
    pub fn forget(&mut self, listing_id: Id<kinds::Listing>) {
        if let Some(slot) = self.slots.remove(&listing_id) {
            self.set_entry(slot, None);
            self.text.remove(slot);
        }
    }

    /// Gives back memory kept in reserve; worth while after many listings at once.
    pub fn shrink(&mut self) {
        self.text.shrink();
    }

    /// The best matches, at most `limit`, and how many there are.
    #[must_use]
    pub fn answer(&self, query: &Query, limit: usize) -> Answer {
        let Asking { own, similar, candidates, whole } = self.ask(query);
        let total = candidates.len();
        let mut matches: Vec<_> = promising(candidates, query, limit)
            .into_iter()
            .map(|candidate| judged(query, candidate))
            .filter(|(place, ..)| query.after.is_none_or(|after| after.order() < place.order()))
            .collect();
        matches.sort_by_key(|(place, ..)| place.order());
        matches.truncate(limit);
        let matches = matches.into_iter().map(|(place, candidate, explanation)| {
            let shared = self.text.parts(&own, candidate.slot);
            let similar = similar.as_ref().filter(|_| candidate.fit.similar > 0.0);
            let similar =
                similar.map(|one| (one.listing_id, self.text.parts(&one.asked, candidate.slot)));
            Match { place, explanation, shared, similar }
        });
        Answer { matches: matches.collect(), total, whole }
    }

    /// The best matches, best first.
    #[must_use]
    pub fn rank(&self, query: &Query, limit: usize) -> Vec<Match> {
        self.answer(query, limit).matches
    }

    /// How many matches there are, whatever page is asked for.
    #[must_use]
    pub fn count(&self, query: &Query) -> usize {
        self.answer(query, 0).total
    }

    fn ask(&self, query: &Query) -> Asking<'_> {
        let mut work = Work::of(query.work);
        let own = self.text.ask(&query.listing.features, query.reads());
        let shares = self.text.shares(&own, &mut work);
        let similar = self.similar(query, &shares);
        let borrowed = similar.as_ref().map(|one| self.text.shares(&one.asked, &mut work));
        let entries = (0..).map(Slot::at).zip(&self.entries);
        let candidates = entries.filter_map(|(slot, entry)| {
            let entry = entry.as_ref().filter(|entry| query.admits(entry))?;
            let own = shares.get(slot.index()).copied().unwrap_or(0.0);
            let fit = similar.as_ref().zip(borrowed.as_ref()).map_or(
                Fit { own, similar: 0.0 },
                |(similar, borrowed)| {
                    let borrowed = borrowed.get(slot.index()).copied().unwrap_or(0.0);
                    similar.fit(own, borrowed, entry.terms.organisation_id)
                },
            );
            let share = fit.own + fit.similar;
            let fits = share > 0.0 && share >= query.least;
            fits.then(|| Candidate { slot, entry, fit, chance: chance(share) })
        });
        let candidates = candidates.collect();
        Asking { own, similar, candidates, whole: !work.ran_out() }
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

/// Leaves out whose text is so far behind that nothing else can bring it among the best.
fn promising<'r>(
    mut candidates: Vec<Candidate<'r>>,
    query: &Query,
    limit: usize,
) -> Vec<Candidate<'r>> {
    if limit == 0 {
        return Vec::new();
    }
    let certain = |candidate: &Candidate<'_>| {
        query.after.is_none_or(|after| candidate.chance.most() < after.score)
    };
    let mut least: Vec<Score> =
        candidates.iter().filter(|c| certain(c)).map(|c| c.chance.least()).collect();
    if least.len() < limit {
        return candidates;
    }
    let (_, bar, _) = least.select_nth_unstable_by_key(limit.saturating_sub(1), |s| Reverse(*s));
    let bar = *bar;
    candidates.retain(|candidate| candidate.chance.most() >= bar);
    candidates
}

fn judged<'r>(query: &Query, candidate: Candidate<'r>) -> (Place, Candidate<'r>, Vec<Line>) {
    let Candidate { entry, fit, chance, .. } = candidate;
    let unsaid = || Words::new(String::new(), String::new());
    let similar = chance.share(fit.due_to_similar());
    let mut lines = vec![Line::of_words(Factor::Text, chance.without(similar), unsaid())];
    if similar > Chance::of_millionths(0) {
        lines.push(Line::of_words(Factor::Related, similar, unsaid()));
    }
    let findings = query.judge(&entry.terms).into_iter();
    lines.extend(findings.map(|finding| Line::of_finding(finding, chance)));
    let place = Place { score: Score::of(&lines), listing_id: entry.listing_id };
    (place, candidate, lines)
}

/// A share in millionths.
#[expect(clippy::as_conversions, reason = "between 0 and a million: nothing is lost but the rest")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "likewise")]
pub(super) fn millionths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1_000_000.0).round() as u32
}

#[cfg(test)]
mod tests;
