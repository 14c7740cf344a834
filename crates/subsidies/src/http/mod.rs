//! The domain over HTTP.

mod awards;
mod calculations;
mod forms;
mod policies;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(calculations::calculate_subsidies)
        .service(policies::list_policies)
        .service(policies::get_policy)
        .service(awards::list_awards)
        .service(awards::get_award)
        .service(awards::get_contract_assessment);
}
