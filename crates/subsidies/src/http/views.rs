//! What goes out.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{AwardStatus, Fen, Id, Region, Version, kinds};
use serde::Serialize;
use serde_json::{Map, Value};
use store::Outcome;
use utoipa::ToSchema;
use web::{Language, Resource};

use crate::{
    model::{
        AssessmentKind, Award, Beneficiary, BeneficiaryRole, Calculation, Compiled, ContractCase,
        Distribution, FundingPart, NotAwarded, Step,
    },
    queries::{Whole, is_projection},
    store::{AssessmentRow, AwardRow, Moment},
};

/// A step of an explanation, that a clerk can check by hand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationStep)]
pub(super) struct StepView {
    /// The article's number.
    #[schema(example = "6")]
    article: String,
    /// The measure's own words.
    #[schema(
        example = "对技术开发、技术转让两类合同,经认定后对买方给予3%的技术合同补贴,最高不超过10万元"
    )]
    quote: String,
    /// What is done, in the reader's language.
    what: String,
    /// How, in figures (fen).
    #[schema(example = "150000000 × 3% = 4500000 → 4500000")]
    formula: String,
    /// The figures that go in.
    #[schema(value_type = Object)]
    inputs: Map<String, Value>,
    /// What comes out, if it is a sum.
    #[schema(required = true)]
    result_fen: Option<Fen>,
}

impl StepView {
    fn new(step: Step, language: Language) -> Self {
        let Step { article, quote, what, formula, inputs, result_fen } = step;
        Self { article, quote, what: language.pick(what), formula, inputs, result_fen }
    }

    fn all(steps: Vec<Step>, language: Language) -> Vec<Self> {
        steps.into_iter().map(|step| Self::new(step, language)).collect()
    }
}

/// What one funder pays.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FundingPart)]
pub(super) struct FundingView {
    /// The city (630100), or a district, county or park.
    funder: Region,
    /// How much of what is payable now.
    amount_fen: Fen,
}

impl From<FundingPart> for FundingView {
    fn from(part: FundingPart) -> Self {
        Self { funder: part.funder, amount_fen: part.amount_fen }
    }
}

/// Who benefits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Beneficiary)]
pub(super) struct BeneficiaryView {
    role: BeneficiaryRole,
    /// Which of those in that role, from 0.
    index: usize,
}

impl From<Beneficiary> for BeneficiaryView {
    fn from(beneficiary: Beneficiary) -> Self {
        Self { role: beneficiary.role, index: beneficiary.index }
    }
}

/// Which version of which policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyVersion)]
pub(super) struct PolicyVersionView {
    #[schema(example = "xining-2020")]
    id: String,
    #[schema(example = 1)]
    version: u32,
    /// From which day of recognition it applies.
    effective_from: NaiveDate,
}

impl PolicyVersionView {
    pub(super) fn new(policy: &Compiled) -> Self {
        let policy = &policy.policy;
        Self {
            id: policy.id.clone(),
            version: policy.version,
            effective_from: policy.effective_from,
        }
    }
}

/// What one beneficiary gets from one rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalculatedAward)]
struct CalculatedAwardView {
    #[schema(example = "art6-buyer")]
    rule: String,
    #[schema(example = "6")]
    article: String,
    beneficiary: BeneficiaryView,
    /// What is due in all.
    entitlement_fen: Fen,
    /// What may be paid now.
    payable_now_fen: Fen,
    /// Has the cap taken something away?
    capped: bool,
    /// Who pays what of what is payable now; the city first.
    funding: Vec<FundingView>,
    /// Which year, where a rule pays by years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    period: Option<u32>,
    /// How it comes about.
    explanation: Vec<StepView>,
}

impl CalculatedAwardView {
    fn new(award: Award, language: Language) -> Self {
        Self {
            rule: award.rule,
            article: award.article,
            beneficiary: award.beneficiary.into(),
            entitlement_fen: award.entitlement_fen,
            payable_now_fen: award.payable_now_fen,
            capped: award.capped,
            funding: award.funding.into_iter().map(FundingView::from).collect(),
            period: award.period,
            explanation: StepView::all(award.explanation, language),
        }
    }
}

/// Why a rule pays nothing, or not to one beneficiary.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotAwarded)]
struct NotAwardedView {
    #[schema(example = "art6-broker")]
    rule: String,
    #[schema(example = "broker_affiliated")]
    reason: String,
    /// To whom, if others get something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    beneficiary: Option<BeneficiaryView>,
}

impl From<NotAwarded> for NotAwardedView {
    fn from(missed: NotAwarded) -> Self {
        Self {
            rule: missed.rule,
            reason: missed.reason,
            beneficiary: missed.beneficiary.map(BeneficiaryView::from),
        }
    }
}

/// The least that a unit owes its researchers (art. 14).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncomeDistribution)]
struct DistributionView {
    staff_pool_min_fen: Fen,
    main_contributors_min_fen: Fen,
    unit_keeps_max_fen: Fen,
}

impl From<Distribution> for DistributionView {
    fn from(distribution: Distribution) -> Self {
        Self {
            staff_pool_min_fen: distribution.staff_pool_min_fen,
            main_contributors_min_fen: distribution.main_contributors_min_fen,
            unit_keeps_max_fen: distribution.unit_keeps_max_fen,
        }
    }
}

