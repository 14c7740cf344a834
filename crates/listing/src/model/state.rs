//! The states of a listing.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Id, ListingStatus, Prose, kinds};

use crate::model::{ReturnReasons, Revision};

/// Where a listing stands, with the facts of that state.
///
/// ```text
/// draft ───submit──▶ submitted ──publish──▶ published ──trade───▶ traded
///                     │     ▲                │ │ │ ▲ ▲ ▲            ▲
///                  return  submit            │ │ │ │ │ └─release──┐ │trade
///                     ▼     │                │ │ └─│─│─reserve──▶ reserved
///                    returned                │ │   │ └───renew──┐
///                           ▲                │ └───│───expire─▶ expired
///                           │submit          │     └──publish──┐
///                           └────────────────│─ ─ suspend────▶ suspended
///                                            ▼
///      draft, submitted, returned, published, suspended, expired ──withdraw──▶ withdrawn
///      suspended, expired ──trade──▶ traded, when a contract is signed that was offered before
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
        /// Since when.
        publication: Publication,
        /// What its owner wants it to say next, if anything.
        revision: Option<Box<Revision>>,
    },
    /// Sent back to be mended.
    Returned {
        /// When it was submitted, last.
        submitted_at: DateTime<Utc>,
        /// Why it was sent back.
        reasons: ReturnReasons,
    },
    /// Held for a contract that its owner has offered; everybody may still read it.
    Reserved {
        /// Since when it is public.
        publication: Publication,
        /// What its owner wanted it to say next, if anything.
        revision: Option<Box<Revision>>,
        /// Which contract.
        contract_id: Id<kinds::Contract>,
    },
    /// Taken down by an operator.
    Suspended {
        /// When it was published.
        publication: Publication,
        /// Why.
        reason: Prose<500>,
    },
    /// Past its day.
    Expired {
        /// When it was published.
        publication: Publication,
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
        /// When it was published.
        publication: Publication,
        /// Which contract.
        contract_id: Id<kinds::Contract>,
    },
}

/// How a listing came before the public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    /// When it was submitted, last.
    pub submitted_at: DateTime<Utc>,
    /// When it was published, first.
    pub at: DateTime<Utc>,
    /// Until the end of which day it stands.
    pub until: NaiveDate,
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
            Self::Reserved { .. } => ListingStatus::Reserved,
            Self::Suspended { .. } => ListingStatus::Suspended,
            Self::Expired { .. } => ListingStatus::Expired,
            Self::Withdrawn { .. } => ListingStatus::Withdrawn,
            Self::Traded { .. } => ListingStatus::Traded,
        }
    }

    /// How it came before the public, unless it has been taken back since.
    #[must_use]
    pub const fn publication(&self) -> Option<Publication> {
        match self {
            Self::Published { publication, .. }
            | Self::Reserved { publication, .. }
            | Self::Suspended { publication, .. }
            | Self::Expired { publication }
            | Self::Traded { publication, .. } => Some(*publication),
            Self::Draft
            | Self::Submitted { .. }
            | Self::Returned { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// How it came before the public, while everybody finds it.
    #[must_use]
    pub const fn on_the_market(&self) -> Option<Publication> {
        match self {
            Self::Published { publication, .. } | Self::Reserved { publication, .. } => {
                Some(*publication)
            }
            Self::Draft
            | Self::Submitted { .. }
            | Self::Returned { .. }
            | Self::Suspended { .. }
            | Self::Expired { .. }
            | Self::Withdrawn { .. }
            | Self::Traded { .. } => None,
        }
    }

    /// When it was submitted, last.
    #[must_use]
    pub fn submitted_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Draft => None,
            Self::Submitted { at } => Some(*at),
            Self::Returned { submitted_at, .. } => Some(*submitted_at),
            Self::Withdrawn { submitted_at, .. } => *submitted_at,
            Self::Published { .. }
            | Self::Reserved { .. }
            | Self::Suspended { .. }
            | Self::Expired { .. }
            | Self::Traded { .. } => self.publication().map(|publication| publication.submitted_at),
        }
    }

    /// When it was published, first, if ever.
    #[must_use]
    pub fn published_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Draft | Self::Submitted { .. } | Self::Returned { .. } => None,
            Self::Withdrawn { published_at, .. } => *published_at,
            Self::Published { .. }
            | Self::Reserved { .. }
            | Self::Suspended { .. }
            | Self::Expired { .. }
            | Self::Traded { .. } => self.publication().map(|publication| publication.at),
        }
    }

    /// Why it was sent back, while it is being mended.
    #[must_use]
    pub const fn return_reasons(&self) -> Option<&ReturnReasons> {
        if let Self::Returned { reasons, .. } = self { Some(reasons) } else { None }
    }

    /// Why an operator has taken it down.
    #[must_use]
    pub const fn suspension_reason(&self) -> Option<&Prose<500>> {
        if let Self::Suspended { reason, .. } = self { Some(reason) } else { None }
    }

    /// The contract for which it is held, or that has traded it.
    #[must_use]
    pub const fn contract_id(&self) -> Option<Id<kinds::Contract>> {
        match self {
            Self::Reserved { contract_id, .. } | Self::Traded { contract_id, .. } => {
                Some(*contract_id)
            }
            Self::Draft
            | Self::Submitted { .. }
            | Self::Published { .. }
            | Self::Returned { .. }
            | Self::Suspended { .. }
            | Self::Expired { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// What its owner wants it to say next.
    #[must_use]
    pub fn revision(&self) -> Option<&Revision> {
        match self {
            Self::Published { revision, .. } | Self::Reserved { revision, .. } => {
                revision.as_deref()
            }
            Self::Draft
            | Self::Submitted { .. }
            | Self::Returned { .. }
            | Self::Suspended { .. }
            | Self::Expired { .. }
            | Self::Withdrawn { .. }
            | Self::Traded { .. } => None,
        }
    }
}
