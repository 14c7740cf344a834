//! The domain over HTTP.

mod forms;
mod introductions;
mod matches;
mod messages;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`. They need `Data<MatchIndex>` and `Data<dyn Ports>`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(matches::list_matches)
        .service(introductions::create_introduction)
        .service(introductions::list_introductions)
        .service(introductions::get_introduction)
        .service(introductions::accept_introduction)
        .service(introductions::decline_introduction)
        .service(introductions::close_introduction)
        .service(messages::post_introduction_message)
        .service(messages::list_introduction_messages);
}
