//! What comes in.

use kernel::{Id, IntroductionStatus, Prose, kinds};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{model::introduction::Participant, queries::Filter};

/// Matches have no filters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatchFilterForm {}

/// Two sides who should talk.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "need_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e20",
    "offer_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e31",
    "message": "贵校的高镁锂比提锂吸附剂与我公司的卤水提锂需求相符,希望面谈。"
}))]
pub(super) struct CreateIntroductionForm {
    /// A published need or open challenge.
    pub(super) need_id: Id<kinds::Listing>,
    /// A published result or patent of another organisation.
    pub(super) offer_id: Id<kinds::Listing>,
    /// A verified broker whom a side wants to have with it. A broker who proposes is the broker
    /// itself and may leave this out.
    pub(super) broker_id: Option<Id<kinds::Organisation>>,
    /// What the others read first.
    pub(super) message: Prose<2000>,
}

/// Why an introduction is declined.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "本年度预算已用完" }))]
pub(super) struct DeclineIntroductionForm {
    /// Told to the others.
    pub(super) reason: Option<Prose<1000>>,
}

/// Why nothing comes of an introduction.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "双方对中试条件未能达成一致" }))]
pub(super) struct CloseIntroductionForm {
    /// Told to the others.
    pub(super) reason: Prose<1000>,
}

/// What is written to the other participants.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "请问样品能否先在我司叶片上试喷?" }))]
pub(super) struct IntroductionMessageForm {
    /// Read by the other participants.
    pub(super) text: Prose<4000>,
}

/// Which introductions are looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct IntroductionFilterForm {
    /// Where they stand.
    status: Option<IntroductionStatus>,
    /// What one's own organisation is there. Without it, operators and auditors find everybody's.
    role: Option<Participant>,
    /// Which need or offer they are about.
    listing_id: Option<Id<kinds::Listing>>,
}

impl IntroductionFilterForm {
    pub(super) const fn filter(&self) -> Filter {
        let Self { status, role, listing_id } = *self;
        Filter { status, role, listing_id }
    }
}
