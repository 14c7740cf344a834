//! The domain over HTTP.

mod forms;
mod keys;
mod organisations;
mod sessions;
mod showcases;
mod views;

pub use showcases::PresentedView;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(organisations::register_organisation)
        .service(organisations::search_organisations)
        .service(organisations::get_organisation)
        .service(organisations::update_organisation)
        .service(organisations::verify_organisation)
        .service(organisations::suspend_organisation)
        .service(showcases::put_showcase)
        .service(showcases::get_organisation_showcase)
        .service(showcases::remove_showcase)
        .service(sessions::create_session)
        .service(sessions::refresh_session)
        .service(sessions::end_session)
        .service(sessions::get_me)
        .service(sessions::change_password);
}

/// The routes outside `/api/v1`.
pub fn well_known_routes(cfg: &mut ServiceConfig) {
    cfg.service(keys::get_keys);
}
