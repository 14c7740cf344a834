//! The domain over HTTP.

mod attachments;
mod bulk;
mod changes;
mod exports;
mod followers;
mod forms;
mod history;
mod import_files;
mod import_forms;
mod import_views;
mod imports;
mod life;
mod listings;
mod params;
mod proposals;
mod protected;
mod protected_forms;
mod protected_views;
mod references;
mod review_views;
mod reviews;
mod saved_searches;
mod search;
mod search_views;
mod uploads;
mod views;

pub(crate) use forms::ReviewFilterForm;

use kernel::Refusal;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    access::Sight,
    model::{Content, Listing},
};

/// The routes under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(listings::create_listing)
        .service(search::search_listings)
        .service(exports::export_listings)
        .service(search::suggest_listings)
        .service(proposals::propose_listing_fields)
        // Before `/listings/{id}`, which would take their words for ids.
        .service(references::put_listing_by_reference)
        .service(references::get_listing_by_reference)
        .service(references::bulk_put_listings)
        .service(changes::list_listing_changes)
        .service(listings::get_listing)
        .service(listings::update_listing)
        .service(listings::submit_listing)
        .service(listings::publish_listing)
        .service(listings::return_listing)
        .service(listings::withdraw_listing)
        .service(imports::import_listings)
        .service(imports::list_listing_imports)
        .service(imports::download_listing_template)
        .service(imports::get_listing_import)
        .service(imports::cancel_listing_import)
        .service(imports::download_corrected_import)
        .service(attachments::add_attachment)
        .service(attachments::list_attachments)
        .service(attachments::get_attachment)
        .service(attachments::download_attachment)
        .service(attachments::remove_attachment)
        .service(protected::get_protected_description)
        .service(protected::put_protected_description)
        .service(protected::list_disclosure_looks)
        .service(protected::request_disclosure)
        .service(protected::list_disclosures)
        .service(protected::get_disclosure)
        .service(protected::grant_disclosure)
        .service(protected::refuse_disclosure)
        .service(protected::revoke_disclosure)
        .service(life::suspend_listing)
        .service(life::renew_listing)
        .service(life::discard_listing_revision)
        .service(history::list_listing_history)
        .service(history::list_listing_duplicates)
        .service(reviews::list_listing_reviews)
        .service(reviews::take_listing_review)
        .service(reviews::release_listing_review)
        .service(followers::follow_listing)
        .service(followers::unfollow_listing)
        .service(followers::list_followed_listings)
        .service(followers::get_listing_statistics)
        .service(saved_searches::save_search)
        .service(saved_searches::list_saved_searches)
        .service(saved_searches::get_saved_search)
        .service(saved_searches::list_saved_search_hits)
        .service(saved_searches::remove_saved_search);
}

/// What a listing in the form in which one comes in over the API says.
///
/// # Errors
/// What the form refuses.
pub(crate) fn content_of(json: &[u8]) -> Result<Content, Refusal> {
    web::check_json::<forms::CreateListingForm>(json)?.content(None)
}

/// A listing as the API shows it to those who may see so much.
pub(crate) fn seen(listing: &Listing, sight: Sight) -> Value {
    serde_json::to_value(views::ListingView::of(listing, sight)).unwrap_or_default()
}
