//! Does the process live, and may it be sent requests?

use actix_web::{HttpResponse, get, web::Data};
use listing::SearchIndex;
use matching::MatchIndex;
use serde::Serialize;
use store::{Db, migrations};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use web::Answer;

use crate::draining::Draining;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(healthz).service(readyz);
}

/// The process lives.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthView {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// What a server must have before it is sent requests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Readiness)]
struct ReadinessView {
    /// The database answers.
    database: bool,
    /// It has every migration that this program knows.
    migrations: bool,
    /// The match index has been read.
    index: bool,
    /// The search index.
    search: SearchReadinessView,
    /// The server is going down.
    draining: bool,
}

/// How the search index of this server stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchReadiness)]
struct SearchReadinessView {
    /// It is built; until then searches answer 503 `index_not_ready`.
    built: bool,
    /// For how many seconds it may have lacked a change. What was withdrawn is not shown all the
    /// same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 0)]
    lag_seconds: Option<u64>,
}

/// Does the process live?
///
/// Looks at nothing else: a server whose database is away should not be restarted for it.
#[utoipa::path(
    tag = "operation",
    operation_id = "get_health",
    security(()),
    responses((status = 200, description = "It lives.", body = HealthView))
)]
#[get("/healthz")]
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(HealthView { status: "ok" })
}

/// May it be sent requests?
#[utoipa::path(
    tag = "operation",
    operation_id = "get_readiness",
    security(()),
    responses(
        (status = 200, description = "It may.", body = ReadinessView),
        (status = 503, description = "Not now.", body = ReadinessView),
    )
)]
#[get("/readyz")]
async fn readyz(
    db: Data<Db>,
    index: Data<MatchIndex>,
    search: Data<SearchIndex>,
    draining: Data<Draining>,
) -> Answer {
    let current = migrations::are_current(&db).await;
    let view = ReadinessView {
        database: current.is_ok(),
        migrations: current.unwrap_or(false),
        index: index.is_ready(),
        search: SearchReadinessView {
            built: search.is_built(),
            lag_seconds: search.lag().map(|lag| lag.as_secs()),
        },
        draining: draining.has_begun(),
    };
    let indexed = view.index && view.search.built;
    let ready = view.database && view.migrations && indexed && !view.draining;
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(answer.json(view))
}
