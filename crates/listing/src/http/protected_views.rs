//! What goes out about files and about what is protected.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{FileType, Id, Line, Prose, Sha256, Version, kinds};
use serde::Serialize;
use utoipa::ToSchema;
use web::Resource;

use crate::{
    model::{
        Attachment, DisclosureState, DisclosureStatus, Listing, ListingNumber, Looked, Visibility,
    },
    queries::{Protected, ShownDisclosure},
    store::Look,
};

/// A file that belongs to a listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e51", "listing_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11",
    "listing_version": 4, "visibility": "protected", "title": "中试报告", "file_name": "中试报告.pdf",
    "file_type": "pdf", "media_type": "application/pdf", "size": 1048576,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "added_at": "2026-03-01T08:00:00Z"
}))]
pub(super) struct AttachmentView {
    id: Id<kinds::Attachment>,
    listing_id: Id<kinds::Listing>,
    /// The listing's present version.
    listing_version: Version,
    visibility: Visibility,
    title: Line<200>,
    file_name: Line<200>,
    /// What it is, told by its content.
    file_type: FileType,
    media_type: &'static str,
    /// In bytes.
    size: i64,
    sha256: Sha256,
    added_at: DateTime<Utc>,
}

impl AttachmentView {
    pub(super) fn of(file: &Attachment, listing_version: Version) -> Self {
        Self {
            id: file.id,
            listing_id: file.listing_id,
            listing_version,
            visibility: file.visibility,
            title: file.title.clone(),
            file_name: file.file_name.clone(),
            file_type: file.file_type,
            media_type: file.file_type.media_type(),
            size: file.size,
            sha256: file.sha256,
            added_at: file.added_at,
        }
    }

    pub(super) fn added(file: &Attachment, listing: &Listing) -> Self {
        Self::of(file, listing.version)
    }
}

impl Resource for AttachmentView {
    fn version(&self) -> Version {
        self.listing_version
    }

    fn location(&self) -> String {
        format!("/api/v1/listings/{}/attachments/{}", self.listing_id, self.id)
    }
}

/// The files of a listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachments)]
pub(super) struct AttachmentsView {
    /// The files, oldest first.
    #[schema(max_items = 20)]
    pub(super) items: Vec<AttachmentView>,
}

/// What is protected of a listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProtectedDescription)]
pub(super) struct ProtectedView {
    listing_id: Id<kinds::Listing>,
    /// The listing's version.
    version: Version,
    /// Left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<Prose<20000>>,
}

impl ProtectedView {
    pub(super) fn of(protected: &Protected) -> Self {
        Self {
            listing_id: protected.listing_id,
            version: protected.version,
            description: protected.description.clone(),
        }
    }
}

/// That what is protected of a listing is written, and not what it says: answers are kept for
/// requests that are sent again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WrittenProtectedDescription)]
pub(super) struct WrittenView {
    listing_id: Id<kinds::Listing>,
    /// The listing's new version.
    version: Version,
    /// Of how many characters it is; 0 if there is none any more.
    #[schema(minimum = 0, maximum = 20000)]
    characters: usize,
}

impl WrittenView {
    pub(super) fn of(protected: &Protected) -> Self {
        let text = protected.description.as_ref();
        Self {
            listing_id: protected.listing_id,
            version: protected.version,
            characters: text.map_or(0, |text| text.as_str().chars().count()),
        }
    }
}

impl Resource for WrittenView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/listings/{}/protected", self.listing_id)
    }
}

impl Resource for ProtectedView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/listings/{}/protected", self.listing_id)
    }
}

/// What a request is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisclosureListing)]
struct DisclosureListingView {
    id: Id<kinds::Listing>,
    number: ListingNumber,
    /// Its title when it was asked about.
    title: Line<200>,
    organisation_id: Id<kinds::Organisation>,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisclosureRequester)]
struct RequesterView {
    id: Id<kinds::Organisation>,
    /// Its name when it asked.
    name: Line<200>,
}

/// A request to see what is protected of a listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Disclosure, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e61", "version": 2, "status": "granted",
    "listing": { "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "number": "L2026-000123",
                 "title": "高镁锂比盐湖卤水吸附提锂技术",
                 "organisation_id": "019cc0de-7a00-7d1e-9b52-4f6f3b2a9e22" },
    "requester": { "id": "019cc0de-7a00-7d1e-9b52-4f6f3b2a9e33", "name": "青海盐湖示例公司" },
    "purpose": "评估普通许可的可行性", "requested_at": "2026-03-05T02:00:00Z",
    "granted_at": "2026-03-06T02:00:00Z", "expires_on": "2026-06-04"
}))]
pub(super) struct DisclosureView {
    id: Id<kinds::Disclosure>,
    version: Version,
    /// Where it stands today.
    status: DisclosureStatus,
    listing: DisclosureListingView,
    requester: RequesterView,
    purpose: Line<200>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<Prose<2000>>,
    requested_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    granted_at: Option<DateTime<Utc>>,
    /// The last day of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_on: Option<NaiveDate>,
    /// When it was refused or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended_at: Option<DateTime<Utc>>,
    /// Why it was refused or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<Prose<1000>>,
}

impl DisclosureView {
    pub(super) fn of(shown: &ShownDisclosure) -> Self {
        let one = shown.named.disclosure.clone();
        let grant = one.state.grant();
        let status = one.state.status(shown.today);
        let (ended_at, reason) = match one.state {
            DisclosureState::Refused { at, reason }
            | DisclosureState::Revoked { at, reason, .. } => (Some(at), Some(reason)),
            DisclosureState::Requested
            | DisclosureState::Granted(_)
            | DisclosureState::Expired(_) => (None, None),
        };
        Self {
            id: one.id,
            version: one.version,
            status,
            listing: DisclosureListingView {
                id: one.listing_id,
                number: shown.named.number.clone(),
                title: one.listing_title,
                organisation_id: one.owner_id,
            },
            requester: RequesterView { id: one.requester.id, name: one.requester.name },
            purpose: one.purpose,
            message: one.message,
            requested_at: one.requested_at,
            granted_at: grant.map(|grant| grant.at),
            expires_on: grant.map(|grant| grant.expires_on),
            ended_at,
            reason,
        }
    }
}

impl Resource for DisclosureView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/disclosures/{}", self.id)
    }
}

/// A look at what is protected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisclosureLook)]
pub(super) struct LookView {
    at: DateTime<Utc>,
    /// Who looked.
    account_id: Id<kinds::Account>,
    organisation_id: Id<kinds::Organisation>,
    /// Its name when it looked.
    organisation_name: Line<200>,
    /// The grant by which it was shown; staff need none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disclosure_id: Option<Id<kinds::Disclosure>>,
    what: Looked,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    attachment_id: Option<Id<kinds::Attachment>>,
    /// The file's title when it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    attachment_title: Option<Line<200>>,
    /// Which request, as the log knows it.
    request_id: String,
}

impl From<Look> for LookView {
    fn from(look: Look) -> Self {
        Self {
            at: look.at,
            account_id: look.account_id,
            organisation_id: look.organisation_id,
            organisation_name: look.organisation_name,
            disclosure_id: look.disclosure_id,
            what: look.what,
            attachment_id: look.attachment_id,
            attachment_title: look.attachment_title,
            request_id: look.request_id,
        }
    }
}
