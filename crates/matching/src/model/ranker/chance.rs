//! What share of the suggestions that say so much was right.
//!
//! Measured on development texts, in the first ten answers of each question, where one answer was
//! known to be right: the logarithm of the odds grows with the share of the ideal in a straight
//! line. The similar listings that those texts have by their making were left out
//! (`docs/decisions/0011-matches-by-words-and-similar-listings.md` has the table).
#![expect(clippy::float_arithmetic, reason = "odds are real numbers; no money here")]

use super::millionths;
use crate::model::explanation::Chance;

/// The logarithm of the odds of a text that shares nothing.
const NOTHING_SHARED: f64 = -5.7;
/// How much it grows up to a text that says the same.
const ALL_SHARED: f64 = 22.5;

/// How likely a suggestion is right that reaches a share of the ideal.
pub(super) fn chance(share: f64) -> Chance {
    let odds = NOTHING_SHARED + ALL_SHARED * share;
    Chance::of_millionths(millionths(1.0 / (1.0 + (-odds).exp())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_in_common_never_means_less_likely() {
        let chances: Vec<Chance> = (0..=100).map(|n| chance(f64::from(n) / 100.0)).collect();
        assert!(chances.is_sorted());
        assert!(chance(0.0) < Chance::of_millionths(5_000));
        assert!(chance(0.08) > Chance::of_millionths(19_000), "the floor is one in fifty");
        assert!(chance(0.08) < Chance::of_millionths(21_000), "the floor is one in fifty");
        assert!(chance(0.2) > Chance::of_millionths(200_000));
        assert!(chance(0.6) > Chance::of_millionths(990_000));
    }
}
