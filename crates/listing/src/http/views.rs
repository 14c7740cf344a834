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
    model::{Budget, Contact, Ipc, Listing, ListingNumber, Patent, Price, Stage, Trl},
};

/// Whose a listing is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingOwner)]
pub(super) struct OwnerView {
    pub(super) id: Id<kinds::Organisation>,
    /// Its name when it made the listing.
    pub(super) name: Line<200>,
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
    keywords: Vec<Line<50>>,
    domain: Domain,
    ipc: Vec<Ipc>,
    region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl: Option<Trl>,
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
    /// Why it was sent back; while it is being mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    return_reasons: Option<Vec<String>>,
    /// The contract that has traded it. Only for its owner and the market's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    traded_contract_id: Option<Id<kinds::Contract>>,
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
            return_reasons: listing.state.return_reasons().map(|reasons| reasons.texts()),
            traded_contract_id: listing.state.traded_contract_id(),
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
            keywords: content.keywords,
            domain: content.domain,
            ipc: content.ipc,
            region: content.region,
            trl: content.trl,
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
            return_reasons: None,
            traded_contract_id: None,
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
