//! Files that belong to a listing.

use chrono::{DateTime, Utc};
use kernel::{FileType, Id, Line, ListingStatus, Refusal, Sha256, kinds, words};

use super::content::not_declared;
use crate::error::{invalid_state, refuse_faults};

/// The largest file, in bytes.
pub const LARGEST_ATTACHMENT: u64 = 20 * 1024 * 1024;
/// How many a listing may have.
pub const MOST_ATTACHMENTS: usize = 20;

words! {
    /// Who sees a file.
    pub enum Visibility {
        /// Whoever sees the listing.
        Public = "public", "公开", "public";
        /// Only those whom the owner lets, and staff.
        Protected = "protected", "受保护", "protected";
    }
}

/// A file that belongs to a listing; it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id, under which its content is kept.
    pub id: Id<kinds::Attachment>,
    /// The listing.
    pub listing_id: Id<kinds::Listing>,
    /// Who sees it.
    pub visibility: Visibility,
    /// What it is about.
    pub title: Line<200>,
    /// How it is called when somebody keeps it.
    pub file_name: Line<200>,
    /// What it is, told by its content.
    pub file_type: FileType,
    /// How many bytes.
    pub size: i64,
    /// Their digest.
    pub sha256: Sha256,
    /// When it was added.
    pub added_at: DateTime<Utc>,
}

impl Attachment {
    /// Under which key its content is kept.
    #[must_use]
    pub fn key(id: Id<kinds::Attachment>) -> String {
        format!("{ATTACHMENTS}/{id}")
    }
}

/// Where the contents of all attachments are kept.
pub const ATTACHMENTS: &str = "listing-attachments";

/// A file that is public is reviewed with its listing, so it is added while that is being written.
/// What is protected goes only to those whom the owner lets see it, and may follow later.
///
/// # Errors
/// 409 `invalid_state` naming the states in which it may be added.
pub fn expect_open_for(visibility: Visibility, status: ListingStatus) -> Result<(), Refusal> {
    use ListingStatus::{Draft, Published, Reserved, Returned};
    let states: &[ListingStatus] = match visibility {
        Visibility::Public => &[Draft, Returned],
        Visibility::Protected => &[Draft, Returned, Published, Reserved],
    };
    if states.contains(&status) { Ok(()) } else { Err(invalid_state(status, states)) }
}

/// What is protected is declared to be no state secret like everything else. Of a draft, or of what
/// was returned, that is declared when it is submitted. What is added later is not submitted: no
/// operator reads it before those see it whom the owner lets. So its owner declares it there and
/// then, which stands in the audit trail, and operators find the change in the listing's history.
///
/// # Errors
/// 422 `invalid` at `/non_secret_declared` if it is not declared and has to be.
pub fn expect_declared(declared: bool, status: ListingStatus) -> Result<(), Refusal> {
    let is_submitted_later = matches!(status, ListingStatus::Draft | ListingStatus::Returned);
    if declared || is_submitted_later { Ok(()) } else { refuse_faults(vec![not_declared()]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_file_is_reviewed_with_its_listing_and_a_protected_one_may_follow() {
        use ListingStatus::{Draft, Published, Reserved, Returned};
        for status in ListingStatus::ALL {
            let being_written = matches!(status, Draft | Returned);
            let public = expect_open_for(Visibility::Public, *status);
            assert_eq!(public.is_ok(), being_written, "{status}");
            let protected = expect_open_for(Visibility::Protected, *status);
            let open = being_written || matches!(status, Published | Reserved);
            assert_eq!(protected.is_ok(), open, "{status}");
        }
    }
}
