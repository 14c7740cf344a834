//! The domain over HTTP.

mod bulk;
mod changes;
mod followers;
mod forms;
mod listings;
mod params;
mod references;
mod views;

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
        .service(followers::follow_listing)
        .service(followers::unfollow_listing)
        .service(followers::list_followed_listings)
        .service(followers::get_listing_statistics);
}
