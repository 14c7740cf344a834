//! Recognition and registration by the registrar, step by step.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    ContractType, Fault, Fen, Id, Prose, RecognitionStatus, Refusal, RegistrationNumber,
    kinds::Account, words,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::Faults,
    model::{
        Subtype, Terms, amount_zero,
        terms::{subtype_of_other_type, technology_above_total, twice},
    },
};

words! {
    /// Why a contract is not registered (questions and answers of the Torch Centre, 2021; the last
    /// two before `other` from the Ministry's draft rules of 2024, art. 39).
    pub enum RefusalReason {
        /// Invalid, or not in force yet.
        InvalidOrNotYetEffective = "invalid_or_not_yet_effective", "合同无效或尚未生效", "invalid or not yet effective";
        /// None of the five types.
        NotATechnologyContract = "not_a_technology_contract", "不属于技术合同", "not a technology contract";
        /// Who, what, or for how much, is not clear.
        PartySubjectOrPriceUnclear = "party_subject_or_price_unclear", "当事人、标的或价款不明确", "parties, subject or price unclear";
        /// A required approval is missing.
        ApprovalMissing = "approval_missing", "应经批准而未经批准", "a required approval is missing";
        /// The name does not match rights and duties, and was not corrected.
        NameDoesNotMatchContent = "name_does_not_match_content", "合同名称与权利义务不符且未更正", "the name does not match rights and duties";
        /// Clauses that illegally monopolise technology.
        MonopolisesTechnology = "monopolises_technology", "含有非法垄断技术的条款", "clauses that illegally monopolise technology";
        /// Documents are missing or do not prove what they should.
        DocumentsMissingOrUnfit = "documents_missing_or_unfit", "缺少证明材料或材料不符合要求", "supporting documents missing or unfit";
        /// Seals are incomplete, or name and seal differ.
        SealIncompleteOrMismatched = "seal_incomplete_or_mismatched", "印章不齐全或与名称不一致", "seals incomplete or not matching the name";
        /// It infringes others' results.
        InfringesOthersResults = "infringes_others_results", "侵害他人技术成果", "infringes the results of others";
        /// The registrar cannot understand what it is about.
        SubjectNotUnderstandable = "subject_not_understandable", "标的内容无法理解", "the subject cannot be understood";
        /// Something else, in words.
        Other = "other", "其他", "other";
    }
}

/// From this technology amount on (5,000,000 yuan), experts are heard and the period is longer.
const EXPERT_THRESHOLD_FEN: i64 = 500_000_000;
/// Working days for a decision.
const DECISION_DAYS: u32 = 15;
/// Working days for a decision in which experts are heard.
const EXPERT_DECISION_DAYS: u32 = 30;

/// Within how many working days the registrar decides: 15, and 30 from a technology amount of
/// 5,000,000 yuan (the Ministry's draft of 2024-12-20, art. 14; the final text of 2026 has not been
/// compared, so these become dated parameters with the rule sets).
#[must_use]
pub const fn decision_days(technology_amount: Fen) -> u32 {
    if technology_amount.fen() >= EXPERT_THRESHOLD_FEN {
        EXPERT_DECISION_DAYS
    } else {
        DECISION_DAYS
    }
}

/// What the registrar has recognised; it may differ from what the parties agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// As which type.
    pub contract_type: ContractType,
    /// As which sub-type.
    pub subtype: Option<Subtype>,
    /// The technology amount.
    pub technology_amount_fen: Fen,
    /// The number in the register.
    pub registration_number: RegistrationNumber,
    /// What else is to be said.
    pub remarks: Option<Prose<2000>>,
}

impl Recognised {
    /// Checks what is recognised against what was agreed. Where nothing else is said, it is of the
    /// agreed sub-type. A transfer has one: technology taken as equity is rewarded only by a
    /// decision of its own (A19), so nobody may leave open whether a contract is that.
    ///
    /// # Errors
    /// 422 `invalid`, naming the fields.
    pub(crate) fn check(mut self, agreed: &Terms) -> Result<Self, Refusal> {
        let mut faults = Faults::default();
        if self.subtype.is_none() && self.contract_type == agreed.contract_type {
            self.subtype = agreed.subtype;
        }
        if self.subtype.is_none() && self.contract_type == ContractType::Transfer {
            faults.add("/subtype", subtype_missing());
        }
        if let Some(subtype) = self.subtype.filter(|s| s.contract_type() != self.contract_type) {
            faults.add("/subtype", subtype_of_other_type(subtype, self.contract_type));
        }
        if self.technology_amount_fen.is_zero() {
            faults.add("/technology_amount_fen", amount_zero());
        }
        if self.technology_amount_fen > agreed.total_amount_fen {
            faults.add("/technology_amount_fen", technology_above_total());
        }
        faults.into_result()?;
        Ok(self)
    }
}

