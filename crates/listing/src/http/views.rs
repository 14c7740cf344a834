//! What goes out.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    Domain, Id, Line, ListingKind, ListingStatus, Prose, Region, TransferMode, Version, kinds,
};
use serde::Serialize;
use utoipa::ToSchema;
use web::Resource;

use crate::{
    access::Sight,
    model::{
        Budget, Contact, Content, Ipc, Listing, ListingNumber, Patent, Price, ReturnReason,
        Revision, RevisionStage, RevisionStatus, Stage, Trl, TrlScale,
    },
};

/// Whose a listing is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingOwner)]
pub(super) struct OwnerView {
    pub(super) id: Id<kinds::Organisation>,
    /// Its name when it made the listing.
    pub(super) name: Line<200>,
}

/// What a published listing is to say next. Whom to call is not part of it: that changes at once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingRevision)]
pub(super) struct RevisionView {
    status: RevisionStatus,
    /// Since when it waits for an operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    submitted_at: Option<DateTime<Utc>>,
    /// Why it was sent back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    return_reasons: Option<Vec<ReturnReason>>,
    /// The fields in which it differs from what is published.
    #[schema(value_type = Vec<String>)]
    changed: Vec<&'static str>,
    content: Content,
}

impl RevisionView {
    fn of(published: &Content, revision: &Revision) -> Self {
        let return_reasons = match &revision.stage {
            RevisionStage::Returned { reasons } => Some(reasons.as_slice().to_vec()),
            RevisionStage::Draft | RevisionStage::Submitted { .. } => None,
        };
        Self {
            status: revision.stage.status(),
            submitted_at: revision.submitted_at(),
            return_reasons,
            changed: published.differences(&revision.content),
            content: revision.content.clone(),
        }
    }
}

/// A listing. What is empty, or not for the reader, is left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Listing, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "number": "L2026-000123",
    "status": "published", "version": 3,
    "organisation": { "id": "019cc0de-7a00-7d1e-9b52-4f6f3b2a9e22", "name": "青海大学" },
    "kind": "result",
    "title": "高镁锂比盐湖卤水吸附提锂技术",
    "abstract": "以改性铝系吸附剂从高镁锂比卤水中选择性提取锂,锂回收率八成以上。",
    "keywords": ["盐湖提锂", "吸附剂"], "domain": "salt_lake_chemistry",
    "ipc": ["C01D 15/08"], "region": "630105", "trl": 6, "stage": "pilot_scale",
    "transfer_modes": ["licence_ordinary", "assignment"],
    "price": { "mode": "negotiable" },
    "patents": [{ "number": "CN201710601862.3", "kind": "invention", "status": "granted" }],
    "non_secret_declared": true,
    "created_at": "2026-03-01T08:00:00Z", "updated_at": "2026-03-03T02:10:00Z",
    "submitted_at": "2026-03-02T07:00:00Z", "published_at": "2026-03-03T02:10:00Z"
}))]
pub(super) struct ListingView {
    id: Id<kinds::Listing>,
    number: ListingNumber,
    status: ListingStatus,
    version: Version,
    organisation: OwnerView,
    kind: ListingKind,
    title: Line<200>,
    #[serde(rename = "abstract")]
    summary: Prose<2000>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<Prose<20000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    advantages: Option<Prose<2000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    market_outlook: Option<Prose<2000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    economic_benefits: Option<Prose<2000>>,
    keywords: Vec<Line<50>>,
    domain: Domain,
    ipc: Vec<Ipc>,
    region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl: Option<Trl>,
    /// By which scale the level is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl_scale: Option<TrlScale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl_evidence: Option<Prose<500>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stage: Option<Stage>,
    transfer_modes: Vec<TransferMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price: Option<Price>,
    patents: Vec<Patent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    budget: Option<Budget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deadline: Option<NaiveDate>,
    /// Only for its owner and the market's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact: Option<Contact>,
    /// Only for its owner and the market's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reference: Option<Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_on: Option<NaiveDate>,
    non_secret_declared: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// When it was handed to the market, last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    submitted_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    published_at: Option<DateTime<Utc>>,
    /// Until the end of which day it stands, since it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stands_until: Option<NaiveDate>,
    /// Why it was sent back; while it is being mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    return_reasons: Option<Vec<ReturnReason>>,
    /// Why an operator has taken it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    suspension_reason: Option<Prose<500>>,
    /// The contract for which it is reserved, or that has traded it. Only for its owner and the
    /// market's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contract_id: Option<Id<kinds::Contract>>,
    /// What it is to say next, once that is reviewed. Only for its owner and the market's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revision: Option<RevisionView>,
}

impl ListingView {
    /// As much of the listing as may be seen.
    pub(super) fn of(listing: &Listing, sight: Sight) -> Self {
        match sight {
            Sight::Whole => Self::whole(listing),
            Sight::Public => Self::public(listing),
        }
    }

    /// Everything, for its owner and staff.
    pub(super) fn whole(listing: &Listing) -> Self {
        Self {
            contact: listing.content.contact.clone(),
            reference: listing.content.reference.clone(),
            return_reasons: listing.state.return_reasons().map(|r| r.as_slice().to_vec()),
            suspension_reason: listing.state.suspension_reason().cloned(),
            contract_id: listing.state.contract_id(),
            revision: listing.state.revision().map(|it| RevisionView::of(&listing.content, it)),
            ..Self::public(listing)
        }
    }

    fn public(listing: &Listing) -> Self {
        let content = listing.content.clone();
        let owner = listing.organisation.clone();
        Self {
            id: listing.id,
            number: listing.number.clone(),
            status: listing.state.status(),
            version: listing.version,
            organisation: OwnerView { id: owner.id, name: owner.name },
            kind: content.kind,
            title: content.title,
            summary: content.summary,
            description: content.description,
            advantages: content.advantages,
            market_outlook: content.market_outlook,
            economic_benefits: content.economic_benefits,
            keywords: content.keywords,
            domain: content.domain,
            ipc: content.ipc,
            region: content.region,
            trl: content.trl,
            trl_scale: content.trl.map(|_| content.trl_scale.unwrap_or(TrlScale::GbT22900)),
            trl_evidence: content.trl_evidence,
            stage: content.stage,
            transfer_modes: content.transfer_modes,
            price: content.price,
            patents: content.patents,
            budget: content.budget,
            deadline: content.deadline,
            contact: None,
            reference: None,
            expires_on: content.expires_on,
            non_secret_declared: content.non_secret_declared,
            created_at: listing.created_at,
            updated_at: listing.updated_at,
            submitted_at: listing.state.submitted_at(),
            published_at: listing.state.published_at(),
            stands_until: listing.state.publication().map(|publication| publication.until),
            return_reasons: None,
            suspension_reason: None,
            contract_id: None,
            revision: None,
        }
    }
}

impl Resource for ListingView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/listings/{}", self.id)
    }
}
