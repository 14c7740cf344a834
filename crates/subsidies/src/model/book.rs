//! Policies ready for use: read, checked, compiled once.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use chrono::NaiveDate;
use serde_json::Value;

use crate::model::{
    application::Application,
    calculation::{CONTRACT_FACTS, Calculation, facts_of},
    condition::Condition,
    policy::{Instrument, Pays, Policy, Rule},
    request::Request,
};

/// The measures of 2020, as they are built in.
const XINING_2020: &str = include_str!("../../policies/xining-2020.toml");

static BUILT_IN: LazyLock<Result<PolicyBook, String>> = LazyLock::new(|| {
    let policy = Compiled::from_toml(XINING_2020).map_err(|faults| faults.join("; "))?;
    Ok(PolicyBook { policies: vec![Arc::new(policy)] })
});

/// A policy version ready for use.
pub struct Compiled {
    /// The document.
    pub policy: Policy,
    pub(crate) rules: Vec<CompiledRule>,
}

pub(crate) struct CompiledRule {
    pub(crate) rule: Rule,
    pub(crate) conditions: Vec<Condition>,
}

/// All policy versions in use.
pub struct PolicyBook {
    policies: Vec<Arc<Compiled>>,
}

impl PolicyBook {
    /// The policies that are built into the program.
    ///
    /// # Errors
    /// If a built-in policy is broken, which a test rules out.
    pub fn built_in() -> Result<&'static Self, String> {
        BUILT_IN.as_ref().map_err(Clone::clone)
    }

    /// Every version, newest first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Compiled>> {
        self.policies.iter()
    }

    /// The version named `id@version`, or the newest of `id`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Compiled>> {
        let fits =
            |policy: &&Arc<Compiled>| policy.policy.name() == name || policy.policy.id == name;
        self.policies.iter().filter(fits).max_by_key(|policy| policy.policy.version)
    }

    /// The version that the day of recognition decides (A7); before all of them, and without a
    /// day, the newest.
    #[must_use]
    pub fn on(&self, recognised_on: Option<NaiveDate>) -> Option<&Arc<Compiled>> {
        let newest =
            |policy: &&Arc<Compiled>| (policy.policy.effective_from, policy.policy.version);
        let in_force =
            |policy: &&Arc<Compiled>| recognised_on.is_some_and(|day| policy.policy.covers(day));
        let covering = self.policies.iter().filter(in_force).max_by_key(newest);
        covering.or_else(|| self.policies.iter().max_by_key(newest))
    }
}

impl Compiled {
    /// Reads, checks and compiles a document in TOML.
    ///
    /// # Errors
    /// Everything that is wrong with it, a sentence each.
    pub fn from_toml(text: &str) -> Result<Self, Vec<String>> {
        let policy = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        Self::new(policy)
    }

    /// Checks and compiles a document: it cannot be used unless all its examples hold.
    ///
    /// # Errors
    /// Everything that is wrong with it, a sentence each.
    pub fn new(policy: Policy) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        check_shape(&policy, &mut faults);
        let mut rules = Vec::new();
        for rule in &policy.rules {
            let known = rule.pays.instrument().map_or(CONTRACT_FACTS, facts_of);
            let compile = |text| {
                Condition::compile(text, known)
                    .map_err(|fault| format!("rule {}: {fault}", rule.id))
            };
            match rule.conditions.iter().map(compile).collect() {
                Ok(conditions) => rules.push(CompiledRule { rule: rule.clone(), conditions }),
                Err(fault) => faults.push(fault),
            }
        }
        let compiled = Self { policy, rules };
        if faults.is_empty() {
            compiled.check_examples(&mut faults);
        }
        if faults.is_empty() { Ok(compiled) } else { Err(faults) }
    }

    fn check_examples(&self, faults: &mut Vec<String>) {
        if self.policy.examples.is_empty() {
            faults.push("a policy carries its own worked examples".to_owned());
        }
        let mut shown = BTreeSet::new();
        for example in &self.policy.examples {
            let found = self.work(example.request.clone());
            let fault = match found {
                Ok(answer) => {
                    shown.extend(reasons(&answer));
                    difference(&example.expect, &answer, "")
                }
                Err(fault) => Some(fault),
            };
            if let Some(fault) = fault {
                faults.push(format!("example “{}” does not hold: {fault}", example.title));
            }
        }
        self.check_reasons(&shown, faults);
    }

    /// A condition that no example shows at work may say anything.
    fn check_reasons(&self, shown: &BTreeSet<(String, String)>, faults: &mut Vec<String>) {
        for rule in &self.policy.rules {
            for condition in &rule.conditions {
                if !shown.contains(&(rule.id.clone(), condition.otherwise.clone())) {
                    faults.push(format!(
                        "no example shows {} of rule {}",
                        condition.otherwise, rule.id
                    ));
                }
            }
        }
    }

    /// Answers a request as the API would, as JSON.
    fn work(&self, request: Value) -> Result<Value, String> {
        let request: Request = serde_json::from_value(request).map_err(|e| e.to_string())?;
        let refused = |faults: crate::model::Faults| -> Result<Value, String> {
            let codes: Vec<Value> = faults.iter().map(|f| f.fault.code.clone().into()).collect();
            Ok(serde_json::json!({ "refused": codes }))
        };
        let calculation: Calculation = match (request.contract, request.application) {
            (Some(contract), None) => {
                let faults = contract.faults();
                if !faults.is_empty() {
                    return refused(faults);
                }
                self.calculate_contract(&contract).map_err(|error| error.to_string())?
            }
            (None, Some(asked)) => {
                let application = Application::read(asked.instrument, asked.facts)
                    .map_err(|error| error.to_string())?;
                let funder = asked.funder.as_ref();
                let faults = application.faults(&self.policy, funder);
                if !faults.is_empty() {
                    return refused(faults);
                }
                self.calculate_application(&application, funder).map_err(|e| e.to_string())?
            }
            _ => return Err("a request has exactly one of contract and application".to_owned()),
        };
        serde_json::to_value(calculation).map_err(|error| error.to_string())
    }
}

