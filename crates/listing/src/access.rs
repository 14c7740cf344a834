//! Who may do what.

use ::store::refusals::NOT_FOUND;
use kernel::{
    Act, Caller, Grant, Id, ListingStatus, Permit, Refusal, Relation, Role, UNAUTHENTICATED, acts,
    judge, kinds::Organisation,
};

use crate::{
    error::DISCLOSURE_REQUIRED,
    model::{Disclosure, Listing},
};

acts! {
    /// Write a new listing for one's own organisation.
    CreateListing = "create_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Look for listings.
    SearchListings = "search_listings" [Grant::Anyone];
    /// See what others have written of which one has begun to type.
    SuggestListings = "suggest_listings" [Grant::Anyone];
    /// Keep a search, to be told of what answers it.
    SaveSearch = "save_search" [Grant::SignedIn];
    /// List the searches that one's own account keeps.
    ListSavedSearches = "list_saved_searches" [Grant::SignedIn];
    /// Read one of them.
    GetSavedSearch = "get_saved_search" [Grant::SignedIn];
    /// See what was found for one of them.
    ListSavedSearchHits = "list_saved_search_hits" [Grant::SignedIn];
    /// Forget one of them.
    RemoveSavedSearch = "remove_saved_search" [Grant::SignedIn];
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
    /// Write or replace a listing of one's own organisation under its own number.
    PutListingByReference = "put_listing_by_reference" [
        Grant::RoleIn(Role::Editor, Relation::Own),
    ];
    /// Read a listing of one's own organisation by its own number.
    GetListingByReference = "get_listing_by_reference" [Grant::SignedIn];
    /// Write, submit and withdraw many listings of one's own organisation.
    BulkPutListings = "bulk_put_listings" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Follow everything that changes in one's own organisation's listings.
    ListListingChanges = "list_listing_changes" [Grant::SignedIn];
    /// Hand it to the market for review.
    SubmitListing = "submit_listing" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Show it to everybody.
    PublishListing = "publish_listing" [Grant::Role(Role::Operator)];
    /// Ask what fields might hold, told from a text.
    ProposeListingFields = "propose_listing_fields" [Grant::SignedIn];
    /// Send it back to be mended.
    ReturnListing = "return_listing" [Grant::Role(Role::Operator)];
    /// Follow a listing that one may see.
    FollowListing = "follow_listing" [Grant::SignedIn];
    /// No longer follow it.
    UnfollowListing = "unfollow_listing" [Grant::SignedIn];
    /// Read which listings one follows.
    ListFollowedListings = "list_followed_listings" [Grant::SignedIn];
    /// Read how often a listing was looked at, followed and introduced.
    GetListingStatistics = "get_listing_statistics" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
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
    /// Add a file to it.
    AddAttachment = "add_attachment" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Take a file from it.
    RemoveAttachment = "remove_attachment" [Grant::RoleIn(Role::Editor, Relation::Own)];
    /// Read which files it has: those that are public.
    ListAttachments = "list_attachments" [Grant::Anyone];
    /// Read about a file that is public.
    GetAttachment = "get_attachment" [Grant::Anyone];
    /// Fetch a file that is public.
    DownloadAttachment = "download_attachment" [Grant::Anyone];
    /// Know of its protected files.
    KnowProtectedAttachments = "list_attachments.protected" [
        Grant::In(Relation::Own),
        Grant::In(Relation::Granted),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Fetch a protected file, which is recorded.
    DownloadProtectedAttachment = "download_attachment.protected" [
        Grant::In(Relation::Own),
        Grant::In(Relation::Granted),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Read its protected description, which is recorded.
    GetProtectedDescription = "get_protected_description" [
        Grant::In(Relation::Own),
        Grant::In(Relation::Granted),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Write its protected description.
    PutProtectedDescription = "put_protected_description" [
        Grant::RoleIn(Role::Editor, Relation::Own),
    ];
    /// Read who looked at what is protected.
    ListDisclosureLooks = "list_disclosure_looks" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Ask another organisation to see what is protected of its listing.
    RequestDisclosure = "request_disclosure" [
        Grant::RoleIn(Role::Editor, Relation::Stranger),
        Grant::RoleIn(Role::Signatory, Relation::Stranger),
    ];
    /// Let it be seen.
    GrantDisclosure = "grant_disclosure" [
        Grant::RoleIn(Role::Editor, Relation::Own),
        Grant::RoleIn(Role::Signatory, Relation::Own),
    ];
    /// Do not let it be seen.
    RefuseDisclosure = "refuse_disclosure" [
        Grant::RoleIn(Role::Editor, Relation::Own),
        Grant::RoleIn(Role::Signatory, Relation::Own),
    ];
    /// No longer let it be seen.
    RevokeDisclosure = "revoke_disclosure" [
        Grant::RoleIn(Role::Editor, Relation::Own),
        Grant::RoleIn(Role::Signatory, Relation::Own),
    ];
    /// Read one's own requests, and those to one's own organisation.
    ListDisclosures = "list_disclosures" [Grant::SignedIn];
    /// Read a request.
    GetDisclosure = "get_disclosure" [
        Grant::In(Relation::Own),
        Grant::In(Relation::Requester),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
}

/// How the caller stands to the listings of an organisation.
#[must_use]
pub fn relations(caller: &Caller, owner: Id<Organisation>) -> &'static [Relation] {
    if caller.acts_for(owner) { &[Relation::Own] } else { &[Relation::Stranger] }
}

/// Judges whether the caller may do the act `A` among the listings of the organisation that they
/// act for, and says which that is.
///
/// # Errors
/// As [`judge`].
pub fn own<A: Act>(caller: &Caller) -> Result<(Id<Organisation>, Permit<A>), Refusal> {
    let actor = caller.actor().ok_or_else(|| UNAUTHENTICATED.refuse())?;
    let own = actor.organisation;
    Ok((own, judge(caller, relations(caller, own))?))
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

/// How the caller stands to a request to see what is protected.
#[must_use]
pub fn relations_to_disclosure(caller: &Caller, disclosure: &Disclosure) -> &'static [Relation] {
    if caller.acts_for(disclosure.owner_id) {
        &[Relation::Own]
    } else if caller.acts_for(disclosure.requester.id) {
        &[Relation::Requester]
    } else {
        &[Relation::Stranger]
    }
}

/// A request is known to those whom it concerns, and to staff.
///
/// # Errors
/// 404 for everybody else.
pub fn expect_knows_disclosure(caller: &Caller, disclosure: &Disclosure) -> Result<(), Refusal> {
    let relations = relations_to_disclosure(caller, disclosure);
    judge::<GetDisclosure>(caller, relations).map(drop).map_err(|_| NOT_FOUND.refuse())
}

/// How the caller stands to what is protected of an organisation's listing, given the grant that
/// their own organisation has.
#[must_use]
pub fn relations_to_protected(
    caller: &Caller,
    owner: Id<Organisation>,
    is_granted: bool,
) -> &'static [Relation] {
    if is_granted { &[Relation::Granted] } else { relations(caller, owner) }
}

/// Judges whether the caller may do the act `A` to what is protected of a listing that they know.
///
/// # Errors
/// 401 if nobody has signed in; 403 `disclosure_required`, which says how to ask.
pub fn permit_protected<A: Act>(
    caller: &Caller,
    owner: Id<Organisation>,
    is_granted: bool,
) -> Result<Permit<A>, Refusal> {
    let judged = judge(caller, relations_to_protected(caller, owner, is_granted));
    judged.map_err(|refusal| match caller {
        Caller::Anyone => refusal,
        Caller::SignedIn(_) => DISCLOSURE_REQUIRED.refuse(),
    })
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
