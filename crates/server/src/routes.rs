//! Every route of the market, with its words for the API description.

use actix_web::{App, dev::ServiceFactory};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, UtoipaApp, scope, service_config::ServiceConfig};

use crate::{health, openapi, problems};

/// An application with every route, and the description of the API that they make.
pub(crate) fn describe<T>(app: App<T>) -> (App<T>, OpenApi)
where
    T: ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Error = actix_web::Error,
            InitError = (),
        >,
{
    let described: UtoipaApp<T> = app
        .into_utoipa_app()
        .openapi(openapi::frame())
        .service(scope("/api/v1").configure(api))
        .configure(parties::well_known_routes)
        .configure(health::routes);
    let (app, document) = described.split_for_parts();
    (app, openapi::finish(document))
}

fn api(cfg: &mut ServiceConfig) {
    cfg.configure(parties::routes)
        .configure(listing::routes)
        .configure(matching::routes)
        .configure(contracts::routes)
        .configure(subsidies::routes)
        .service(problems::list_problems);
}
