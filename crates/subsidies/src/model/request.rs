//! What is asked, and whether it can be asked at all.

use chrono::{Datelike, Months, NaiveDate};
use kernel::{BasisPoints, Fault, Fen, Field, Line, Region};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    application::Application,
    contract::ContractCase,
    policy::{Instrument, Pays, Policy},
};

/// Fields that must be mended.
pub type Faults = Vec<Field>;

/// A request: exactly one of a contract and an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractCase>,
    /// An application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationRequest>,
    /// Which policy: `id` or `id@version`; by default the one in force on the day of recognition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// An application as it is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRequest {
    /// What it is for.
    pub instrument: Instrument,
    /// Its facts; their fields depend on the instrument.
    pub facts: Value,
    /// The district, county or park that the applicant is affiliated with; without it, an award
    /// names no funders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funder: Option<Region>,
}

fn fault(faults: &mut Faults, pointer: impl Into<String>, fault: Fault) {
    faults.push(Field { pointer: pointer.into(), fault });
}

impl ContractCase {
    /// What is wrong between its fields; empty if nothing is.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        count(&mut faults, "/contract/buyers", self.buyers.len(), 1);
        count(&mut faults, "/contract/brokers", self.brokers.len(), 0);
        shares(&mut faults, "/contract/buyers", self.buyers.iter().map(|buyer| buyer.share_bp));
        shares(&mut faults, "/contract/brokers", self.brokers.iter().map(|b| b.share_bp));
        if self.technology_amount_fen.is_zero() {
            let zero =
                Fault::new("amount_out_of_range", "技术交易额应大于零", "must be more than 0");
            fault(&mut faults, "/contract/technology_amount_fen", zero);
        }
        if self.technology_amount_fen > self.total_amount_fen {
            let above = Fault::new(
                "technology_above_total",
                "技术交易额不得超过合同成交额",
                "the technology amount may not exceed the total amount",
            );
            fault(&mut faults, "/contract/technology_amount_fen", above);
        }
        date(&mut faults, "/contract/signed_on", self.signed_on);
        if let Some(day) = self.recognised_on {
            date(&mut faults, "/contract/recognised_on", day);
        }
        if self.recognised_on.is_some_and(|day| day < self.signed_on) {
            let early = Fault::new(
                "recognised_before_signed",
                "认定日期不得早于签订日期",
                "a contract is not recognised before it is signed",
            );
            fault(&mut faults, "/contract/recognised_on", early);
        }
        if let Some(Err(wrong)) = self.subtype.as_deref().map(str::parse::<Line<100>>) {
            fault(&mut faults, "/contract/subtype", wrong);
        }
        faults
    }
}

/// The years in which a contract or an organisation of today may have begun; other dates are slips
/// of the pen.
fn date(faults: &mut Faults, pointer: &str, day: NaiveDate) {
    if !(1949..=2100).contains(&day.year()) {
        let strange = Fault::new(
            "date_out_of_range",
            "日期应在 1949 年至 2100 年之间",
            "a date is of the years 1949 to 2100",
        );
        fault(faults, pointer, strange);
    }
}

fn count(faults: &mut Faults, pointer: &str, found: usize, least: usize) {
    if !(least..=20).contains(&found) {
        let wrong = Fault::new(
            "count_out_of_range",
            format!("应为 {least} 至 20 项"),
            format!("from {least} to 20"),
        );
        fault(faults, pointer, wrong);
    }
}

fn shares(faults: &mut Faults, pointer: &str, shares: impl Iterator<Item = BasisPoints> + Clone) {
    let total = BasisPoints::total(shares.clone());
    if shares.clone().next().is_none() {
        return;
    }
    if total != 10_000 {
        let wrong = Fault::new(
            "shares_do_not_add_up",
            format!("比例之和应为 10000,现为 {total}"),
            format!("shares add up to 10000, not {total}"),
        );
        fault(faults, pointer, wrong);
    }
    for (index, _) in shares.enumerate().filter(|(_, share)| share.points() == 0) {
        let zero = Fault::new("share_out_of_range", "比例应大于零", "a share is more than 0");
        fault(faults, format!("{pointer}/{index}/share_bp"), zero);
    }
}