fn subtype_missing() -> Fault {
    let known: Vec<&str> = Subtype::of(ContractType::Transfer).map(Subtype::as_str).collect();
    let known = known.join(", ");
    Fault::new(
        "subtype_missing",
        format!("认定为技术转让时应写明子类型:{known}"),
        format!("a transfer is recognised as one of its sub-types: {known}"),
    )
}

/// One of the listed reasons, in words if need be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalGround {
    /// Which of the listed reasons.
    pub reason: RefusalReason,
    /// In words; required with the reason `other`.
    #[schema(example = "未附专利权属证明。")]
    pub text: Option<Prose<1000>>,
}

/// Why a contract is not recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecognitionRefusal {
    /// For which reasons.
    pub reasons: Vec<RefusalGround>,
}

impl RecognitionRefusal {
    /// Checks that there is a reason, each of them once, and words for what is not on the list.
    ///
    /// # Errors
    /// 422 `invalid`, naming the fields.
    pub(crate) fn check(self) -> Result<Self, Refusal> {
        let mut faults = Faults::default();
        if self.reasons.is_empty() {
            let fault = Fault::new("reason_missing", "至少应有一条理由", "there must be a reason");
            faults.add("/reasons", fault);
        }
        let mut seen = BTreeSet::new();
        for (index, ground) in self.reasons.iter().enumerate() {
            if !seen.insert(ground.reason) {
                faults.add(format!("/reasons/{index}/reason"), twice());
            }
            if ground.reason == RefusalReason::Other && ground.text.is_none() {
                let (zh, en) = ("理由为“其他”时必填", "required with the reason `other`");
                faults.add(format!("/reasons/{index}/text"), Fault::new("required", zh, en));
            }
        }
        faults.into_result()?;
        Ok(self)
    }

    /// Each reason as the parties are told it.
    pub(crate) fn told(&self) -> Vec<String> {
        let told = |ground: &RefusalGround| match &ground.text {
            None => ground.reason.to_string(),
            Some(text) => format!("{}: {text}", ground.reason),
        };
        self.reasons.iter().map(told).collect()
    }
}

/// A step between applicant and registrar, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepFacts {
    /// Somebody has applied: the registrar decides by that day.
    Applied {
        /// The last day of the decision.
        decide_by: NaiveDate,
    },
    /// The registrar wants more.
    SupplementRequested {
        /// What is missing.
        what: Prose<2000>,
    },
    /// The registrar has recognised the contract.
    Recognised(Recognised),
    /// The registrar has refused to.
    Refused(RecognitionRefusal),
}

impl StepFacts {
    /// Where the step has led.
    #[must_use]
    pub const fn status(&self) -> RecognitionStatus {
        match self {
            Self::Applied { .. } => RecognitionStatus::Applied,
            Self::SupplementRequested { .. } => RecognitionStatus::SupplementRequested,
            Self::Recognised(_) => RecognitionStatus::Recognised,
            Self::Refused(_) => RecognitionStatus::Refused,
        }
    }
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Counts the steps of a contract, from 1.
    pub number: i32,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// By whom.
    pub account_id: Id<Account>,
    /// What belongs to it.
    pub facts: StepFacts,
}

/// Where a signed contract stands with the registrar: the newest of its steps, if there is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognition {
    steps: Vec<Step>,
}

impl Recognition {
    /// The recognition that has come through these steps, oldest first.
    #[must_use]
    pub const fn of(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// Every step, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The newest step.
    #[must_use]
    pub fn newest(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> RecognitionStatus {
        self.newest().map_or(RecognitionStatus::None, |step| step.facts.status())
    }

    /// What is recognised, and since when.
    #[must_use]
    pub fn recognised(&self) -> Option<(&Recognised, NaiveDate)> {
        let step = self.newest()?;
        match &step.facts {
            StepFacts::Recognised(recognised) => {
                Some((recognised, kernel::civil_date(step.taken_at)))
            }
            StepFacts::Applied { .. }
            | StepFacts::SupplementRequested { .. }
            | StepFacts::Refused(_) => None,
        }
    }

    /// By when the registrar decides, while it is the registrar's turn.
    #[must_use]
    pub fn decide_by(&self) -> Option<NaiveDate> {
        match &self.newest()?.facts {
            StepFacts::Applied { decide_by } => Some(*decide_by),
            StepFacts::SupplementRequested { .. }
            | StepFacts::Recognised(_)
            | StepFacts::Refused(_) => None,
        }
    }

    /// One step further.
    pub(crate) fn step(&mut self, facts: StepFacts, taken_at: DateTime<Utc>, by: Id<Account>) {
        let number = self.newest().map_or(1, |step| step.number.saturating_add(1));
        self.steps.push(Step { number, taken_at, account_id: by, facts });
    }
}
