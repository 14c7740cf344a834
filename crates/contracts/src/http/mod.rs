//! The domain over HTTP.

mod contracts;
mod document;
mod forms;
mod recognition;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(contracts::create_contract)
        .service(contracts::list_contracts)
        .service(contracts::get_contract)
        .service(contracts::update_contract)
        .service(contracts::offer_contract)
        .service(contracts::sign_contract)
        .service(contracts::withdraw_contract)
        .service(contracts::record_payment)
        .service(document::get_contract_document)
        .service(recognition::apply_for_recognition)
        .service(recognition::request_supplement)
        .service(recognition::recognise_contract)
        .service(recognition::refuse_recognition);
}
