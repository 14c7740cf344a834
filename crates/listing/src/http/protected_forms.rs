//! What comes in about what is protected.

use chrono::NaiveDate;
use kernel::{Id, Line, Prose, kinds};
use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};

use crate::{
    model::DisclosureStatus,
    queries::{DisclosureFilter, DisclosureRole},
};

/// What only those see whom the owner lets.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "description": "吸附剂配方:Al/Li 摩尔比 2.6,于 80 ℃ 共沉淀 4 小时;解吸液为 0.02 mol/L LiCl。"
}))]
pub(super) struct ProtectedDescriptionForm {
    /// The description; `null` takes it away.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Prose<20000>>, required = true)]
    pub(super) description: Option<Prose<20000>>,
    /// Nothing in it is a state secret. Must be declared of what is published: of a draft it is
    /// declared when that is submitted.
    #[serde(default)]
    pub(super) non_secret_declared: bool,
}

/// Must be there, and may be `null`: nobody should take a description away by forgetting it.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Prose<20000>>, D::Error> {
    Option::deserialize(input)
}

/// Why an organisation wants to see what is protected.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "purpose": "评估普通许可的可行性",
    "message": "我公司拟建百吨级提锂中试线,希望先了解吸附剂的配方与循环数据。"
}))]
pub(super) struct RequestDisclosureForm {
    /// What for.
    pub(super) purpose: Line<200>,
    /// What else the owner should know.
    pub(super) message: Option<Prose<2000>>,
}

/// Until when it may be seen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "expires_on": "2027-01-31" }))]
pub(super) struct GrantDisclosureForm {
    /// The last day, at most a year from now; three months from now if it is left out.
    pub(super) expires_on: Option<NaiveDate>,
}

/// Why it may not be seen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "该成果正在与他方洽谈独占许可" }))]
pub(super) struct RefuseDisclosureForm {
    /// Told to who asked.
    pub(super) reason: Prose<1000>,
}

/// Why it may no longer be seen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "已签订独占许可合同" }))]
pub(super) struct RevokeDisclosureForm {
    /// Told to who asked.
    pub(super) reason: Prose<1000>,
}

/// Which requests are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DisclosureFilterForm {
    /// About which listing.
    listing_id: Option<Id<kinds::Listing>>,
    /// Where they stand today.
    #[param(inline)]
    status: Option<DisclosureStatus>,
    /// What one's own organisation is there.
    #[param(inline)]
    role: Option<DisclosureRole>,
}

impl DisclosureFilterForm {
    pub(super) const fn filter(&self) -> DisclosureFilter {
        DisclosureFilter { listing_id: self.listing_id, status: self.status, role: self.role }
    }
}
