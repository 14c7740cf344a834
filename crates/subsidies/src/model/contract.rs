//! A contract, as far as subsidies need to know it.

use chrono::NaiveDate;
use kernel::{BasisPoints, ContractType, Fen, Region};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A contract, as far as subsidies need to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubsidyContract)]
pub struct ContractCase {
    /// Its type.
    #[serde(rename = "type")]
    pub contract_type: ContractType,
    /// Its sub-type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "patent_licence_ordinary", max_length = 100)]
    pub subtype: Option<String>,
    /// The day of the last signature.
    pub signed_on: NaiveDate,
    /// The day of recognition; null if it is not recognised.
    #[serde(default)]
    pub recognised_on: Option<NaiveDate>,
    /// Everything that is paid.
    pub total_amount_fen: Fen,
    /// The part for technology, as recognised.
    pub technology_amount_fen: Fen,
    /// What has been paid for technology so far.
    pub paid_technology_amount_fen: Fen,
    /// Do buyer and seller belong together?
    pub related_parties: bool,
    /// Who buys.
    #[schema(min_items = 1, max_items = 20)]
    pub buyers: Vec<Buyer>,
    /// Who brought the parties together.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub brokers: Vec<Broker>,
}

/// A buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubsidyBuyer)]
pub struct Buyer {
    /// The district, county or park it is affiliated with; any division code.
    pub funder: Region,
    /// Its share of the amount; all shares add up to 10000.
    pub share_bp: BasisPoints,
    /// Is it a state organ? Those are no beneficiaries.
    #[serde(default, skip_serializing_if = "is_false")]
    pub state_organ: bool,
    /// Is it a legal person? Only those are beneficiaries.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    #[schema(default = true)]
    pub legal_person: bool,
}

/// A broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubsidyBroker)]
pub struct Broker {
    /// Its share among the brokers; all shares add up to 10000.
    pub share_bp: BasisPoints,
    /// Is it related to a party? Then its part lapses.
    #[serde(default)]
    pub affiliated: bool,
    /// Is it a science-and-technology intermediary or a technology broker? Of anybody else the
    /// part lapses, too.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    #[schema(default = true)]
    pub intermediary: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
const fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Buyer {
    /// Does its district, county or park match the city's half?
    pub(crate) fn is_in_territory(&self) -> bool {
        self.funder.funder().is_some()
    }

    /// May it get an award?
    pub(crate) fn is_eligible(&self) -> bool {
        self.is_in_territory() && self.legal_person && !self.state_organ
    }
}

impl Broker {
    /// Why its part lapses, if it does (A6, A11, A19).
    pub(crate) fn lapses(&self) -> Option<&'static str> {
        if !self.intermediary {
            return Some("broker_not_eligible");
        }
        self.affiliated.then_some("broker_affiliated")
    }
}
