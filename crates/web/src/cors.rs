//! Which web pages may call.

use actix_cors::Cors;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH,
    LOCATION, RETRY_AFTER,
};

use crate::trace::{TRACEPARENT, X_REQUEST_ID};

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
            idempotency_key,
            TRACEPARENT,
            X_REQUEST_ID,
        ])
        .expose_headers([ETAG, LOCATION, RETRY_AFTER, TRACEPARENT, X_REQUEST_ID])
        .max_age(3600)
}
