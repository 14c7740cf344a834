//! Patents behind an offer.

use kernel::{PatentKind, PatentNumber, PatentStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A patent, or the application for one, behind an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListingPatent)]
#[serde(deny_unknown_fields)]
pub struct Patent {
    /// Its (application) number.
    pub number: PatentNumber,
    /// What right it is.
    pub kind: PatentKind,
    /// Where it stands; what has lapsed cannot be offered.
    pub status: PatentStatus,
}
