//! Who may do what.

use ::store::refusals::NOT_FOUND;
use kernel::{
    Act, Caller, Grant, Id, ListingStatus, Permit, Refusal, Relation, Role, acts, judge,
    kinds::Organisation,
};

use crate::model::Listing;

acts! {
    /// Write a new listing for one's own organisation.
    CreateListing = "create_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Look for listings.
    SearchListings = "search_listings" [Grant::Anyone];
    /// Read a listing that is public.
    GetListing = "get_listing" [Grant::Anyone];
    /// Read everything of a listing, and know of it before it is public.
    ReadWholeListing = "get_listing.whole" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// See what has become of a listing, and who has done it.
    ListHistory = "list_listing_history" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// See what else may be the same.
    ListDuplicates = "list_listing_duplicates" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Change what a listing says.
    UpdateListing = "update_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Hand it to the market for review.
    SubmitListing = "submit_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Show it to everybody.
    PublishListing = "publish_listing" [Grant::Role(Role::Operator)];
    /// Send it back to be mended.
    ReturnListing = "return_listing" [Grant::Role(Role::Operator)];
    /// Bring in a file of listings for one's own organisation.
    ImportListings = "import_listings" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// See how an import of one's own organisation goes.
    GetListingImport = "get_listing_import" [Grant::In(Relation::Own)];
    /// See the imports of one's own organisation.
    ListListingImports = "list_listing_imports" [Grant::SignedIn];
    /// Get the rows of an import that are to be mended.
    DownloadCorrectedImport = "download_corrected_import" [Grant::In(Relation::Own)];
    /// Call an import off.
    CancelListingImport = "cancel_listing_import" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Get an empty sheet.
    DownloadListingTemplate = "download_listing_template" [Grant::Anyone];
    /// Take listings away, as much of them as may be seen.
    ExportListings = "export_listings" [Grant::Anyone];
    /// Take it down.
    SuspendListing = "suspend_listing" [Grant::Role(Role::Operator)];
    /// Let it stand longer.
    RenewListing = "renew_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Give up its next text.
    DiscardRevision = "discard_listing_revision" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// See what waits for review.
    ListReviews = "list_listing_reviews" [Grant::Role(Role::Operator)];
    /// Take a listing on for review.
    TakeReview = "take_listing_review" [Grant::Role(Role::Operator)];
    /// Leave it to others again.
    ReleaseReview = "release_listing_review" [Grant::Role(Role::Operator)];
    /// Take it back.
    WithdrawListing = "withdraw_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
}

/// How the caller stands to the listings of an organisation.
#[must_use]
pub fn relations(caller: &Caller, owner: Id<Organisation>) -> &'static [Relation] {
    if caller.acts_for(owner) { &[Relation::Own] } else { &[Relation::Stranger] }
}

/// Does everybody know of a listing in this state?
#[must_use]
pub const fn is_public(status: ListingStatus) -> bool {
    match status {
        // What was traded stays to be read by those who have its address.
        ListingStatus::Published | ListingStatus::Reserved | ListingStatus::Traded => true,
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::Returned
        | ListingStatus::Suspended
        | ListingStatus::Withdrawn
        | ListingStatus::Expired => false,
    }
}

/// How much of a listing somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything.
    Whole,
    /// What is shown to everybody.
    Public,
}

/// How much the caller may see of an organisation's listing in this state; `None` if they may not
/// even know of it.
#[must_use]
pub fn sight(caller: &Caller, owner: Id<Organisation>, status: ListingStatus) -> Option<Sight> {
    if reads_whole(caller, owner) {
        return Some(Sight::Whole);
    }
    is_public(status).then_some(Sight::Public)
}

/// May the caller read everything of the listings of this organisation?
#[must_use]
pub fn reads_whole(caller: &Caller, owner: Id<Organisation>) -> bool {
    judge::<ReadWholeListing>(caller, relations(caller, owner)).is_ok()
}

/// May the caller read everything of everybody's listings?
#[must_use]
pub fn reads_all(caller: &Caller) -> bool {
    judge::<ReadWholeListing>(caller, &[Relation::Stranger]).is_ok()
}

/// Judges whether the caller may do the act `A` to this listing.
///
/// # Errors
/// 404 if the caller may not know of it; else as [`judge`].
pub fn permit<A: Act>(caller: &Caller, listing: &Listing) -> Result<Permit<A>, Refusal> {
    let owner = listing.organisation.id;
    if sight(caller, owner, listing.state.status()).is_none() {
        return Err(NOT_FOUND.refuse());
    }
    judge(caller, relations(caller, owner))
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, RoleSet, kinds};

    use super::*;

    fn member(organisation: Id<kinds::Organisation>, role: Role) -> Caller {
        Caller::SignedIn(Actor {
            account: Id::from_parts(1, &[1; 10]),
            organisation,
            roles: RoleSet::EMPTY.with(role),
            session: Id::from_parts(1, &[2; 10]),
            rights_version: 1,
        })
    }

    #[test]
    fn a_stranger_knows_of_nothing_before_it_is_public() {
        let owner = Id::from_parts(1, &[0; 10]);
        let other = Id::from_parts(2, &[0; 10]);
        let strangers = [Caller::Anyone, member(other, Role::Editor), member(other, Role::Admin)];
        let insiders = [
            member(owner, Role::Viewer),
            member(other, Role::Operator),
            member(other, Role::Auditor),
        ];
        for status in ListingStatus::ALL {
            let public = is_public(*status).then_some(Sight::Public);
            for stranger in &strangers {
                assert_eq!(sight(stranger, owner, *status), public, "{stranger:?} {status}");
            }
            for insider in &insiders {
                assert_eq!(sight(insider, owner, *status), Some(Sight::Whole), "{status}");
            }
        }
    }
}
