//! A score and what it is made of. Scores are whole numbers inside, so that the parts of an
//! explanation add up to the score exactly and the order is the same on every server.

use kernel::{Words, words};

words! {
    /// What a match is judged by.
    pub enum Factor {
        /// The words of both.
        Text = "text", "文本", "text";
        /// The field of both.
        Domain = "domain", "领域", "field";
        /// Is it as ready as it is wanted?
        Maturity = "maturity", "成熟度", "maturity";
        /// How it may change hands.
        TransferModes = "transfer_modes", "转化方式", "transfer modes";
        /// Where both are.
        Region = "region", "地区", "region";
        /// The budget and the price.
        Price = "price", "价格", "price";
    }
}

/// How much a factor counts, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight(u32);

impl Factor {
    /// The table of weights, which add up to 1. Text decides; the other factors tell apart what
    /// the text finds about equally good.
    #[must_use]
    pub const fn weight(self) -> Weight {
        Weight(match self {
            // What somebody needs is said in words; nothing else tells one technology from another.
            Self::Text => 85,
            // The fields are broad and chosen by hand: they agree with the text or correct it.
            Self::Domain => 5,
            // A plant that wants to buy cannot use what still needs years of development.
            Self::Maturity => 3,
            // A wish to buy and an offer to co-operate can meet, but seldom do.
            Self::TransferModes => 3,
            // Technology travels; being near makes the first visit and the district's half easier.
            Self::Region => 2,
            // Prices are mostly open or negotiable: only a clear excess says anything.
            Self::Price => 2,
        })
    }
}

/// How well a factor is met: 0 … 1, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Degree(u32);

const MILLION: u32 = 1_000_000;

impl Degree {
    /// Not met.
    pub const NONE: Self = Self(0);
    /// One side does not say: neither for nor against.
    pub const UNSAID: Self = Self(MILLION / 2);
    /// Met.
    pub const FULL: Self = Self(MILLION);

    /// So many millionths, at most all.
    #[must_use]
    pub const fn of_millionths(millionths: u32) -> Self {
        if millionths > MILLION { Self::FULL } else { Self(millionths) }
    }

    /// So many hundredths, at most all.
    #[must_use]
    pub const fn of_hundredths(hundredths: u32) -> Self {
        Self::of_millionths(hundredths.saturating_mul(MILLION / 100))
    }
}

/// How good a match is: 0 … 1, in hundred-millionths.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Score(u32);

impl Score {
    /// What the factors other than text can add at most.
    pub(crate) const BESIDES_TEXT: Self = Self((100 - Factor::Text.weight().0) * MILLION);

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is judged.
    pub factor: Factor,
    /// How well it is met.
    pub degree: Degree,
    /// Why.
    pub detail: Words,
}

/// What a factor adds to a score.
#[must_use]
pub const fn part(factor: Factor, degree: Degree) -> Score {
    Score(factor.weight().0.saturating_mul(degree.0))
}

macro_rules! shown_as_number {
    ($($name:ident / $whole:expr),+) => {$(
        impl From<$name> for f64 {
            /// The number, as shown to people and programs.
            #[expect(clippy::float_arithmetic, reason = "only for show")]
            fn from(value: $name) -> Self {
                Self::from(value.0) / $whole
            }
        }
    )+};
}
shown_as_number!(Weight / 100.0, Degree / 1_000_000.0, Score / 100_000_000.0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_add_up_to_one_and_text_outweighs_the_rest() {
        let weights: Vec<u32> = Factor::ALL.iter().map(|factor| factor.weight().0).collect();
        assert_eq!(weights.iter().sum::<u32>(), 100);
        assert!(Factor::Text.weight().0 > 4 * (100 - Factor::Text.weight().0));
    }

    #[test]
    fn scores_are_shown_without_losing_a_digit() {
        let score = part(Factor::Text, Degree::of_millionths(424_264))
            .plus(part(Factor::Domain, Degree::FULL));
        assert_eq!(f64::from(score).to_string(), "0.4106244");
        let all = Factor::ALL.iter().fold(Score(0), |sum, f| sum.plus(part(*f, Degree::FULL)));
        assert_eq!(f64::from(all).to_string(), "1");
    }
}