/// Which rules an answer says pay nothing, and why.
fn reasons(answer: &Value) -> impl Iterator<Item = (String, String)> + '_ {
    let missed = answer.get("not_awarded").and_then(Value::as_array);
    missed.into_iter().flatten().filter_map(|missed| {
        let text = |field: &str| missed.get(field).and_then(Value::as_str).map(str::to_owned);
        Some((text("rule")?, text("reason")?))
    })
}

fn check_shape(policy: &Policy, faults: &mut Vec<String>) {
    let mut ids: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        if let [one, other] = pair
            && one == other
        {
            faults.push(format!("two rules are called {one}"));
        }
    }
    let parameters = &policy.parameters;
    for parts in parameters.funding_of.values().chain([&parameters.funding]) {
        if parts.city == 0 || parts.district < parts.city {
            faults.push(format!(
                "funding {}:{} is below the least share of district or park (1:1)",
                parts.city, parts.district
            ));
        }
    }
    if policy.effective_to.is_some_and(|last| last < policy.effective_from) {
        faults.push("effective_to lies before effective_from".to_owned());
    }
    for rule in &policy.rules {
        if rule.quote.trim().is_empty() || rule.article.trim().is_empty() {
            faults.push(format!("rule {}: article and quote are needed", rule.id));
        }
        if !formula_fits(&rule.pays) {
            faults.push(format!("rule {}: this formula does not fit its instrument", rule.id));
        }
    }
}

const fn formula_fits(pays: &Pays) -> bool {
    use Instrument as I;
    match pays {
        Pays::BuyerRate { .. } | Pays::BrokerRate { .. } => true,
        Pays::AmountSet { instrument, .. } => matches!(instrument, I::RdPlatform | I::Workstation),
        Pays::YearlyRate { instrument, .. } => matches!(instrument, I::PilotPlatform),
        Pays::FixedSum { instrument, .. } => matches!(instrument, I::Incubator | I::Alliance),
        Pays::TitleSums { instrument, .. } => matches!(instrument, I::EntityTitle),
        Pays::DecidedSum { instrument, .. } => matches!(instrument, I::MajorProject),
        Pays::IncomeFloor { instrument, .. } => matches!(instrument, I::IncomeDistribution),
    }
}

