//! Rules that an application triggers: arts. 3, 4, 5, 7, 8, the case-by-case part of 6, and 14.

use kernel::{BasisPoints, Fen, Region, Words};
use serde_json::{Value, json};

use crate::model::{
    Broken,
    application::Application,
    book::{Compiled, CompiledRule},
    calculation::{
        Award, Beneficiary, BeneficiaryRole, Calculation, Distribution, Groups, fund,
        note_conditions, obstacle,
    },
    condition::{
        FactKind::{Text, YesNo},
        FactNames, Facts, Known,
    },
    exact::Exact,
    explanation::{Said, Steps},
    policy::{Instrument, Pays},
    request::a_year_has_passed,
};

const ROUNDS_TO_ZERO: &str = "rounds_to_zero";
/// Beyond its years or its cap, nothing is left of a grant.
const ALREADY_AWARDED: &str = "already_awarded";

/// A sum that a rule comes to, before it is funded.
struct Sum {
    amount: Fen,
    capped: bool,
    period: Option<u32>,
    /// Why it is nothing, if it is.
    nothing: &'static str,
    steps: Steps,
}

impl Compiled {
    /// What an application brings under this policy.
    ///
    /// # Errors
    /// Only if the policy itself is broken.
    pub fn calculate_application(
        &self,
        application: &Application,
        funder: Option<&Region>,
    ) -> Result<Calculation, Broken> {
        let facts = facts(application);
        let mut calculation = Calculation::of(self);
        let mut groups = Groups::default();
        for rule in &self.rules {
            if rule.rule.pays.instrument() != Some(application.instrument()) {
                continue;
            }
            if let Some(reason) = obstacle(rule, &facts, &mut Known::default())? {
                calculation.refuse(&rule.rule.id, &reason, None);
                continue;
            }
            groups.enter(rule)?;
            self.apply(rule, application, &facts, funder, &mut calculation)?;
        }
        Ok(calculation.finish())
    }

    fn apply(
        &self,
        rule: &CompiledRule,
        application: &Application,
        facts: &Facts,
        funder: Option<&Region>,
        calculation: &mut Calculation,
    ) -> Result<(), Broken> {
        if let (
            Pays::IncomeFloor { pool_bp, main_bp, .. },
            Application::IncomeDistribution(income),
        ) = (&rule.rule.pays, application)
        {
            let mut steps = Steps::default();
            let net = income.net_income_fen;
            calculation.distribution = Some(distribute(rule, net, *pool_bp, *main_bp, &mut steps)?);
            calculation.explanation = steps.into_steps();
            return Ok(());
        }
        let role = match application {
            Application::MajorProject(_) => BeneficiaryRole::Buyer,
            Application::RdPlatform(_)
            | Application::Workstation(_)
            | Application::PilotPlatform(_)
            | Application::Incubator(_)
            | Application::Alliance(_)
            | Application::EntityTitle(_)
            | Application::IncomeDistribution(_) => BeneficiaryRole::Applicant,
        };
        let mut conditions = Steps::default();
        note_conditions(rule, facts, &[], &mut conditions);
        for sum in sums(rule, application)? {
            if sum.amount.is_zero() {
                calculation.refuse(&rule.rule.id, sum.nothing, None);
                continue;
            }
            let mut steps = conditions.clone();
            steps.append(sum.steps);
            let funding = match funder {
                Some(funder) => fund(self, sum.amount, funder, &mut steps)?,
                None => Vec::new(),
            };
            calculation.awards.push(Award {
                rule: rule.rule.id.clone(),
                article: rule.rule.article.clone(),
                beneficiary: Beneficiary { role, index: 0 },
                entitlement_fen: sum.amount,
                payable_now_fen: sum.amount,
                capped: sum.capped,
                funding,
                period: sum.period,
                explanation: steps.into_steps(),
            });
        }
        Ok(())
    }
}