/// What is due, and why, or why nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubsidyCalculation)]
pub(super) struct CalculationView {
    policy: PolicyVersionView,
    awards: Vec<CalculatedAwardView>,
    not_awarded: Vec<NotAwardedView>,
    /// Why nothing at all is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "not_recognised", nullable = false)]
    not_awarded_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    distribution: Option<DistributionView>,
    /// How the distribution comes about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    explanation: Vec<StepView>,
}

impl CalculationView {
    pub(super) fn new(policy: &Compiled, found: Calculation, language: Language) -> Self {
        let award = |award| CalculatedAwardView::new(award, language);
        Self {
            policy: PolicyVersionView::new(policy),
            awards: found.awards.into_iter().map(award).collect(),
            not_awarded: found.not_awarded.into_iter().map(NotAwardedView::from).collect(),
            not_awarded_reason: found.not_awarded_reason,
            distribution: found.distribution.map(DistributionView::from),
            explanation: StepView::all(found.explanation, language),
        }
    }
}

/// An award in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AwardSummary)]
pub(super) struct AwardSummaryView {
    id: Id<kinds::Award>,
    version: Version,
    status: AwardStatus,
    contract_id: Id<kinds::Contract>,
    #[schema(example = "art6-buyer")]
    rule: String,
    #[schema(example = "6")]
    article: String,
    beneficiary_id: Id<kinds::Organisation>,
    beneficiary_role: BeneficiaryRole,
    /// What is due in all.
    entitlement_fen: Fen,
    /// What may be paid now.
    payable_fen: Fen,
    /// What has been paid.
    paid_fen: Fen,
    /// Has the cap taken something away?
    capped: bool,
    created_at: DateTime<Utc>,
}

impl From<AwardRow> for AwardSummaryView {
    fn from(row: AwardRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            status: row.status,
            contract_id: row.contract_id,
            rule: row.rule,
            article: row.article,
            beneficiary_id: row.beneficiary_id,
            beneficiary_role: row.beneficiary_role,
            entitlement_fen: row.entitlement_fen,
            payable_fen: row.payable_fen,
            paid_fen: row.paid_fen,
            capped: row.capped,
            created_at: row.created_at,
        }
    }
}

/// What an award was at one assessment of its contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AwardMoment)]
struct MomentView {
    /// Which assessment, from 1.
    assessment: i32,
    kind: AssessmentKind,
    at: DateTime<Utc>,
    /// Null if nothing was due then.
    #[schema(required = true)]
    entitlement_fen: Option<Fen>,
    #[schema(required = true)]
    payable_fen: Option<Fen>,
}

impl From<Moment> for MomentView {
    fn from(moment: Moment) -> Self {
        Self {
            assessment: moment.assessment,
            kind: moment.kind,
            at: moment.assessed_at,
            entitlement_fen: moment.entitlement_fen,
            payable_fen: moment.payable_fen,
        }
    }
}

/// An award, explained.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Award)]
pub(super) struct AwardView {
    #[serde(flatten)]
    summary: AwardSummaryView,
    /// The policy version, `id@version`.
    #[schema(example = "xining-2020@1")]
    policy: String,
    /// Who pays what of what is payable now; the city first.
    funding: Vec<FundingView>,
    /// How it comes about, step by step.
    explanation: Vec<StepView>,
    /// What it was at each assessment of the contract.
    history: Vec<MomentView>,
    /// The award that has taken its place, if it is cancelled.
    #[schema(required = true)]
    replaced_by: Option<Id<kinds::Award>>,
}

impl AwardView {
    pub(super) fn new(whole: Whole, language: Language) -> Outcome<Self> {
        let Whole { award, history } = whole;
        Ok(Self {
            policy: format!("{}@{}", award.policy_id, award.policy_version),
            funding: award.funding()?.into_iter().map(FundingView::from).collect(),
            explanation: StepView::all(award.explanation()?, language),
            history: history.into_iter().map(MomentView::from).collect(),
            replaced_by: award.replaced_by,
            summary: award.into(),
        })
    }
}

impl Resource for AwardView {
    fn version(&self) -> Version {
        self.summary.version
    }

    fn location(&self) -> String {
        format!("/api/v1/awards/{}", self.summary.id)
    }
}

/// What a contract brings, or why nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractAssessment)]
pub(super) struct AssessmentView {
    contract_id: Id<kinds::Contract>,
    /// Which assessment of the contract, from 1.
    number: i32,
    kind: AssessmentKind,
    /// True while the contract is not recognised: nobody's claim.
    is_projection: bool,
    assessed_at: DateTime<Utc>,
    /// The facts that it was made from, frozen.
    facts: ContractCase,
    calculation: CalculationView,
}

impl AssessmentView {
    pub(super) fn new(row: AssessmentRow, policy: &Compiled, language: Language) -> Outcome<Self> {
        Ok(Self {
            contract_id: row.contract_id,
            number: row.number,
            kind: row.kind,
            is_projection: is_projection(&row),
            assessed_at: row.assessed_at,
            facts: row.facts()?.contract,
            calculation: CalculationView::new(policy, row.result()?, language),
        })
    }
}

impl Resource for AssessmentView {
    fn version(&self) -> Version {
        Version::new(i64::from(self.number)).unwrap_or(Version::FIRST)
    }

    fn location(&self) -> String {
        format!("/api/v1/contracts/{}/subsidy-assessment", self.contract_id)
    }
}
