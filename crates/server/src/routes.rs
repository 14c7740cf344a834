//! Every route of the market, with its words for the API description.

use actix_web::{App, HttpRequest, HttpResponse, dev::ServiceFactory, http::header::ALLOW};
use utoipa::openapi::{OpenApi, path::PathItem};
use utoipa_actix_web::{AppExt, UtoipaApp, scope, service_config::ServiceConfig};

use crate::{health, openapi, problems, showcases, site, vocabularies};

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
        .configure(health::routes)
        .configure(site::routes);
    let (app, document) = described.split_for_parts();
    (app, openapi::finish(document))
}

fn api(cfg: &mut ServiceConfig) {
    cfg.configure(parties::routes)
        .configure(listing::routes)
        .configure(matching::routes)
        .configure(contracts::routes)
        .configure(subsidies::routes)
        .service(showcases::get_showcase)
        .service(problems::list_problems)
        .service(vocabularies::list_vocabularies);
}

/// Every described path and the methods that it takes.
#[derive(Clone, Debug)]
pub(crate) struct Known(Vec<(String, Vec<&'static str>)>);

impl Known {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (path.clone(), methods(item))).collect())
    }

    /// The answer to a request that no route takes: 405 with the methods that the path does take
    /// (RFC 9110 §15.5.6), or 404. Its words are put in by `web::guard`.
    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let takes: Vec<&str> = self
            .0
            .iter()
            .filter(|(template, _)| fits(template, request.path()))
            .flat_map(|(_, methods)| methods.iter().copied())
            .collect();
        if takes.is_empty() {
            return HttpResponse::NotFound().finish();
        }
        HttpResponse::MethodNotAllowed().insert_header((ALLOW, takes.join(", "))).finish()
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let named = [
        ("GET", &item.get),
        // Answered like GET: `web::head_as_get`.
        ("HEAD", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
    ];
    named.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name).collect()
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| {
            wanted == given || (wanted.starts_with('{') && !given.is_empty())
        })
}