impl Application {
    /// What is wrong between its facts under this policy, or with the funder that it names; empty
    /// if nothing is.
    #[must_use]
    pub fn faults(&self, policy: &Policy, funder: Option<&Region>) -> Faults {
        let mut faults = Faults::new();
        if funder.is_some_and(|region| region.funder().is_none()) {
            let stranger = Fault::new(
                "not_a_funder",
                "应为西宁市的区县或园区",
                "a district, county or park of Xining is expected",
            );
            fault(&mut faults, "/application/funder", stranger);
        }
        let at = |name: &str| format!("/application/facts/{name}");
        match self {
            Self::PilotPlatform(facts) => {
                count(&mut faults, &at("rd_investment_fen"), facts.rd_investment_fen.len(), 1);
            }
            Self::Alliance(facts) => {
                date(&mut faults, &at("established_on"), facts.established_on);
                date(&mut faults, &at("assessed_on"), facts.assessed_on);
                if facts.assessed_on < facts.established_on {
                    let early = Fault::new(
                        "assessed_before_established",
                        "考核日期不得早于成立日期",
                        "it is not assessed before it is founded",
                    );
                    fault(&mut faults, at("assessed_on"), early);
                }
            }
            Self::EntityTitle(facts) => {
                let known = titles(policy);
                let unknown = |title: &String| !known.contains(&title.as_str());
                if unknown(&facts.title) {
                    fault(&mut faults, at("title"), Fault::unknown_value(&facts.title, &known));
                }
                count(&mut faults, &at("titles_before"), facts.titles_before.len(), 0);
                for (index, title) in facts.titles_before.iter().enumerate() {
                    if unknown(title) {
                        let place = at(&format!("titles_before/{index}"));
                        fault(&mut faults, place, Fault::unknown_value(title, &known));
                    }
                }
            }
            Self::MajorProject(facts) => {
                decided_within_bounds(&mut faults, policy, facts.decided_amount_fen);
                let reference = facts.decision_reference.trim();
                if reference.is_empty() || reference.chars().count() > 100 {
                    let text = Fault::new(
                        "text_empty",
                        "须写明决定文号(1 至 100 个字符)",
                        "name the recorded decision (1 to 100 characters)",
                    );
                    fault(&mut faults, at("decision_reference"), text);
                }
            }
            Self::RdPlatform(_)
            | Self::Workstation(_)
            | Self::Incubator(_)
            | Self::IncomeDistribution(_) => {}
        }
        faults
    }
}

fn titles(policy: &Policy) -> Vec<&str> {
    let sums = policy.rules.iter().filter_map(|rule| match &rule.pays {
        Pays::TitleSums { sums_fen, .. } => Some(sums_fen.keys().map(String::as_str)),
        Pays::BuyerRate { .. }
        | Pays::BrokerRate { .. }
        | Pays::AmountSet { .. }
        | Pays::YearlyRate { .. }
        | Pays::FixedSum { .. }
        | Pays::DecidedSum { .. }
        | Pays::IncomeFloor { .. } => None,
    });
    sums.flatten().collect()
}

fn decided_within_bounds(faults: &mut Faults, policy: &Policy, decided: Fen) {
    for rule in &policy.rules {
        let Pays::DecidedSum { least_fen, most_fen, .. } = rule.pays else { continue };
        if !(least_fen..=most_fen).contains(&decided) {
            let outside = Fault::new(
                "amount_outside_range",
                format!("一事一议金额应在 {least_fen} 元至 {most_fen} 元之间(含两端)"),
                format!("a case-by-case sum is from {least_fen} to {most_fen} yuan, both included"),
            );
            fault(faults, "/application/facts/decided_amount_fen", outside);
        }
    }
}

/// Is it a whole year from one day to the other?
pub(crate) fn a_year_has_passed(from: NaiveDate, to: NaiveDate) -> bool {
    from.checked_add_months(Months::new(12)).is_some_and(|anniversary| anniversary <= to)
}
