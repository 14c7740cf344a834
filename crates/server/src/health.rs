//! Does the process live, and may it be sent requests?

use actix_web::{HttpResponse, get, web::Data};
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
    /// The server is going down.
    draining: bool,
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
async fn readyz(db: Data<Db>, index: Data<MatchIndex>, draining: Data<Draining>) -> Answer {
    let current = migrations::are_current(&db).await;
    let view = ReadinessView {
        database: current.is_ok(),
        migrations: current.unwrap_or(false),
        index: index.is_ready(),
        draining: draining.has_begun(),
    };
    let ready = view.database && view.migrations && view.index && !view.draining;
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(answer.json(view))
}
