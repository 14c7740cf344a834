//! Rules that a contract triggers: art. 6, for buyers and brokers.

use kernel::{BasisPoints, Fen, Region, Words, split_by_shares};
use serde_json::json;

use crate::model::{
    Broken,
    book::{Compiled, CompiledRule},
    calculation::{
        Award, Beneficiary, BeneficiaryRole, Calculation, Groups, NotAwarded, fund,
        note_conditions, obstacle,
    },
    condition::{
        FactKind::{Number, Text, YesNo},
        FactNames, Facts, Known,
    },
    contract::ContractCase,
    exact::Exact,
    explanation::{Said, Steps},
    policy::Pays,
};

/// A contract whose figures have been found to fit, with what follows from them.
struct Base<'a> {
    contract: &'a ContractCase,
    /// Shares of the amount that belong to eligible buyers (A8).
    eligible_points: u64,
    /// What has been paid, never more than the technology amount (A1).
    paid: Fen,
    /// Who matches a broker's award: the funder of the eligible buyer with the largest share (A9).
    largest_funder: Option<&'a Region>,
}

/// Somebody among whom a sum is split.
struct Share {
    beneficiary: Beneficiary,
    points: u16,
    funder: Region,
    /// Why this part lapses, if it does.
    lapses: Option<&'static str>,
}

/// The facts that conditions on contracts may speak of; dates are texts that sort as dates do.
pub(in crate::model) const CONTRACT_FACTS: FactNames = &[
    ("type", Text),
    ("type_is_covered", YesNo),
    ("needs_manual_decision", YesNo),
    ("signed_on", Text),
    ("recognised", YesNo),
    ("recognised_on", Text),
    ("effective_from", Text),
    ("effective_to", Text),
    ("related_parties", YesNo),
    ("buyers_in_territory", Number),
    ("eligible_buyers", Number),
    ("brokers", Number),
    ("total_amount_fen", Number),
    ("technology_amount_fen", Number),
    ("paid_technology_amount_fen", Number),
];

/// The rate and cap of a rule.
#[derive(Clone, Copy)]
struct Terms {
    rate: BasisPoints,
    cap: Fen,
}

impl Compiled {
    /// What a contract brings under this policy.
    ///
    /// # Errors
    /// Only if the policy itself is broken.
    pub fn calculate_contract(&self, contract: &ContractCase) -> Result<Calculation, Broken> {
        let base = Base::of(contract);
        let facts = self.facts(contract);
        let mut calculation = Calculation::of(self);
        let mut groups = Groups::default();
        let mut known = Known::default();
        for rule in &self.rules {
            let (terms, shares) = match rule.rule.pays {
                Pays::BuyerRate { rate_bp, cap_fen } => {
                    (Terms { rate: rate_bp, cap: cap_fen }, base.buyers())
                }
                // Without a broker there is nothing to refuse.
                Pays::BrokerRate { .. } if contract.brokers.is_empty() => continue,
                Pays::BrokerRate { rate_bp, cap_fen } => {
                    (Terms { rate: rate_bp, cap: cap_fen }, base.brokers())
                }
                Pays::AmountSet { .. }
                | Pays::YearlyRate { .. }
                | Pays::FixedSum { .. }
                | Pays::TitleSums { .. }
                | Pays::DecidedSum { .. }
                | Pays::IncomeFloor { .. } => continue,
            };
            if let Some(reason) = obstacle(rule, &facts, &mut known)? {
                calculation.refuse(&rule.rule.id, &reason, None);
                continue;
            }
            groups.enter(rule)?;
            self.award(rule, terms, (&base, &facts), &shares, &mut calculation)?;
            if let Pays::BuyerRate { .. } = rule.rule.pays {
                note_left_out(rule, contract, &mut calculation);
            }
        }
        Ok(calculation.finish())
    }

    pub(super) fn facts(&self, contract: &ContractCase) -> Facts {
        let parameters = &self.policy.parameters;
        let day = |day: chrono::NaiveDate| day.to_string();
        let last = self.policy.effective_to.map_or("9999-12-31".to_owned(), day);
        let subtype = contract.subtype.as_deref().unwrap_or_default();
        let count = |buyers: usize| i64::try_from(buyers).unwrap_or(i64::MAX);
        let in_territory = contract.buyers.iter().filter(|buyer| buyer.is_in_territory()).count();
        let eligible = contract.buyers.iter().filter(|buyer| buyer.is_eligible()).count();
        Facts::default()
            .with("type", contract.contract_type.as_str())
            .with("type_is_covered", parameters.covered_types.contains(&contract.contract_type))
            .with("needs_manual_decision", parameters.manual_subtypes.contains(subtype))
            .with("signed_on", day(contract.signed_on))
            .with("recognised", contract.recognised_on.is_some())
            .with("recognised_on", contract.recognised_on.map(day).unwrap_or_default())
            .with("effective_from", day(self.policy.effective_from))
            .with("effective_to", last)
            .with("related_parties", contract.related_parties)
            .with("buyers_in_territory", count(in_territory))
            .with("eligible_buyers", count(eligible))
            .with("brokers", count(contract.brokers.len()))
            .with("total_amount_fen", contract.total_amount_fen.fen())
            .with("technology_amount_fen", contract.technology_amount_fen.fen())
            .with("paid_technology_amount_fen", contract.paid_technology_amount_fen.fen())
    }

