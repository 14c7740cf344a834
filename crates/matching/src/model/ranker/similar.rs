//! Another listing of the asker's own side that says nearly the same.
//!
//! Two plants with the same trouble seldom use the same words, and the market has heard both: what
//! the one wrote helps the other. The words of the nearest listing count up to twice as much as the
//! asker's own, but only if it has nearly all that the asker says; the weight falls with the fourth
//! power of what they share, so that an ordinary neighbour counts nothing.
#![expect(clippy::float_arithmetic, reason = "shares of a text are real numbers; no money here")]

use kernel::{Id, kinds};

use super::{Fit, Query, Ranker};
use crate::model::{
    signals::Signal,
    text_index::{Asked, Slot},
};

/// How much the words of a similar listing count at most, next to the asker's own.
const MOST: f64 = 2.0;
/// The share of the asker's words from which a listing is as similar as can be.
const SURELY: f64 = 0.7;
/// What counts less is not asked for.
const LEAST: f64 = 0.02;

/// A similar listing, as a question of its own.
pub(super) struct Similar {
    pub(super) listing_id: Id<kinds::Listing>,
    organisation_id: Id<kinds::Organisation>,
    pub(super) asked: Asked,
    weight: f64,
}

impl Similar {
    /// Puts both together. What an organisation asks for itself does not lift its own offers: they
    /// are judged by the asker's words alone.
    pub(super) fn fit(&self, own: f64, borrowed: f64, found: Id<kinds::Organisation>) -> Fit {
        if found == self.organisation_id {
            return Fit { own, similar: 0.0 };
        }
        let whole = 1.0 + self.weight;
        Fit { own: own / whole, similar: self.weight * borrowed / whole }
    }
}

impl Ranker {
    /// The listing of the asker's side that is nearest to it, if it is near enough.
    pub(super) fn similar(&self, query: &Query, shares: &[f64]) -> Option<Similar> {
        if !query.signals.have(Signal::Similar) {
            return None;
        }
        let near = |(slot, share): (Slot, &f64)| {
            let weight = weight(*share);
            let entry = self.entry(slot).filter(|entry| {
                weight >= LEAST
                    && entry.side == query.listing.side
                    && entry.listing_id != query.listing.listing_id
                    && !query.left_out.contains(&entry.terms.organisation_id)
            })?;
            Some((slot, entry, *share))
        };
        let (slot, entry, share) = (0..)
            .map(Slot::at)
            .zip(shares)
            .filter_map(near)
            .max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.listing_id.cmp(&a.1.listing_id)))?;
        Some(Similar {
            listing_id: entry.listing_id,
            organisation_id: entry.terms.organisation_id,
            asked: self.text.ask_like(slot, query.reads()),
            weight: weight(share),
        })
    }
}

fn weight(share: f64) -> f64 {
    MOST * (share / SURELY).clamp(0.0, 1.0).powi(4)
}
