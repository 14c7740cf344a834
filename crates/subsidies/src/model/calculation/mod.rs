//! What is due, and why, or why nothing.

mod application;
mod contract;
mod keep;

pub(super) use application::facts_of;
pub(super) use contract::CONTRACT_FACTS;
pub use keep::PayableBefore;

use kernel::{CITY, Fen, Region, Words, words};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    Broken,
    book::{Compiled, CompiledRule},
    condition::{Facts, Known},
    explanation::{Said, Step, Steps},
};

words! {
    /// As what somebody benefits.
    pub enum BeneficiaryRole {
        /// A buyer of the contract.
        Buyer = "buyer", "买方", "buyer";
        /// A broker of the contract.
        Broker = "broker", "经纪方", "broker";
        /// Who applies.
        Applicant = "applicant", "申报方", "applicant";
    }
}

/// Who benefits: the role, and which of those in that role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beneficiary {
    /// As what.
    pub role: BeneficiaryRole,
    /// Which one, from 0, in the order of the request.
    pub index: usize,
}

/// What one funder pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingPart {
    /// The city, or a district, county or park.
    pub funder: Region,
    /// How much of what is payable now.
    pub amount_fen: Fen,
}

/// What one beneficiary gets from one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// The rule.
    pub rule: String,
    /// Its article.
    pub article: String,
    /// Who gets it.
    pub beneficiary: Beneficiary,
    /// What is due in all.
    pub entitlement_fen: Fen,
    /// What may be paid now.
    pub payable_now_fen: Fen,
    /// Has the cap taken something away?
    pub capped: bool,
    /// Who pays what of what is payable now; the city first.
    pub funding: Vec<FundingPart>,
    /// Which year, where a rule pays by years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// How it comes about.
    pub explanation: Vec<Step>,
}

/// Why a rule pays nothing, or not to one beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAwarded {
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// To whom, if others get something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<Beneficiary>,
}

/// The least that a unit owes its researchers (art. 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// To the staff, at least.
    pub staff_pool_min_fen: Fen,
    /// Of that to the main contributors, at least.
    pub main_contributors_min_fen: Fen,
    /// To the unit, at most.
    pub unit_keeps_max_fen: Fen,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calculation {
    /// The policy version, `id@version`.
    pub policy: String,
    /// What is due.
    pub awards: Vec<Award>,
    /// What is not, and why.
    pub not_awarded: Vec<NotAwarded>,
    /// Why nothing at all is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_awarded_reason: Option<String>,
    /// The least that a unit owes its researchers, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// How that comes about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explanation: Vec<Step>,
}

impl Calculation {
    fn of(policy: &Compiled) -> Self {
        Self {
            policy: policy.policy.name(),
            awards: Vec::new(),
            not_awarded: Vec::new(),
            not_awarded_reason: None,
            distribution: None,
            explanation: Vec::new(),
        }
    }

    fn refuse(&mut self, rule: &str, reason: &str, beneficiary: Option<Beneficiary>) {
        let (rule, reason) = (rule.to_owned(), reason.to_owned());
        self.not_awarded.push(NotAwarded { rule, reason, beneficiary });
    }

    /// If nothing at all is due, the first reason is the reason.
    fn finish(mut self) -> Self {
        if self.awards.is_empty() && self.distribution.is_none() {
            self.not_awarded_reason = self.not_awarded.first().map(|first| first.reason.clone());
        }
        self
    }
}

/// The exclusive groups of which a rule has applied to a case.
#[derive(Default)]
struct Groups<'p>(Vec<&'p str>);

impl<'p> Groups<'p> {
    /// Notes that the rule applies.
    ///
    /// # Errors
    /// If another one of its group does, too: never does the last one win.
    fn enter(&mut self, rule: &'p CompiledRule) -> Result<(), Broken> {
        let Some(group) = rule.rule.exclusive_group.as_deref() else { return Ok(()) };
        if self.0.contains(&group) {
            return Err(Broken::Exclusive(group.to_owned()));
        }
        self.0.push(group);
        Ok(())
    }
}

/// The reason why the rule does not apply; `None` if it does. What is known of a condition from
/// another rule is not asked again.
fn obstacle<'p>(
    rule: &'p CompiledRule,
    facts: &Facts,
    known: &mut Known<'p>,
) -> Result<Option<String>, Broken> {
    let context = facts.context();
    for condition in &rule.conditions {
        let holds = known
            .holds(condition, &context)
            .map_err(|fault| Broken::Condition { rule: rule.rule.id.clone(), fault })?;
        if !holds {
            return Ok(Some(condition.otherwise.clone()));
        }
    }
    Ok(None)
}

/// Notes that every condition of a rule holds, with each fact that was looked at: those that the
/// conditions name, and `more`.
fn note_conditions(rule: &CompiledRule, facts: &Facts, more: &[&'static str], steps: &mut Steps) {
    if rule.conditions.is_empty() {
        return;
    }
    let named = rule.conditions.iter().flat_map(|condition| condition.names.iter().copied());
    let inputs: Vec<(&str, Value)> = named
        .chain(more.iter().copied())
        .filter_map(|name| Some((name, facts.get(name)?.shown())))
        .collect();
    let whens: Vec<String> =
        rule.rule.conditions.iter().map(|condition| format!("({})", condition.when)).collect();
    steps.note(
        Said {
            article: &rule.rule.article,
            quote: &rule.rule.quote,
            what: Words::new("各项条件均已满足".to_owned(), "every condition holds".to_owned()),
            formula: format!("{} = true", whens.join(" && ")),
        },
        &inputs,
        None,
    );
}

/// Splits what is payable between the city and the funder that matches it (art. 17, A9), and
/// notes how.
fn fund(
    policy: &Compiled,
    payable: Fen,
    funder: &Region,
    steps: &mut Steps,
) -> Result<Vec<FundingPart>, Broken> {
    let parts = policy.policy.parts_of(funder);
    let whole = i64::from(parts.city) + i64::from(parts.district);
    let city = i128::from(payable.fen()) * i128::from(parts.city) / i128::from(whole);
    let city =
        i64::try_from(city).ok().and_then(|fen| Fen::new(fen).ok()).ok_or(Broken::OutOfRange)?;
    let district = payable.sub(city).map_err(|_| Broken::OutOfRange)?;
    let article = &policy.policy.parameters.funding_article;
    let label = funder.funder().map(kernel::Funder::label);
    let name = label.unwrap_or(Words::new("区县(园区)", "the district or park"));
    steps.note(
        Said {
            article: &article.article,
            quote: &article.quote,
            what: Words::new(
                format!("市与{}按 {}:{} 配套", name.zh, parts.city, parts.district),
                format!("the city and {} share it {}:{}", name.en, parts.city, parts.district),
            ),
            formula: format!(
                "⌊{payable} × {}/{whole}⌋ = {city}; {payable} − {city} = {district}",
                parts.city,
                payable = payable.fen(),
                city = city.fen(),
                district = district.fen(),
            ),
        },
        &[
            ("payable_fen", json!(payable)),
            ("city_parts", json!(parts.city)),
            ("district_parts", json!(parts.district)),
            ("funder", json!(funder)),
        ],
        Some(payable),
    );
    Ok(vec![
        FundingPart { funder: CITY.into(), amount_fen: city },
        FundingPart { funder: funder.clone(), amount_fen: district },
    ])
}

#[cfg(test)]
mod tests;
