//! Everything that changes something, a file for each act.

mod add_attachment;
mod cancel_listing_import;
mod compare_listings;
mod count_views;
mod create_listing;
mod discard_revision;
mod disclosures;
mod enter_listings;
mod expire_listings;
mod follow_listing;
mod import_listings;
mod import_steps;
mod look;
mod note_export;
mod publish_listing;
mod put_listing;
mod put_protected_description;
mod remove_attachment;
mod remove_saved_search;
mod renew_listing;
mod return_listing;
mod review_listing;
mod save_search;
mod stamp_anew;
mod submit_listing;
mod suspend_listing;
mod tell_saved_searches;
mod update_listing;
mod withdraw_listing;
mod write_rows;

use ::store::{Outcome, Tx};
use kernel::{Act, Id, Permit, Version, kinds};
use web::expect_version;

use crate::{access, model::Listing, store};

pub use add_attachment::{AddAttachment, expect_room};
pub use cancel_listing_import::CancelListingImport;
pub(crate) use compare_listings::{NoteHits, TakeUpComparison};
pub use count_views::CountViews;
pub use create_listing::CreateListing;
pub use discard_revision::DiscardRevision;
pub use disclosures::{GrantDisclosure, RefuseDisclosure, RequestDisclosure, RevokeDisclosure};
pub use enter_listings::EnterListings;
pub use expire_listings::{ExpireListings, RemindOwners};
pub use follow_listing::{FollowListing, UnfollowListing};
pub use import_listings::{ImportListings, NewImport};
pub use import_steps::ForgetImportFiles;
pub(crate) use import_steps::{
    EndReading, EndWriting, FailImport, Held, HoldOn, NoteRows, TakeUpImport,
};
pub use look::{LookAtAttachment, LookAtDescription, Onlooker};
pub(crate) use note_export::NoteExport;
pub use publish_listing::PublishListing;
pub use put_listing::{PutListing, Written};
pub use put_protected_description::PutProtectedDescription;
pub use remove_attachment::RemoveAttachment;
pub use remove_saved_search::RemoveSavedSearch;
pub use renew_listing::RenewListing;
pub use return_listing::ReturnListing;
pub use review_listing::{ReleaseReview, TakeReview};
pub use save_search::SaveSearch;
pub use stamp_anew::StampListings;
pub use submit_listing::SubmitListing;
pub use suspend_listing::SuspendListing;
pub use tell_saved_searches::{ForgetHits, TellSavedSearches};
pub use update_listing::UpdateListing;
pub use withdraw_listing::WithdrawListing;
pub(crate) use write_rows::{WriteRows, brought_in};

/// A listing, locked until the transaction ends, with the permit to do the act `A` to it.
///
/// # Errors
/// 404 if the caller may not know of it, 403 if they may not do this, 412 if it is no longer in
/// the version that they mean.
async fn listing_for<A: Act>(
    tx: &mut Tx<'_>,
    id: Id<kinds::Listing>,
    version: Version,
) -> Outcome<(Listing, Permit<A>)> {
    let listing = store::listing_for_update(tx.conn(), id).await?;
    let permit = access::permit::<A>(tx.caller(), &listing)?;
    expect_version(listing.version, version)?;
    Ok((listing, permit))
}
