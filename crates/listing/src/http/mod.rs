//! The domain over HTTP.

mod bulk;
mod changes;
mod followers;
mod forms;
mod history;
mod life;
mod listings;
mod params;
mod references;
mod review_views;
mod reviews;
mod views;

pub(crate) use forms::ReviewFilterForm;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(listings::create_listing)
        .service(listings::search_listings)
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
        .service(followers::get_listing_statistics);
}
