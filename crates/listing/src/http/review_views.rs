//! What goes out about the review of a listing.

use ::store::audit::Step;
use chrono::{DateTime, Utc};
use kernel::{BasisPoints, Caller, Id, Line, ListingStatus, PatentNumber, Version, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{search_views::ListingSummaryView, views::OwnerView},
    model::{ListingNumber, ReturnReason},
    queries::{Duplicate, TakenBy, Waiting},
};

/// Something that waits for an operator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingReview)]
pub(super) struct ReviewView {
    /// Of a next text, title and abstract are the next ones.
    listing: ListingSummaryView,
    /// Is it the next text of something published, rather than something new?
    is_revision: bool,
    /// Which fields a next text changes.
    changed: Vec<String>,
    /// Since when it waits.
    submitted_at: DateTime<Utc>,
    /// Which operator has taken it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    assignee_id: Option<Id<kinds::Account>>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    taken_at: Option<DateTime<Utc>>,
}

impl From<Waiting> for ReviewView {
    fn from(Waiting { listing, review, changed }: Waiting) -> Self {
        Self {
            changed: changed.into_iter().map(str::to_owned).collect(),
            is_revision: listing.status != ListingStatus::Submitted,
            listing: listing.into(),
            submitted_at: review.submitted_at,
            assignee_id: review.assignee_id,
            taken_at: review.taken_at,
        }
    }
}

/// A step of a listing's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingStep)]
pub(super) struct StepView {
    /// The version that it led to.
    version: Version,
    at: DateTime<Utc>,
    /// The operation, or the market's own job.
    #[schema(example = "return_listing")]
    act: String,
    by: TakenBy,
    /// Whose account, if it is of your own organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    account_id: Option<Id<kinds::Account>>,
    /// The state that it led to, if it changed that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<ListingStatus>,
    /// The fields that it changed.
    changed: Vec<String>,
    /// The fields of the next text that it changed.
    revised: Vec<String>,
    /// The operator's reasons.
    #[schema(inline)]
    reasons: Vec<ReturnReason>,
}

/// What the audit trail says of a step.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StepFacts {
    status: Option<ListingStatus>,
    changed: Vec<String>,
    revised: Vec<String>,
    reasons: Vec<ReturnReason>,
}

impl StepView {
    /// As the caller may see it.
    pub(super) fn of(step: Step, owner: Id<kinds::Organisation>, caller: &Caller) -> Self {
        let by = match step.organisation_id {
            None => TakenBy::System,
            Some(organisation) if organisation == owner => TakenBy::Owner,
            Some(_) => TakenBy::Market,
        };
        let is_own = step.organisation_id.is_some_and(|it| caller.acts_for(it));
        let facts: StepFacts = serde_json::from_value(step.facts).unwrap_or_default();
        Self {
            version: step.version,
            at: step.at,
            act: step.act,
            by,
            account_id: step.account_id.filter(|_| is_own),
            status: facts.status,
            changed: facts.changed,
            revised: facts.revised,
            reasons: facts.reasons,
        }
    }
}

/// What may be the same as a listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingDuplicates)]
pub(super) struct DuplicatesView {
    items: Vec<DuplicateView>,
}

/// A listing that may be the same as another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingDuplicate)]
struct DuplicateView {
    id: Id<kinds::Listing>,
    number: ListingNumber,
    organisation: OwnerView,
    title: Line<200>,
    status: ListingStatus,
    /// How alike title and abstract are, in basis points.
    likeness_bp: BasisPoints,
    /// The patents that both name.
    patents: Vec<PatentNumber>,
}

impl DuplicatesView {
    pub(super) fn of(found: Vec<Duplicate>) -> Self {
        let view = |it: Duplicate| DuplicateView {
            id: it.id,
            number: it.number,
            organisation: OwnerView { id: it.organisation, name: it.organisation_name },
            title: it.title,
            status: it.status,
            likeness_bp: it.likeness,
            patents: it.patents,
        };
        Self { items: found.into_iter().map(view).collect() }
    }
}
