//! What an owner wants a published listing to say next.

use chrono::{DateTime, Utc};
use kernel::words;

use crate::model::{Content, ReturnReasons};

/// Another text of a published listing: it is reviewed while the listing stands as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// What it is to say.
    pub content: Content,
    /// How far it has come.
    pub stage: RevisionStage,
}

/// How far a revision has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevisionStage {
    /// Being written.
    Draft,
    /// Waiting for an operator.
    Submitted {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// Sent back to be mended.
    Returned {
        /// Why.
        reasons: ReturnReasons,
    },
}

words! {
    /// Where a revision stands.
    pub enum RevisionStatus {
        /// Being written.
        Draft = "draft", "草稿", "draft";
        /// Waiting for an operator.
        Submitted = "submitted", "待审核", "submitted";
        /// Sent back with reasons.
        Returned = "returned", "已退回", "returned";
    }
}

impl Revision {
    /// Since when it waits for an operator, if it does.
    #[must_use]
    pub const fn submitted_at(&self) -> Option<DateTime<Utc>> {
        if let RevisionStage::Submitted { at } = &self.stage { Some(*at) } else { None }
    }
}

impl RevisionStage {
    /// The stage's name.
    #[must_use]
    pub const fn status(&self) -> RevisionStatus {
        match self {
            Self::Draft => RevisionStatus::Draft,
            Self::Submitted { .. } => RevisionStatus::Submitted,
            Self::Returned { .. } => RevisionStatus::Returned,
        }
    }
}
