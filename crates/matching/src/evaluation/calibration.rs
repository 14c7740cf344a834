//! Does the score say how often a suggestion is right?
#![expect(clippy::float_arithmetic, reason = "means of scores; no money here")]

use super::{data::Data, measures::real, ranking::Run};

/// How many of the first answers are judged: what somebody looks at.
const LOOKED_AT: usize = 10;
/// Where the bands of scores begin, in hundredths.
const BANDS: [f64; 8] = [0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8];

/// The suggestions of one band of scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Calibration {
    /// Where the band begins.
    pub from: f64,
    /// How many suggestions are in it.
    pub suggestions: usize,
    /// Their mean score.
    pub score: f64,
    /// The share that was right.
    pub right: f64,
}

impl Calibration {
    /// The bands that have suggestions, over the core tasks, each of which counts the same.
    #[must_use]
    pub fn of(data: &Data, run: &Run) -> Vec<Self> {
        let mut bands = BANDS.map(|from| (Self { from, ..Self::default() }, 0.0));
        for (name, task) in data.tasks.iter().filter(|(_, task)| task.core) {
            let Some(answers) = run.tasks.get(name) else { continue };
            let counts = 1.0 / real(answers.len().max(1));
            for (qid, answered) in answers {
                let right = task.right.get(qid);
                for (id, score) in answered.ids.iter().zip(&answered.scores).take(LOOKED_AT) {
                    let band = bands.iter_mut().rfind(|(band, _)| *score >= band.from);
                    let Some((band, weight)) = band else { continue };
                    let is_right = right.is_some_and(|right| right.contains_key(id));
                    band.suggestions = band.suggestions.saturating_add(1);
                    band.score += counts * score;
                    band.right += if is_right { counts } else { 0.0 };
                    *weight += counts;
                }
            }
        }
        let filled = bands.into_iter().filter(|(_, weight)| *weight > 0.0);
        let means = filled.map(|(band, weight)| Self {
            score: band.score / weight,
            right: band.right / weight,
            ..band
        });
        means.collect()
    }
}
