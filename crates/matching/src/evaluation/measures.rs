//! nDCG@10, recall@100 and MRR.
#![expect(clippy::float_arithmetic, reason = "means of measures; no money here")]

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    data::{Data, Task},
    ranking::{Answered, DEPTH, Run},
};

/// How far down the gain is counted.
const TOP: usize = 10;

/// How good the answers to some questions are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// How far up the right answers stand, of the first ten; 1 is ideal.
    pub ndcg_at_10: f64,
    /// What share of the right answers is among the first hundred.
    pub recall_at_100: f64,
    /// One through the place of the first right answer.
    pub mrr: f64,
    /// For what share of the questions something right is likely enough to be shown.
    pub shown: f64,
}

impl Measures {
    fn of_question(answered: Option<&Answered>, right: &BTreeMap<String, f64>) -> Self {
        let Some(Answered { ids, proposed, .. }) = answered else { return Self::default() };
        let mut seen = BTreeSet::new();
        let ids: Vec<&String> = ids.iter().filter(|id| seen.insert(*id)).collect();
        let grade = |id: &&String| right.get(*id).copied().unwrap_or(0.0);
        let mut grades: Vec<f64> = right.values().copied().collect();
        grades.sort_by(|a, b| b.total_cmp(a));
        let ideal = gain(grades.iter().copied());
        let found = ids.iter().take(DEPTH).filter(|id| right.contains_key(**id)).count();
        let first = ids.iter().position(|id| right.contains_key(*id));
        Self {
            ndcg_at_10: if ideal > 0.0 { gain(ids.iter().map(grade)) / ideal } else { 0.0 },
            recall_at_100: real(found) / real(right.len().clamp(1, DEPTH)),
            mrr: first.map_or(0.0, |place| 1.0 / (real(place) + 1.0)),
            shown: if first.is_some_and(|place| place < *proposed) { 1.0 } else { 0.0 },
        }
    }

    /// The mean of several.
    #[must_use]
    pub fn mean<'m>(all: impl IntoIterator<Item = &'m Self>) -> Self {
        let (mut sum, mut number) = (Self::default(), 0.0);
        for one in all {
            sum.ndcg_at_10 += one.ndcg_at_10;
            sum.recall_at_100 += one.recall_at_100;
            sum.mrr += one.mrr;
            sum.shown += one.shown;
            number += 1.0;
        }
        let mean = |sum: f64| if number > 0.0 { sum / number } else { 0.0 };
        Self {
            ndcg_at_10: mean(sum.ndcg_at_10),
            recall_at_100: mean(sum.recall_at_100),
            mrr: mean(sum.mrr),
            shown: mean(sum.shown),
        }
    }
}

fn gain(grades: impl Iterator<Item = f64>) -> f64 {
    let discounts = (2..).map(|place: u32| f64::from(place).log2());
    grades.take(TOP).zip(discounts).map(|(grade, discount)| grade / discount).sum()
}

pub(super) fn real(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// How good a run is, question by question.
#[derive(Clone, Debug)]
pub struct Measured {
    pub(super) tasks: BTreeMap<String, (bool, BTreeMap<String, Measures>)>,
}

impl Measured {
    /// Judges a run; a question without an answer counts nothing.
    #[must_use]
    pub fn of(data: &Data, run: &Run) -> Self {
        let judge = |(name, task): (&String, &Task)| {
            let answers = run.tasks.get(name);
            let questions = task.right.iter().map(|(qid, right)| {
                let answered = answers.and_then(|answers| answers.get(qid));
                (qid.clone(), Measures::of_question(answered, right))
            });
            (name.clone(), (task.core, questions.collect()))
        };
        Self { tasks: data.tasks.iter().map(judge).collect() }
    }

    /// The mean of each task, and whether it is a core task.
    #[must_use]
    pub fn by_task(&self) -> BTreeMap<&str, (bool, Measures)> {
        let tasks = self.tasks.iter();
        let means = tasks.map(|(name, (core, questions))| {
            (name.as_str(), (*core, Measures::mean(questions.values())))
        });
        means.collect()
    }

    /// How many questions a task has.
    #[must_use]
    pub fn questions(&self, task: &str) -> usize {
        self.tasks.get(task).map_or(0, |(_, questions)| questions.len())
    }

    /// The mean over the core tasks, each of which counts the same.
    #[must_use]
    pub fn core(&self) -> Measures {
        let tasks = self.by_task();
        Measures::mean(tasks.values().filter(|(core, _)| *core).map(|(_, mean)| mean))
    }
}
