//! The domain over HTTP.

mod forms;
mod introductions;
mod matches;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`. They need `Data<MatchIndex>` and `Data<dyn Ports>`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(matches::list_matches)
        .service(introductions::create_introduction)
        .service(introductions::list_introductions)
        .service(introductions::get_introduction)
        .service(introductions::accept_introduction)
        .service(introductions::decline_introduction);
}
