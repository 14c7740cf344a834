//! Is one run better than another, or is it luck?
#![expect(clippy::float_arithmetic, reason = "means of measures; no money here")]

use super::measures::{Measured, real};

/// How often the questions are drawn anew.
const DRAWS: usize = 2_000;

/// The difference of two runs over the same questions.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Comparison {
    /// By how much the core nDCG@10 is better.
    pub difference: f64,
    /// Where it lies in 95 of 100 draws of the questions: from here
    pub from: f64,
    /// to here.
    pub to: f64,
}

impl Comparison {
    /// Compares question by question (paired bootstrap within each core task); always with the
    /// same draws.
    #[must_use]
    pub fn of(run: &Measured, other: &Measured) -> Self {
        let tasks: Vec<Vec<f64>> = run
            .tasks
            .iter()
            .filter(|(_, (core, _))| *core)
            .map(|(name, (_, questions))| {
                let other = other.tasks.get(name).map(|(_, questions)| questions);
                let before = |qid| other.and_then(|other| other.get(qid)).copied();
                let gained = questions
                    .iter()
                    .map(|(qid, now)| now.ndcg_at_10 - before(qid).unwrap_or_default().ndcg_at_10);
                gained.collect()
            })
            .collect();
        let mut lots = Lots(1);
        let mut drawn: Vec<f64> = (0..DRAWS)
            .map(|_| mean(tasks.iter().map(|task| mean(task.iter().map(|_| lots.draw(task))))))
            .collect();
        drawn.sort_by(f64::total_cmp);
        let at = |place: usize| drawn.get(place).copied().unwrap_or_default();
        Self {
            difference: mean(tasks.iter().map(|task| mean(task.iter().copied()))),
            from: at(DRAWS / 40),
            to: at(DRAWS.saturating_sub(DRAWS / 40).saturating_sub(1)),
        }
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let number = values.len();
    if number == 0 { 0.0 } else { values.sum::<f64>() / real(number) }
}

/// Numbers without a pattern, always the same (`SplitMix64`, Steele et al. 2014).
struct Lots(u64);

impl Lots {
    fn draw(&mut self, from: &[f64]) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let number = u64::try_from(from.len()).unwrap_or(1).max(1);
        let place = usize::try_from(mixed % number).unwrap_or(0);
        from.get(place).copied().unwrap_or_default()
    }
}
