//! What comes in.

use kernel::{AwardStatus, Id, Line, Region, kinds};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use web::{check_json, invalid};

use crate::{
    model::{Application, ContractCase, Instrument, ReadFacts},
    queries::Filter,
};

/// What is to be calculated: exactly one of a contract and an application.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubsidyCalculationRequest, example = json!({
    "contract": {
        "type": "development", "signed_on": "2026-02-01", "recognised_on": "2026-03-10",
        "total_amount_fen": 200_000_000, "technology_amount_fen": 150_000_000,
        "paid_technology_amount_fen": 60_000_000, "related_parties": false,
        "buyers": [{ "funder": "park-nanchuan", "share_bp": 10000 }],
        "brokers": [{ "share_bp": 10000, "affiliated": false }]
    }
}))]
pub(super) struct CalculationForm {
    /// A contract.
    pub(super) contract: Option<ContractCase>,
    /// An application: what no contract triggers.
    pub(super) application: Option<ApplicationForm>,
    /// A policy, `id` or `id@version`; by default the one in force on the day of recognition.
    #[schema(example = "xining-2020", max_length = 100)]
    pub(super) policy: Option<String>,
}

/// An application.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubsidyApplication)]
pub(super) struct ApplicationForm {
    /// What it is for.
    pub(super) instrument: Instrument,
    /// Its facts, by instrument: `rd_platform` {amount_set_fen, joint, level}; `workstation`
    /// {amount_set_fen, province_approved, in_use}; `pilot_platform` {newly_built,
    /// rd_investment_fen: […]}; `incubator` {level, newly_recognised}; `alliance`
    /// {established_on, assessed_on, assessment}; `entity_title` {joint_entity, title,
    /// titles_before: […]}; `major_project` {decided_amount_fen, decision_reference};
    /// `income_distribution` {net_income_fen}.
    #[schema(value_type = Object, example = json!({ "net_income_fen": 123_456_789 }))]
    pub(super) facts: Box<RawValue>,
    /// The district, county or park that the applicant is affiliated with; without it an award
    /// names no funders.
    pub(super) funder: Option<Region>,
}

/// Facts as they came, byte by byte, to be read as strictly as the rest of the request once it is
/// known what they are: a value that was read before would have forgotten a field given twice.
struct Sent(Box<RawValue>);

impl ReadFacts for Sent {
    type Error = kernel::Refusal;

    fn read<T: DeserializeOwned>(self) -> Result<T, kernel::Refusal> {
        check_json(self.0.get().as_bytes()).map_err(|mut refusal| {
            for field in &mut refusal.fields {
                field.pointer = format!("/application/facts{}", field.pointer);
            }
            refusal
        })
    }
}

impl ApplicationForm {
    pub(super) fn application(self) -> Result<Application, kernel::Refusal> {
        Application::read(self.instrument, Sent(self.facts))
    }
}

/// The refusal of a request whose fields do not fit together; `Ok` if they do.
pub(super) fn refuse_faults(faults: crate::model::Faults) -> Result<(), kernel::Refusal> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(kernel::Refusal { fields: faults, ..invalid() })
}

/// Which awards are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AwardFilterForm {
    /// Of this contract.
    contract_id: Option<Id<kinds::Contract>>,
    /// Of this organisation.
    beneficiary_id: Option<Id<kinds::Organisation>>,
    /// In this state; cancelled awards are shown only if they are asked for.
    #[param(inline)]
    status: Option<AwardStatus>,
    /// By this rule.
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "art6-buyer")]
    rule: Option<Line<100>>,
}

impl From<AwardFilterForm> for Filter {
    fn from(form: AwardFilterForm) -> Self {
        let AwardFilterForm { contract_id, beneficiary_id, status, rule } = form;
        Self { contract_id, beneficiary_id, status, rule }
    }
}