/// The facts that conditions on applications may speak of.
pub(in crate::model) const fn facts_of(instrument: Instrument) -> FactNames {
    match instrument {
        Instrument::RdPlatform => &[("joint", YesNo), ("level", Text)],
        Instrument::Workstation => &[("province_approved", YesNo), ("in_use", YesNo)],
        Instrument::PilotPlatform => &[("newly_built", YesNo)],
        Instrument::Incubator => &[("level", Text), ("newly_recognised", YesNo)],
        Instrument::Alliance => &[("assessment", Text), ("one_year_in_operation", YesNo)],
        Instrument::EntityTitle => &[("joint_entity", YesNo), ("title_is_new", YesNo)],
        Instrument::MajorProject | Instrument::IncomeDistribution => &[],
    }
}

pub(super) fn facts(application: &Application) -> Facts {
    let facts = Facts::default();
    match application {
        Application::RdPlatform(f) => facts.with("joint", f.joint).with("level", f.level.as_str()),
        Application::Workstation(f) => {
            facts.with("province_approved", f.province_approved).with("in_use", f.in_use)
        }
        Application::PilotPlatform(f) => facts.with("newly_built", f.newly_built),
        Application::Incubator(f) => {
            facts.with("level", f.level.as_str()).with("newly_recognised", f.newly_recognised)
        }
        Application::Alliance(f) => facts
            .with("assessment", f.assessment.as_str())
            .with("one_year_in_operation", a_year_has_passed(f.established_on, f.assessed_on)),
        Application::EntityTitle(f) => facts
            .with("joint_entity", f.joint_entity)
            .with("title_is_new", !f.titles_before.contains(&f.title)),
        Application::MajorProject(_) | Application::IncomeDistribution(_) => facts,
    }
}

fn sums(rule: &CompiledRule, application: &Application) -> Result<Vec<Sum>, Broken> {
    let one =
        |amount: Fen, capped: bool, what: Words, formula: String, inputs: &[(&str, Value)]| {
            let mut steps = Steps::default();
            steps.note(said(rule, what, formula), inputs, Some(amount));
            vec![Sum { amount, capped, period: None, nothing: ROUNDS_TO_ZERO, steps }]
        };
    Ok(match (&rule.rule.pays, application) {
        (Pays::AmountSet { cap_fen, .. }, Application::RdPlatform(f)) => {
            amount_set(rule, f.amount_set_fen, *cap_fen)
        }
        (Pays::AmountSet { cap_fen, .. }, Application::Workstation(f)) => {
            amount_set(rule, f.amount_set_fen, *cap_fen)
        }
        (Pays::YearlyRate { rate_bp, years, cap_fen, .. }, Application::PilotPlatform(f)) => {
            yearly(rule, &f.rd_investment_fen, *rate_bp, *years, *cap_fen)?
        }
        (Pays::FixedSum { sum_fen, .. }, _) => one(
            *sum_fen,
            false,
            Words::new("一次性定额奖励".to_owned(), "a fixed sum, once".to_owned()),
            sum_fen.fen().to_string(),
            &[("sum_fen", json!(sum_fen))],
        ),
        (Pays::TitleSums { sums_fen, .. }, Application::EntityTitle(f)) => {
            let sum = sums_fen.get(&f.title).copied().unwrap_or(Fen::ZERO);
            one(
                sum,
                false,
                Words::new(
                    format!("获得称号 {} 的一次性奖励", f.title),
                    format!("for the title {}, once", f.title),
                ),
                format!("{} → {}", f.title, sum.fen()),
                &[("title", json!(f.title))],
            )
        }
        (Pays::DecidedSum { least_fen, most_fen, .. }, Application::MajorProject(f)) => one(
            f.decided_amount_fen,
            false,
            Words::new(
                format!("一事一议,决定文号 {}", f.decision_reference),
                "decided case by case, by a recorded decision".to_owned(),
            ),
            format!("{} ≤ {} ≤ {}", least_fen.fen(), f.decided_amount_fen.fen(), most_fen.fen()),
            &[("decision_reference", json!(f.decision_reference))],
        ),
        // A rule names its own instrument, and its formula fits it: checked when it was loaded.
        _ => Vec::new(),
    })
}

fn said(rule: &CompiledRule, what: Words, formula: String) -> Said<'_> {
    Said { article: &rule.rule.article, quote: &rule.rule.quote, what, formula }
}

