//! The domain over HTTP.

mod attachments;
mod forms;
mod history;
mod life;
mod listings;
mod params;
mod protected;
mod protected_forms;
mod protected_views;
mod uploads;

mod review_views;
mod reviews;
mod saved_searches;
mod search;
mod search_views;
mod views;

pub(crate) use forms::ReviewFilterForm;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(listings::create_listing)
        .service(search::search_listings)
        .service(search::suggest_listings)
        .service(listings::get_listing)
        .service(listings::update_listing)
        .service(listings::submit_listing)
        .service(listings::publish_listing)
        .service(listings::return_listing)
        .service(listings::withdraw_listing)
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
        .service(saved_searches::save_search)
        .service(saved_searches::list_saved_searches)
        .service(saved_searches::get_saved_search)
        .service(saved_searches::list_saved_search_hits)
        .service(saved_searches::remove_saved_search);
}
