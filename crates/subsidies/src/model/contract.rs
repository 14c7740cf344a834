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
        self.is_in_territory() && !self.state_organ
    }
}