fn amount_set(rule: &CompiledRule, set: Fen, cap: Fen) -> Vec<Sum> {
    let amount = set.min(cap);
    let mut steps = Steps::default();
    steps.note(
        said(
            rule,
            Words::new(
                format!("按另一办法核定的金额,最高不超过 {cap} 元"),
                format!("the sum that the other measure has set, at most {cap} yuan"),
            ),
            format!("min({}, {}) = {}", set.fen(), cap.fen(), amount.fen()),
        ),
        &[("amount_set_fen", json!(set)), ("cap_fen", json!(cap))],
        Some(amount),
    );
    vec![Sum { amount, capped: set > cap, period: None, nothing: ROUNDS_TO_ZERO, steps }]
}

/// Each year's rate, limited to what the years before have left of the cap (A14).
fn yearly(
    rule: &CompiledRule,
    investments: &[Fen],
    rate: BasisPoints,
    years: u32,
    cap: Fen,
) -> Result<Vec<Sum>, Broken> {
    let mut left = cap;
    let mut sums = Vec::new();
    for (period, investment) in (1_u32..).zip(investments) {
        let raw = Exact::from(*investment).rate(rate);
        let rounded = if period <= years { raw.rounded()? } else { Fen::ZERO };
        let amount = rounded.min(left);
        let mut steps = Steps::default();
        steps.note(
            said(
                rule,
                Words::new(
                    format!("第 {period} 年:上年度研发投资额的 {rate},累计不超过 {cap} 元"),
                    format!("year {period}: {rate} of the R&D investment, {cap} yuan in all"),
                ),
                format!(
                    "{} × {rate} = {raw} → {}; min({}, {}) = {}",
                    investment.fen(),
                    rounded.fen(),
                    rounded.fen(),
                    left.fen(),
                    amount.fen()
                ),
            ),
            &[
                ("rd_investment_fen", json!(investment)),
                ("rate_bp", json!(rate)),
                ("left_of_cap_fen", json!(left)),
            ],
            Some(amount),
        );
        let used_up = period > years || left.is_zero();
        let nothing = if used_up { ALREADY_AWARDED } else { ROUNDS_TO_ZERO };
        left = left.sub(amount).map_err(|_| Broken::OutOfRange)?;
        let capped = rounded > amount;
        sums.push(Sum { amount, capped, period: Some(period), nothing, steps });
    }
    Ok(sums)
}

/// At least so much: rounded up; the unit keeps the rest (A16).
fn distribute(
    rule: &CompiledRule,
    net: Fen,
    pool_rate: BasisPoints,
    main_rate: BasisPoints,
    steps: &mut Steps,
) -> Result<Distribution, Broken> {
    let raw_pool = Exact::from(net).rate(pool_rate);
    let pool = raw_pool.rounded_up()?;
    let raw_main = Exact::from(pool).rate(main_rate);
    let main = raw_main.rounded_up()?;
    let keeps = net.sub(pool).map_err(|_| Broken::OutOfRange)?;
    let lines = [
        (
            Words::new(
                format!("奖励科研人员不低于净收入的 {pool_rate},向上取整到分"),
                format!("to the staff at least {pool_rate} of net income, rounded up"),
            ),
            format!("{} × {pool_rate} = {raw_pool} → {}", net.fen(), pool.fen()),
            pool,
        ),
        (
            Words::new(
                format!("其中主要贡献人员不低于奖励总额的 {main_rate},向上取整到分"),
                format!("of that to the main contributors at least {main_rate}, rounded up"),
            ),
            format!("{} × {main_rate} = {raw_main} → {}", pool.fen(), main.fen()),
            main,
        ),
        (
            Words::new("单位至多留存".to_owned(), "the unit keeps at most the rest".to_owned()),
            format!("{} − {} = {}", net.fen(), pool.fen(), keeps.fen()),
            keeps,
        ),
    ];
    for (what, formula, result) in lines {
        steps.note(said(rule, what, formula), &[("net_income_fen", json!(net))], Some(result));
    }
    Ok(Distribution {
        staff_pool_min_fen: pool,
        main_contributors_min_fen: main,
        unit_keeps_max_fen: keeps,
    })
}
