//! A score and what it is made of. Scores are whole numbers inside, so that the parts of an
//! explanation add up to the score exactly and the order is the same on every server.

use kernel::{Words, words};

use super::document::Passage;

words! {
    /// What a match is judged by.
    pub enum Factor {
        /// The words of both.
        Text = "text", "文本", "text";
        /// The words of another listing that asks, or offers, nearly the same.
        Related = "related", "相近发布", "similar listing";
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

const MILLION: u32 = 1_000_000;

impl Factor {
    /// The factors besides the words.
    pub(crate) const TERMS: [Self; 5] =
        [Self::Domain, Self::Maturity, Self::TransferModes, Self::Region, Self::Price];

    /// How far a factor can move what the words leave open, in hundredths. The words decide; the
    /// others tell apart what the words find about equally good.
    const fn reach(self) -> u32 {
        match self {
            // What somebody needs is said in words; nothing else tells one technology from another.
            Self::Text | Self::Related => 100,
            // The fields are broad and chosen by hand: they agree with the text or correct it.
            Self::Domain => 8,
            // A plant that wants to buy cannot use what still needs years of development.
            Self::Maturity => 5,
            // A wish to buy and an offer to co-operate can meet, but seldom do.
            Self::TransferModes => 5,
            // Technology travels; being near makes the first visit and the district's half easier.
            Self::Region => 3,
            // Prices are mostly open or negotiable: only a clear excess says anything.
            Self::Price => 3,
        }
    }

    /// How much a factor besides the words counts: most where the words are undecided, next to
    /// nothing where they are sure.
    pub(crate) fn weight(self, chance: Chance) -> Weight {
        let open = u64::from(chance.0) * u64::from(MILLION.saturating_sub(chance.0));
        let weight = open / u64::from(MILLION) * u64::from(self.reach()) / 100;
        Weight(u32::try_from(weight).unwrap_or(MILLION))
    }
}

/// How likely the words alone say that a suggestion is right: 0 … 1, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Chance(u32);

impl Chance {
    /// So many millionths, at most all.
    pub(crate) const fn of_millionths(millionths: u32) -> Self {
        Self(if millionths > MILLION { MILLION } else { millionths })
    }

    /// So many millionths of it.
    pub(crate) fn share(self, millionths: u32) -> Self {
        let share = u64::from(self.0) * u64::from(millionths.min(MILLION)) / u64::from(MILLION);
        Self(u32::try_from(share).unwrap_or(MILLION))
    }

    /// What is left of it without a part.
    pub(crate) const fn without(self, part: Self) -> Self {
        Self(self.0.saturating_sub(part.0))
    }

    /// The most that all factors besides the words can add, or take away.
    fn room(self) -> u64 {
        let weights = Factor::TERMS.iter().map(|factor| u64::from(factor.weight(self).0));
        weights.sum::<u64>() * u64::from(MILLION)
    }

    /// A match whose words say this scores no less,
    pub(crate) fn least(self) -> Score {
        Score(Score::from(self).0.saturating_sub(self.room()))
    }

    /// and no more than this.
    pub(crate) fn most(self) -> Score {
        Score(Score::from(self).0.saturating_add(self.room()))
    }
}

/// How much a factor counts in one match: the most that it can add or take away, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight(u32);

/// How well a factor is met: 0 … 1, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Degree(u32);

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

/// Speaks for a match up to 1, or against it down to -1, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judgement(i32);

impl From<Degree> for Judgement {
    /// What is half met speaks neither for nor against.
    fn from(degree: Degree) -> Self {
        let degree = i32::try_from(degree.0).unwrap_or(0);
        Self(degree.saturating_mul(2).saturating_sub(1_000_000))
    }
}

/// How good a match is: 0 … 1, in millionths of millionths.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Score(u64);

impl From<Chance> for Score {
    fn from(chance: Chance) -> Self {
        Self(u64::from(chance.0) * u64::from(MILLION))
    }
}

impl Score {
    /// What the lines of an explanation add up to.
    #[must_use]
    pub fn of(lines: &[Line]) -> Self {
        let sum: i64 = lines.iter().map(Line::part).sum();
        Self(u64::try_from(sum).unwrap_or(0))
    }

    /// So many millionths of it.
    pub(crate) fn share(self, millionths: u32) -> Self {
        Self(self.0 * u64::from(millionths.min(MILLION)) / u64::from(MILLION))
    }

    /// What is left of it without a part.
    pub(crate) const fn without(self, part: Self) -> Self {
        Self(self.0.saturating_sub(part.0))
    }
}

/// A word, or several, that speak for a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The word; none for what is shared besides words.
    pub word: Option<String>,
    /// Where the listing that was found says it.
    pub said_in: Vec<Passage>,
    /// What it adds to the score.
    pub adds: Score,
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is judged.
    pub factor: Factor,
    /// How much it counts here.
    pub weight: Weight,
    /// How well it is met.
    pub judgement: Judgement,
    /// Why.
    pub detail: Words,
    /// The words that make up the part, which add up to it.
    pub terms: Vec<Term>,
}

impl Line {
    /// What words give by themselves.
    pub(crate) fn of_words(factor: Factor, gives: Chance, detail: Words) -> Self {
        let judgement = Judgement(i32::try_from(gives.0).unwrap_or(0));
        Self { factor, weight: Weight(MILLION), judgement, detail, terms: Vec::new() }
    }

    /// How a factor besides the words moves what they say.
    pub(crate) fn of_finding(finding: Finding, chance: Chance) -> Self {
        let Finding { factor, degree, detail } = finding;
        let (weight, judgement) = (factor.weight(chance), Judgement::from(degree));
        Self { factor, weight, judgement, detail, terms: Vec::new() }
    }

    /// What it adds to the score, or takes away, in millionths of millionths.
    #[must_use]
    pub fn part(&self) -> i64 {
        i64::from(self.weight.0).saturating_mul(i64::from(self.judgement.0))
    }

    /// What it adds, if it adds something.
    pub(crate) fn adds(&self) -> Score {
        Score(u64::try_from(self.part()).unwrap_or(0))
    }
}

/// How well a factor besides the words is met, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) factor: Factor,
    pub(crate) degree: Degree,
    pub(crate) detail: Words,
}

