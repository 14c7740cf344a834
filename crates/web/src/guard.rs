//! What surrounds every request: its names, a place at the gate, a deadline, a line in the log,
//! the security headers, and words for what was refused.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{
        CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap,
        HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use crate::{
    Language, Problem, ProblemView, RequestId, Settings,
    problem::Unspoken,
    refusals,
    trace::{TRACEPARENT, X_REQUEST_ID},
};

/// The outermost middleware; wrap the application with `actix_web::middleware::from_fn(guard)`.
///
/// # Errors
/// None of its own: what fails inside is turned into an answer here.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let names = RequestId::of(request.headers());
    let language = Language::of(request.headers());
    let path = request.path().to_owned();
    request.extensions_mut().insert(names.clone());
    let span = tracing::info_span!(
        "request", id = %names.id, trace_id = %names.trace_id, method = %request.method(), %path
    );
    let began = Instant::now();
    let response = serve(request, next).instrument(span.clone()).await;
    let mut response = speak(response, language, &path, &names);
    decorate(response.headers_mut(), &names, language);
    span.in_scope(|| note(&response, began));
    Ok(response)
}

/// Lets the request in, if there is a place, and gives it until its deadline.
async fn serve(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> ServiceResponse<BoxBody> {
    let settings = request.app_data::<Data<Settings>>().cloned();
    let http = request.request().clone();
    let failed = |error: Error| ServiceResponse::from_err(error, http.clone());
    let Some(settings) = settings else {
        return next.call(request).await.map_or_else(failed, ServiceResponse::map_into_boxed_body);
    };
    let Some(_place) = settings.gates.of(request.method()).enter().await else {
        return failed(Problem::from(refusals::OVERLOADED.refuse()).into());
    };
    match tokio::time::timeout(settings.request_deadline, next.call(request)).await {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => failed(error),
        Err(_) => failed(Problem::from(refusals::TIMED_OUT.refuse()).into()),
    }
}

/// Puts a problem into words, if the answer is one that has none yet.
fn speak(
    response: ServiceResponse<BoxBody>,
    language: Language,
    path: &str,
    names: &RequestId,
) -> ServiceResponse<BoxBody> {
    let unspoken = response.response().extensions().get::<Unspoken>().cloned();
    let status = response.status();
    let view = match unspoken {
        Some(Unspoken(Some(refusal))) => {
            ProblemView::new(&refusal, language, path, &names.trace_id)
        }
        Some(Unspoken(None)) => ProblemView::accident(language, path, &names.trace_id),
        None if status.is_client_error() && !is_problem(response.headers()) => {
            ProblemView::of_status(status, language, path, &names.trace_id)
        }
        None if status.is_server_error() && !is_problem(response.headers()) => {
            ProblemView::accident(language, path, &names.trace_id)
        }
        None => return response,
    };
    let body = serde_json::to_string(&view).unwrap_or_default();
    let (request, response) = response.into_parts();
    let mut spoken = HttpResponse::build(response.status()).body(body);
    for (name, value) in response.headers() {
        spoken.headers_mut().append(name.clone(), value.clone());
    }
    let json = HeaderValue::from_static("application/problem+json");
    spoken.headers_mut().insert(CONTENT_TYPE, json);
    ServiceResponse::new(request, spoken)
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/"))
}

fn decorate(headers: &mut HeaderMap, names: &RequestId, language: Language) {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (CONTENT_LANGUAGE, language.tag()),
        (VARY, "Authorization, Accept-Language"),
    ];
    for (name, value) in fixed {
        headers.append(name, HeaderValue::from_static(value));
    }
    // What is more precise stays: `/docs` has a policy of its own.
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (CACHE_CONTROL, "no-store"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    for (name, value) in [(X_REQUEST_ID, names.id.clone()), (TRACEPARENT, names.traceparent())] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// A line in the log and a figure in the metrics: by route, never by full address.
fn note(response: &ServiceResponse<BoxBody>, began: Instant) {
    let request = response.request();
    let status = response.status().as_u16();
    let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
    let took = began.elapsed();
    let labels = [
        ("method", request.method().as_str().to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took);
    if status >= 500 {
        tracing::warn!(status, ?took, "answered");
    } else {
        tracing::debug!(status, ?took, "answered");
    }
}