    /// Computes the sum of a rule, splits it, and adds the awards.
    fn award(
        &self,
        rule: &CompiledRule,
        terms: Terms,
        (base, facts): (&Base<'_>, &Facts),
        shares: &[Share],
        calculation: &mut Calculation,
    ) -> Result<(), Broken> {
        let mut steps = Steps::default();
        note_conditions(rule, facts, &["type", "signed_on"], &mut steps);
        let (entitled, capped) = base.entitlement(rule, terms, &mut steps)?;
        let payable = base.payable(rule, terms, &mut steps)?;
        let weights: Vec<u64> = shares.iter().map(|share| u64::from(share.points)).collect();
        let entitlements = split_by_shares(entitled, &weights);
        let payables = split_within(payable, &weights, &entitlements);
        for ((share, entitlement_fen), payable_now_fen) in
            shares.iter().zip(entitlements).zip(payables)
        {
            let beneficiary = Some(share.beneficiary).filter(|_| shares.len() > 1);
            let reason = share.lapses.or(entitlement_fen.is_zero().then_some("rounds_to_zero"));
            if let Some(reason) = reason {
                let (rule, reason) = (rule.rule.id.clone(), reason.to_owned());
                calculation.not_awarded.push(NotAwarded { rule, reason, beneficiary });
                continue;
            }
            let mut steps =
                if shares.len() > 1 { steps.clone() } else { std::mem::take(&mut steps) };
            if shares.len() > 1 {
                let sums = [(entitled, entitlement_fen), (payable, payable_now_fen)];
                note_split(rule, share, &weights, sums, &mut steps);
            }
            let funding = fund(self, payable_now_fen, &share.funder, &mut steps)?;
            calculation.awards.push(Award {
                rule: rule.rule.id.clone(),
                article: rule.rule.article.clone(),
                beneficiary: share.beneficiary,
                entitlement_fen,
                payable_now_fen,
                capped,
                funding,
                period: None,
                explanation: steps.into_steps(),
            });
        }
        Ok(())
    }
}

impl<'a> Base<'a> {
    fn of(contract: &'a ContractCase) -> Self {
        let eligible = || contract.buyers.iter().filter(|buyer| buyer.is_eligible());
        let mut largest = None;
        for buyer in eligible() {
            if largest.is_none_or(|(share, _)| buyer.share_bp > share) {
                largest = Some((buyer.share_bp, &buyer.funder));
            }
        }
        Self {
            contract,
            eligible_points: BasisPoints::total(eligible().map(|buyer| buyer.share_bp)),
            paid: contract.paid_technology_amount_fen.min(contract.technology_amount_fen),
            largest_funder: largest.map(|(_, funder)| funder),
        }
    }

    fn buyers(&self) -> Vec<Share> {
        let buyers = self.contract.buyers.iter().enumerate();
        buyers
            .filter(|(_, buyer)| buyer.is_eligible())
            .map(|(index, buyer)| Share {
                beneficiary: Beneficiary { role: BeneficiaryRole::Buyer, index },
                points: buyer.share_bp.points(),
                funder: buyer.funder.clone(),
                lapses: None,
            })
            .collect()
    }

    fn brokers(&self) -> Vec<Share> {
        let Some(funder) = self.largest_funder else { return Vec::new() };
        let brokers = self.contract.brokers.iter().enumerate();
        brokers
            .map(|(index, broker)| Share {
                beneficiary: Beneficiary { role: BeneficiaryRole::Broker, index },
                points: broker.share_bp.points(),
                funder: funder.clone(),
                lapses: broker.lapses(),
            })
            .collect()
    }

    /// Rate × eligible base, rounded once, capped (A1, A5).
    fn entitlement(
        &self,
        rule: &CompiledRule,
        terms: Terms,
        steps: &mut Steps,
    ) -> Result<(Fen, bool), Broken> {
        let Terms { rate, cap } = terms;
        let amount = self.contract.technology_amount_fen;
        let base = Exact::from(amount).share(self.eligible_points);
        note_base(rule, amount, self.eligible_points, base, steps);
        let raw = base.rate(rate);
        let rounded = raw.rounded()?;
        let said = |what: Words, formula: String| Said {
            article: &rule.rule.article,
            quote: &rule.rule.quote,
            what,
            formula,
        };
        steps.note(
            said(
                Words::new(
                    format!("按 {rate} 计算,四舍五入到分"),
                    format!("{rate} of it, rounded half up to the fen"),
                ),
                format!("{base} × {rate} = {raw} → {}", rounded.fen()),
            ),
            &[("rate_bp", json!(rate))],
            Some(rounded),
        );
        let (entitled, capped) = (rounded.min(cap), rounded > cap);
        let quote = rule.rule.cap_quote.as_deref().unwrap_or(&rule.rule.quote);
        steps.note(
            Said {
                quote,
                ..said(
                    Words::new(format!("最高不超过 {cap} 元"), format!("at most {cap} yuan")),
                    format!("min({}, {}) = {}", rounded.fen(), cap.fen(), entitled.fen()),
                )
            },
            &[("cap_fen", json!(cap))],
            Some(entitled),
        );
        Ok((entitled, capped))
    }

