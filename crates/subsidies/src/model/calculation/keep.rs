//! What is payable stays payable.
//!
//! Each cumulative sum is split by shares with the largest remainder (A6, A8). Among three or more
//! that method is not monotone: a larger sum may leave one of them a fen less than a smaller one
//! did (the Alabama paradox: shares 6 : 6 : 2 split 10 fen as 4, 4, 2 and 11 fen as 5, 5, 1), and no
//! function of the sum alone both splits every sum so and never takes anything back. But what may
//! be paid may have been paid. So the split of the sum is kept as the rule, and what was payable
//! before is a fact beside it: nobody falls below it, and the fen that this takes is left out where
//! the same payment has brought more. Later payments make it up: what is out of step is a few fen,
//! and nothing once all is paid.

use kernel::{Fen, Words};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::model::{
    Broken,
    book::{Compiled, CompiledRule},
    calculation::{Award, Beneficiary, Calculation, fund},
    explanation::{Said, Steps},
};

/// What was payable to a beneficiary by a rule before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayableBefore {
    /// By which rule.
    pub rule: String,
    /// To whom.
    pub beneficiary: Beneficiary,
    /// How much.
    pub payable_fen: Fen,
}

impl Compiled {
    /// Lets nobody's payable sum fall below what it was before the payment for which the contract
    /// is calculated again.
    pub(crate) fn keep_payable(
        &self,
        calculation: &mut Calculation,
        before: &[PayableBefore],
    ) -> Result<(), Broken> {
        for rule in &self.rules {
            let before_of = |award: &Award| {
                let found = before.iter().find(|before| {
                    before.rule == award.rule && before.beneficiary == award.beneficiary
                });
                let before = found.map_or(Fen::ZERO, |before| before.payable_fen);
                before.min(award.entitlement_fen)
            };
            let is_shared = |award: &&mut Award| award.rule == rule.rule.id;
            let shared: Vec<_> = calculation.awards.iter_mut().filter(is_shared).collect();
            let split: Vec<Fen> = shared.iter().map(|award| award.payable_now_fen).collect();
            let before: Vec<Fen> = shared.iter().map(|award| before_of(award)).collect();
            let kept = never_less(&split, &before);
            for ((award, kept), before) in shared.into_iter().zip(kept).zip(before) {
                if award.payable_now_fen != kept {
                    self.keep(rule, award, kept, before)?;
                }
            }
        }
        Ok(())
    }

    fn keep(
        &self,
        rule: &CompiledRule,
        award: &mut Award,
        kept: Fen,
        before: Fen,
    ) -> Result<(), Broken> {
        let split = award.payable_now_fen;
        let mut steps = Steps::from(std::mem::take(&mut award.explanation));
        steps.take_back(); // how the split sum was funded
        let (what, formula) = if kept > split {
            (
                Words::new(
                    "此前已可付的不减少,差额由以后的付款补足",
                    "what was payable before stays payable; later payments make up the difference",
                ),
                format!("max({}, {}) = {}", split.fen(), before.fen(), kept.fen()),
            )
        } else {
            let less = split.sub(kept).map_err(|_| Broken::OutOfRange)?;
            (
                Words::new(
                    "为使他方此前已可付的不减少而暂缓的余分,由以后的付款补足",
                    "left out so that what was payable to others stays payable; later payments \
                     make it up",
                ),
                format!("{} − {} = {}", split.fen(), less.fen(), kept.fen()),
            )
        };
        steps.note(
            Said {
                article: &rule.rule.article,
                quote: &rule.rule.quote,
                what: Words::new(what.zh.to_owned(), what.en.to_owned()),
                formula,
            },
            &[("split_fen", json!(split)), ("payable_before_fen", json!(before))],
            Some(kept),
        );
        if let Some(funder) = award.funding.last().map(|part| part.funder.clone()) {
            award.funding = fund(self, kept, &funder, &mut steps)?;
        }
        award.payable_now_fen = kept;
        award.explanation = steps.into_steps();
        Ok(())
    }
}

/// The parts, none of them less than it was before. What that takes more is left out where a part
/// has grown, a fen at a time, the later first; if no part has grown enough, it is more in all (it
/// then comes out of a part that lapses).
fn never_less(parts: &[Fen], before: &[Fen]) -> Vec<Fen> {
    let pairs = || parts.iter().zip(before);
    let mut over: i64 = pairs().map(|(part, before)| (before.fen() - part.fen()).max(0)).sum();
    let mut kept: Vec<Fen> = pairs().map(|(part, before)| *part.max(before)).collect();
    let one = Fen::new(1).unwrap_or_default();
    let mut found = true;
    while over > 0 && found {
        found = false;
        for (kept, before) in kept.iter_mut().zip(before).rev() {
            if over > 0
                && *kept > *before
                && let Ok(less) = kept.sub(one)
            {
                *kept = less;
                over -= 1;
                found = true;
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_less_and_the_sum_is_the_same() {
        for (parts, before, kept) in [
            (vec![5, 5, 1], vec![4, 4, 2], vec![5, 4, 2]),
            (vec![4, 4, 2], vec![0, 0, 0], vec![4, 4, 2]),
            (vec![4, 4, 2], vec![4, 4, 2], vec![4, 4, 2]),
            (vec![9, 9, 1, 1], vec![1, 1, 2, 2], vec![8, 8, 2, 2]),
            (vec![3, 1], vec![3, 2], vec![3, 2]),
            (vec![], vec![], vec![]),
        ] {
            let fen = |sums: Vec<i64>| -> Vec<Fen> {
                sums.into_iter().map(|sum| Fen::new(sum).unwrap()).collect()
            };
            assert_eq!(never_less(&fen(parts), &fen(before)), fen(kept));
        }
    }
}