/// Where `found` does not say what is expected; it may say more in objects, not in lists.
fn difference(expected: &Value, found: &Value, place: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(wanted), Value::Object(given)) => wanted.iter().find_map(|(key, value)| {
            let given = given.get(key).unwrap_or(&Value::Null);
            difference(value, given, &format!("{place}/{key}"))
        }),
        (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => {
            let pairs = wanted.iter().zip(given).enumerate();
            pairs
                .into_iter()
                .find_map(|(n, (wanted, given))| difference(wanted, given, &format!("{place}/{n}")))
        }
        _ if expected == found => None,
        _ => Some(format!("{place}: {found} instead of {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_holds_all_its_examples() {
        let book = PolicyBook::built_in().unwrap_or_else(|fault| panic!("{fault}"));
        let policy = &book.named("xining-2020").unwrap().policy;
        assert_eq!(policy.name(), "xining-2020@1");
        assert!(policy.examples.len() >= 20, "{}", policy.examples.len());
        for rule in &policy.rules {
            let shown = policy.examples.iter().any(|e| e.expect.to_string().contains(&rule.id));
            let floor = matches!(rule.pays, Pays::IncomeFloor { .. });
            assert!(shown || floor, "no example shows {}", rule.id);
        }
    }

    #[test]
    fn a_policy_whose_examples_do_not_hold_cannot_be_used() {
        let broken = XINING_2020.replacen("rate_bp = 300", "rate_bp = 301", 1);
        let faults = Compiled::from_toml(&broken).err().unwrap();
        assert!(faults.iter().any(|fault| fault.contains("does not hold")), "{faults:?}");
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_said() {
        for (from, to, said) in [
            ("version = 1", "version = 1\ncolour = \"red\"", "colour"),
            ("when = \"recognised\"", "when = \"recognised(\"", "recognised("),
            ("when = \"recognised\"", "when = \"[1].all(x, x > 0)\"", "allowed"),
            ("when = \"recognised\"", "when = \"recognised || notarised\"", "no fact `notarised`"),
            ("when = \"recognised\"", "when = \"recognised_on\"", "in place of YesNo"),
            ("id = \"art6-broker\"", "id = \"art6-buyer\"", "two rules"),
            (
                "funding = { city = 1, district = 1 }",
                "funding = { city = 2, district = 1 }",
                "below",
            ),
        ] {
            assert!(XINING_2020.contains(from), "{from}");
            let faults = Compiled::from_toml(&XINING_2020.replacen(from, to, 1)).err().unwrap();
            assert!(faults.iter().any(|fault| fault.contains(said)), "{said}: {faults:?}");
        }
    }

    /// Quotes are the measure's own words, taken from the very text that the document names.
    #[test]
    fn quotes_are_the_words_of_the_text() {
        use sha2::Digest;
        let text = include_str!("../../policies/xining-2020.zh.txt");
        let policy = &PolicyBook::built_in().unwrap().named("xining-2020").unwrap().policy;
        assert_eq!(hex::encode(sha2::Sha256::digest(text)), policy.source.sha256);
        let quotes =
            policy.rules.iter().flat_map(|rule| [Some(&rule.quote), rule.cap_quote.as_ref()]);
        let funding = &policy.parameters.funding_article.quote;
        for quote in quotes.flatten().chain([funding]) {
            assert!(text.contains(quote.as_str()), "not in the text: {quote}");
        }
    }

    #[test]
    fn a_condition_that_no_example_shows_is_refused() {
        let from = XINING_2020.find("[[examples]]\ntitle = \"art. 7 good is not").unwrap();
        let to = XINING_2020.find("[[examples]]\ntitle = \"A15 a new title").unwrap();
        let without = format!("{}{}", &XINING_2020[..from], &XINING_2020[to..]);
        let faults = Compiled::from_toml(&without).err().unwrap();
        assert!(faults.iter().any(|f| f.contains("not_assessed_excellent")), "{faults:?}");
    }

    #[test]
    fn rules_of_one_exclusive_group_never_apply_at_once() {
        let mark = "exclusive_group = \"one\"\npays = { formula = \"b";
        let both = XINING_2020.replace("pays = { formula = \"b", mark);
        let faults = Compiled::from_toml(&both).err().unwrap();
        assert!(faults.iter().any(|fault| fault.contains("exclusive group")), "{faults:?}");
    }

    #[test]
    fn nor_do_those_that_an_application_triggers() {
        let mut both = toml::from_str::<Policy>(XINING_2020).unwrap();
        let rule = both.rules.iter_mut().find(|rule| rule.id == "art5-incubator").unwrap();
        rule.exclusive_group = Some("one".to_owned());
        let other = Rule { id: "art5-incubator-again".to_owned(), ..rule.clone() };
        both.rules.push(other);
        let faults = Compiled::new(both).err().unwrap();
        let clash = faults.iter().find(|fault| fault.contains("exclusive group")).unwrap();
        assert!(clash.contains("a new national incubator"), "{clash}");
    }

    #[test]
    fn the_day_of_recognition_picks_the_version() {
        let book = PolicyBook::built_in().unwrap();
        let day = |text: &str| Some(text.parse().unwrap());
        for recognised_on in [None, day("2020-08-18"), day("2020-08-19"), day("2030-01-01")] {
            assert_eq!(book.on(recognised_on).unwrap().policy.name(), "xining-2020@1");
        }
        assert!(book.named("xining-2020@1").is_some());
        assert!(book.named("xining-2020@2").is_none());
        assert!(book.named("elsewhere").is_none());
    }
}