    /// The same of what has been paid so far: cumulative, rounded once (A1, A5).
    fn payable(&self, rule: &CompiledRule, terms: Terms, steps: &mut Steps) -> Result<Fen, Broken> {
        let Terms { rate, cap } = terms;
        let paid = Exact::from(self.paid).share(self.eligible_points);
        let raw = paid.rate(rate);
        let rounded = raw.rounded()?;
        let payable = rounded.min(cap);
        steps.note(
            Said {
                article: &rule.rule.article,
                quote: &rule.rule.quote,
                what: Words::new(
                    "按已证明支付的部分累计计算当前可付".to_owned(),
                    "payable now: the same of what is proven paid so far, in all".to_owned(),
                ),
                formula: format!(
                    "{} × {}/10000 = {paid}; {paid} × {rate} = {raw} → {}; min({}, {}) = {}",
                    self.paid.fen(),
                    self.eligible_points,
                    rounded.fen(),
                    rounded.fen(),
                    cap.fen(),
                    payable.fen()
                ),
            },
            &[
                ("paid_technology_amount_fen", json!(self.paid)),
                ("eligible_share_bp", json!(self.eligible_points)),
                ("rate_bp", json!(rate)),
                ("cap_fen", json!(cap)),
            ],
            Some(payable),
        );
        Ok(payable)
    }
}

/// Splits what is payable as the entitlement was split, and nobody gets more than their part of
/// it: where the remainders of the smaller sum would give somebody a fen too much, that fen goes to
/// the next largest remainder.
fn split_within(total: Fen, weights: &[u64], most: &[Fen]) -> Vec<Fen> {
    let mut parts = split_by_shares(total, weights);
    let mut over = 0;
    for (part, most) in parts.iter_mut().zip(most) {
        over += part.fen().saturating_sub(most.fen()).max(0);
        *part = (*part).min(*most);
    }
    let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let remainder = |weight: u64| i128::from(total.fen()) * i128::from(weight) % whole.max(1);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&n| std::cmp::Reverse(weights.get(n).map(|weight| remainder(*weight))));
    let one = Fen::new(1).unwrap_or_default();
    // Each round gives at least one fen, since all parts of the entitlement hold the whole sum.
    for n in order.iter().cycle().take(parts.len() * parts.len()) {
        if over == 0 {
            break;
        }
        if let (Some(part), Some(most)) = (parts.get_mut(*n), most.get(*n))
            && *part < *most
            && let Ok(more) = part.add(one)
        {
            *part = more;
            over -= 1;
        }
    }
    parts
}

/// Says of each buyer whose share does not count why it does not.
fn note_left_out(rule: &CompiledRule, contract: &ContractCase, calculation: &mut Calculation) {
    for (index, buyer) in contract.buyers.iter().enumerate().filter(|(_, b)| !b.is_eligible()) {
        let reason =
            if buyer.is_in_territory() { "buyer_not_eligible" } else { "buyer_outside_territory" };
        let beneficiary = Beneficiary { role: BeneficiaryRole::Buyer, index };
        calculation.refuse(&rule.rule.id, reason, Some(beneficiary));
    }
}

fn note_base(rule: &CompiledRule, amount: Fen, points: u64, base: Exact, steps: &mut Steps) {
    steps.note(
        Said {
            article: &rule.rule.article,
            quote: &rule.rule.quote,
            what: Words::new(
                "基数:核定的技术交易额中,西宁买方所占份额".to_owned(),
                "base: the recognised technology amount, as far as buyers of Xining share it"
                    .to_owned(),
            ),
            formula: format!("{} × {points}/10000 = {base}", amount.fen()),
        },
        &[("technology_amount_fen", json!(amount)), ("eligible_share_bp", json!(points))],
        base.whole(),
    );
}

fn note_split(
    rule: &CompiledRule,
    share: &Share,
    weights: &[u64],
    [(entitled, own_entitled), (payable, own_payable)]: [(Fen, Fen); 2],
    steps: &mut Steps,
) {
    let whole: u64 = weights.iter().sum();
    steps.note(
        Said {
            article: &rule.rule.article,
            quote: &rule.rule.quote,
            what: Words::new(
                "按约定份额分配,余分归余数最大者(相同者在先)".to_owned(),
                "split by shares; fen left over go to the largest remainders, ties to the earlier"
                    .to_owned(),
            ),
            formula: format!(
                "{} × {points}/{whole} → {}; {} × {points}/{whole} → {}",
                entitled.fen(),
                own_entitled.fen(),
                payable.fen(),
                own_payable.fen(),
                points = share.points,
            ),
        },
        &[("share_bp", json!(share.points)), ("shares_bp", json!(weights))],
        Some(own_entitled),
    );
}
