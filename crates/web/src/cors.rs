//! Which web pages may call.

use actix_cors::{Cors, CorsError};
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ACCEPT_RANGES, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
    RETRY_AFTER,
};

use kernel::Refusal;

use crate::{
    refusals::CROSS_ORIGIN_REFUSED,
    trace::{TRACEPARENT, X_REQUEST_ID},
};

/// Exactly the origins listed; no wildcard, no credentials (tokens travel in a header).
pub fn cors(origins: &[String]) -> Cors {
    let idempotency_key = HeaderName::from_static("idempotency-key");
    origins
        .iter()
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            ACCEPT_LANGUAGE,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            IF_RANGE,
            RANGE,
            idempotency_key,
            TRACEPARENT,
            X_REQUEST_ID,
        ])
        .expose_headers([
            ACCEPT_RANGES,
            CONTENT_DISPOSITION,
            CONTENT_RANGE,
            ETAG,
            LOCATION,
            RETRY_AFTER,
            TRACEPARENT,
            X_REQUEST_ID,
        ])
        .max_age(3600)
}

/// What a preflight that fails is told: whoever writes the page can rarely see the configuration,
/// but can tell who runs the market what to set.
pub(crate) fn refusal(error: &actix_web::Error) -> Option<Refusal> {
    let refused = error.as_error::<CorsError>()?;
    Some(if matches!(refused, CorsError::OriginNotAllowed) {
        CROSS_ORIGIN_REFUSED.because(
            "允许调用的网页来源由服务器配置项 MARKET_CORS_ORIGINS 列出",
            "the server's setting MARKET_CORS_ORIGINS lists the origins whose pages may call",
        )
    } else {
        CROSS_ORIGIN_REFUSED.because(format!("预检请求被拒绝:{refused}"), refused.to_string())
    })
}
