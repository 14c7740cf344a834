//! The states of a listing.

use chrono::{DateTime, Utc};
use kernel::{Fault, Id, ListingStatus, Prose, kinds};
use serde::Deserialize;

/// Where a listing stands, with the facts of that state.
///
/// ```text
/// draft ────submit───▶ submitted ──publish──▶ published ──trade──▶ traded
///                       │     ▲
///                    return  submit
///                       ▼     │
///                      returned
///
/// draft, submitted, returned, published ──withdraw──▶ withdrawn
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// Waiting for an operator.
    Submitted {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// Seen by everybody.
    Published {
        /// When it was submitted, last.
        submitted_at: DateTime<Utc>,
        /// When it was published.
        at: DateTime<Utc>,
    },
    /// Sent back to be mended.
    Returned {
        /// When it was submitted, last.
        submitted_at: DateTime<Utc>,
        /// Why it was sent back.
        reasons: ReturnReasons,
    },
    /// Taken back by its owner.
    Withdrawn {
        /// When it was submitted, last, if ever.
        submitted_at: Option<DateTime<Utc>>,
        /// When it was published, if ever.
        published_at: Option<DateTime<Utc>>,
    },
    /// Off the market by a contract.
    Traded {
        /// When it was submitted, last.
        submitted_at: DateTime<Utc>,
        /// When it was published.
        published_at: DateTime<Utc>,
        /// Which contract.
        contract_id: Id<kinds::Contract>,
    },
}

impl State {
    /// The state's name.
    #[must_use]
    pub const fn status(&self) -> ListingStatus {
        match self {
            Self::Draft => ListingStatus::Draft,
            Self::Submitted { .. } => ListingStatus::Submitted,
            Self::Published { .. } => ListingStatus::Published,
            Self::Returned { .. } => ListingStatus::Returned,
            Self::Withdrawn { .. } => ListingStatus::Withdrawn,
            Self::Traded { .. } => ListingStatus::Traded,
        }
    }

    /// When it was submitted, last.
    #[must_use]
    pub const fn submitted_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Draft => None,
            Self::Submitted { at } => Some(*at),
            Self::Published { submitted_at, .. }
            | Self::Returned { submitted_at, .. }
            | Self::Traded { submitted_at, .. } => Some(*submitted_at),
            Self::Withdrawn { submitted_at, .. } => *submitted_at,
        }
    }

    /// When it was published, if ever.
    #[must_use]
    pub const fn published_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Draft | Self::Submitted { .. } | Self::Returned { .. } => None,
            Self::Published { at, .. } => Some(*at),
            Self::Withdrawn { published_at, .. } => *published_at,
            Self::Traded { published_at, .. } => Some(*published_at),
        }
    }

    /// Why it was sent back, while it is being mended.
    #[must_use]
    pub fn return_reasons(&self) -> Option<&ReturnReasons> {
        match self {
            Self::Returned { reasons, .. } => Some(reasons),
            Self::Draft
            | Self::Submitted { .. }
            | Self::Published { .. }
            | Self::Withdrawn { .. }
            | Self::Traded { .. } => None,
        }
    }

    /// The contract that traded it.
    #[must_use]
    pub const fn traded_contract_id(&self) -> Option<Id<kinds::Contract>> {
        match self {
            Self::Traded { contract_id, .. } => Some(*contract_id),
            Self::Draft
            | Self::Submitted { .. }
            | Self::Published { .. }
            | Self::Returned { .. }
            | Self::Withdrawn { .. } => None,
        }
    }
}

/// Why a listing is sent back: 1 to 20 reasons.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Prose<500>>")]
pub struct ReturnReasons(Vec<Prose<500>>);

impl ReturnReasons {
    /// Each reason.
    #[must_use]
    pub fn as_slice(&self) -> &[Prose<500>] {
        &self.0
    }

    /// Each reason, as plain text.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(Prose::to_string).collect()
    }
}

impl TryFrom<Vec<Prose<500>>> for ReturnReasons {
    type Error = Fault;

    fn try_from(reasons: Vec<Prose<500>>) -> Result<Self, Fault> {
        if (1..=20).contains(&reasons.len()) {
            return Ok(Self(reasons));
        }
        Err(Fault::new("reasons_required", "应给出 1 至 20 条理由", "give 1 to 20 reasons"))
    }
}
