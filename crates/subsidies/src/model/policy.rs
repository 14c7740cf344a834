//! A policy as a document: the measures as data, with the words of their articles.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::{BasisPoints, ContractType, Fen, Region, Words, words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

words! {
    /// A rule's subject among the applications: what no contract triggers.
    pub enum Instrument {
        /// 联合研发平台 (art. 3).
        RdPlatform = "rd_platform", "产学研合作研发平台", "joint R&D platform";
        /// 院士(专家)工作站 (art. 3).
        Workstation = "workstation", "院士和专家工作站", "academician or expert workstation";
        /// 中试熟化平台 (art. 4).
        PilotPlatform = "pilot_platform", "中试熟化平台", "pilot-scale platform";
        /// 科技孵化器和星创天地 (art. 5).
        Incubator = "incubator", "科技孵化器和星创天地", "incubator or star-innovation space";
        /// 创新联盟(协会) (art. 7).
        Alliance = "alliance", "技术创新联盟(协会)", "innovation alliance or association";
        /// 经济实体 (art. 8).
        EntityTitle = "entity_title", "产学研经济实体", "title of a joint technology entity";
        /// 重大项目 (art. 6).
        MajorProject = "major_project", "重大项目(一事一议)", "major project, case by case";
        /// 收益分配 (art. 14).
        IncomeDistribution = "income_distribution", "成果转化收益分配", "distribution of income";
    }
}

/// A version of a policy. Published versions never change; a correction is a new version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Which policy.
    pub id: String,
    /// Which version of it, from 1.
    pub version: u32,
    /// Its name.
    pub title: Words,
    /// Where its text is from.
    pub source: Source,
    /// From which day of recognition it applies.
    pub effective_from: NaiveDate,
    /// Up to which day; open if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<NaiveDate>,
    /// What the text leaves open.
    pub parameters: Parameters,
    /// What it pays.
    pub rules: Vec<Rule>,
    /// Worked examples; a version whose examples do not hold cannot be used.
    pub examples: Vec<Example>,
}

/// Where a policy's text is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document.
    pub document: String,
    /// When it was published.
    pub published_on: NaiveDate,
    /// SHA-256 of the text from which the quotes were taken.
    pub sha256: String,
}

/// Readings of what the text leaves open; a bureau changes them by a new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Types of contract that rules on contracts cover (A4: a licence was a kind of transfer).
    pub covered_types: BTreeSet<ContractType>,
    /// Sub-types that need a manual decision instead (A19: technology taken as equity).
    pub manual_subtypes: BTreeSet<String>,
    /// How city and district share an award (A9).
    pub funding: Parts,
    /// Funders that share otherwise (A9: a funder may give more).
    #[serde(default)]
    pub funding_of: BTreeMap<Region, Parts>,
    /// The article on funding, and its words.
    pub funding_article: Article,
    /// Notes on the readings taken, by their mark.
    pub readings: BTreeMap<String, String>,
}

/// How two funders share an award: parts city : district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// The city's parts.
    pub city: u32,
    /// The district's, county's or park's.
    pub district: u32,
}

/// Where something is written, and in which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The article's number.
    pub article: String,
    /// Its own words.
    pub quote: String,
}

/// One thing that a policy pays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, unique in the policy.
    pub id: String,
    /// The article's number.
    pub article: String,
    /// The article's own words.
    pub quote: String,
    /// The words on the most that is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_quote: Option<String>,
    /// What sets it off, who gets it, and by which formula.
    pub pays: Pays,
    /// What must hold, in this order; the first that does not gives the reason.
    #[serde(default)]
    pub conditions: Vec<ConditionText>,
    /// Of rules that name the same group, one may apply at a time; two are an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_group: Option<String>,
}

/// A condition as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionText {
    /// A CEL expression over named facts.
    pub when: String,
    /// The reason that is given when it does not hold.
    pub otherwise: String,
}

/// The few typed formulas by which sums come about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "formula", rename_all = "snake_case", deny_unknown_fields)]
pub enum Pays {
    /// To the buyers of a contract: a rate of the eligible technology amount, one cap a contract.
    BuyerRate {
        /// Of the base.
        rate_bp: BasisPoints,
        /// The most for one contract.
        cap_fen: Fen,
    },
    /// To its brokers: the same, one cap a project.
    BrokerRate {
        /// Of the base.
        rate_bp: BasisPoints,
        /// The most for one project.
        cap_fen: Fen,
    },
    /// A sum that another measure has set, up to a cap.
    AmountSet {
        /// On which application.
        instrument: Instrument,
        /// The most for one award.
        cap_fen: Fen,
    },
    /// A rate of each year's amount, for some years, up to a cap in all.
    YearlyRate {
        /// On which application.
        instrument: Instrument,
        /// Of each year's amount.
        rate_bp: BasisPoints,
        /// How many years.
        years: u32,
        /// The most in all years.
        cap_fen: Fen,
    },
    /// A fixed sum.
    FixedSum {
        /// On which application.
        instrument: Instrument,
        /// The sum.
        sum_fen: Fen,
    },
    /// A fixed sum for each title.
    TitleSums {
        /// On which application.
        instrument: Instrument,
        /// The sums.
        sums_fen: BTreeMap<String, Fen>,
    },
    /// A sum decided case by case, within bounds.
    DecidedSum {
        /// On which application.
        instrument: Instrument,
        /// The least.
        least_fen: Fen,
        /// The most.
        most_fen: Fen,
    },
    /// Not a payment: the least that a unit owes its researchers.
    IncomeFloor {
        /// On which application.
        instrument: Instrument,
        /// Of the net income, to the staff.
        pool_bp: BasisPoints,
        /// Of the pool, to the main contributors.
        main_bp: BasisPoints,
    },
}

impl Pays {
    /// The application that sets the rule off; `None` for rules on contracts.
    #[must_use]
    pub const fn instrument(&self) -> Option<Instrument> {
        match self {
            Self::BuyerRate { .. } | Self::BrokerRate { .. } => None,
            Self::AmountSet { instrument, .. }
            | Self::YearlyRate { instrument, .. }
            | Self::FixedSum { instrument, .. }
            | Self::TitleSums { instrument, .. }
            | Self::DecidedSum { instrument, .. }
            | Self::IncomeFloor { instrument, .. } => Some(*instrument),
        }
    }
}

/// A worked example: a request, and the part of the answer that must come out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// A request of `calculate_subsidies`.
    pub request: Value,
    /// What the answer must say; it may say more.
    pub expect: Value,
}

impl Policy {
    /// `id@version`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// Is it in force on that day?
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// How city and district share an award that this funder matches.
    #[must_use]
    pub fn parts_of(&self, funder: &Region) -> Parts {
        self.parameters.funding_of.get(funder).copied().unwrap_or(self.parameters.funding)
    }
}