#[expect(clippy::float_arithmetic, reason = "only for show")]
fn shown(millionths: f64) -> f64 {
    millionths / f64::from(MILLION)
}

impl From<Weight> for f64 {
    /// The number, as shown to people and programs.
    fn from(weight: Weight) -> Self {
        shown(Self::from(weight.0))
    }
}

impl From<Judgement> for f64 {
    /// The number, as shown to people and programs.
    fn from(judgement: Judgement) -> Self {
        shown(Self::from(judgement.0))
    }
}

impl From<Score> for f64 {
    /// The number, as shown to people and programs.
    #[expect(clippy::float_arithmetic, reason = "only for show")]
    fn from(score: Score) -> Self {
        let million = u64::from(MILLION);
        let [whole, rest] = [score.0 / million, score.0 % million]
            .map(|part| u32::try_from(part).unwrap_or(MILLION));
        shown(Self::from(whole) + shown(Self::from(rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_besides_the_words_cannot_leave_the_scale_nor_turn_the_order_of_certainties() {
        let mut before = Score(0);
        for millionths in (0..=MILLION).step_by(997).chain([MILLION]) {
            let chance = Chance::of_millionths(millionths);
            assert!(chance.most().0 <= 1_000_000_000_000 && chance.least() <= chance.most());
            assert!(Score::from(chance) >= before);
            before = Score::from(chance);
        }
        let sure = Chance::of_millionths(900_000);
        assert!(sure.least() > Chance::of_millionths(700_000).most());
    }

    #[test]
    fn an_undecided_text_leaves_the_others_most_to_say() {
        let weight = |millionths| Factor::Domain.weight(Chance::of_millionths(millionths)).0;
        assert_eq!((weight(0), weight(500_000), weight(MILLION)), (0, 20_000, 0));
    }

    #[test]
    fn what_is_unsaid_adds_nothing_and_what_is_not_met_takes_away() {
        let chance = Chance::of_millionths(400_000);
        let part = |degree| {
            let detail = Words::new(String::new(), String::new());
            Line::of_finding(Finding { factor: Factor::Domain, degree, detail }, chance).part()
        };
        assert_eq!(part(Degree::UNSAID), 0);
        assert_eq!(part(Degree::NONE), -part(Degree::FULL));
        assert!(part(Degree::FULL) > 0);
    }

    #[test]
    fn scores_are_shown_without_losing_what_matters() {
        let detail = Words::new(String::new(), String::new());
        let line = Line::of_words(Factor::Text, Chance::of_millionths(410_624), detail);
        assert_eq!(f64::from(Score::of(&[line])).to_string(), "0.410624");
    }
}
