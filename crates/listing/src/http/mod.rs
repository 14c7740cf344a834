//! The domain over HTTP.

mod forms;
mod listings;
mod params;
mod saved_searches;
mod search;
mod search_views;
mod views;

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
        .service(saved_searches::save_search)
        .service(saved_searches::list_saved_searches)
        .service(saved_searches::get_saved_search)
        .service(saved_searches::remove_saved_search);
}
