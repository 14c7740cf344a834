//! What surrounds every request: its names, a place at the gate, a deadline, a line in the log,
//! the security headers, and words for what was refused.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method,
        header::{
            CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap,
            HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    web::Data,
};
use store::refusals::OUTCOME_UNKNOWN;
use tracing::Instrument;

use crate::{
    Language, Problem, ProblemView, RequestId, Settings,
    authenticate::missing,
    cors,
    problem::Unspoken,
    refusals,
    trace::{TRACEPARENT, X_REQUEST_ID},
    upload,
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
    let served = serve(request, next).instrument(span.clone()).await;
    let mut response = served.map_err(|problem| {
        let mut response = problem.error_response();
        if let Some(view) = view_of(&response, language, &path, &names) {
            response = put_into_words(response, &view);
        }
        decorate(response.headers_mut(), &names, language);
        span.in_scope(|| tracing::warn!(status = response.status().as_u16(), "cut short"));
        InternalError::from_response(problem, response)
    })?;
    if let Some(view) = view_of(response.response(), language, &path, &names) {
        let (request, inner) = response.into_parts();
        response = ServiceResponse::new(request, put_into_words(inner, &view));
    }
    decorate(response.headers_mut(), &names, language);
    span.in_scope(|| note(&response, began));
    Ok(response)
}

/// What tells whether the server lives and may be sent requests.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// Lets the request in, if there is a place, and gives it until its deadline. A write goes on in a
/// task of its own when its handler is dropped, so nobody here knows what comes of it.
///
/// The request must not be cloned here: routing needs the only handle on it. A request that ran
/// out of time is gone with its service, so its answer is given as an error.
async fn serve(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Problem> {
    let Some(settings) = request.app_data::<Data<Settings>>().cloned() else {
        return Err(missing("settings").into());
    };
    // Whoever watches the server is answered also when it is full.
    let place = settings.gates.arrivals.enter().await;
    if place.is_none() && !HEALTH.contains(&request.path()) {
        return Ok(request.error_response(Problem::from(refusals::OVERLOADED.refuse())));
    }
    let changes_nothing = request.method().is_safe();
    let longer = upload::Longer::default();
    request.extensions_mut().insert(longer.clone());
    let deadline = tokio::time::Instant::now() + settings.request_deadline;
    let mut served = std::pin::pin!(next.call(request));
    let mut answer = tokio::time::timeout_at(deadline, &mut served).await;
    if answer.is_err() && longer.is_granted() {
        answer = tokio::time::timeout_at(deadline + settings.uploads.longest, served).await;
    }
    match answer {
        Ok(Ok(response)) => Ok(response.map_into_boxed_body()),
        Ok(Err(error)) => Err(anyhow::anyhow!("a middleware failed: {error}").into()),
        Err(_) if changes_nothing => Err(refusals::TIMED_OUT.refuse().into()),
        Err(_) => Err(OUTCOME_UNKNOWN
            .because("未能在限定时间内完成,可能仍在进行", "it did not finish in time and may go on")
            .into()),
    }
}

/// The words for an answer that has none yet.
fn view_of(
    response: &HttpResponse<BoxBody>,
    language: Language,
    path: &str,
    names: &RequestId,
) -> Option<ProblemView> {
    let unspoken = response.extensions().get::<Unspoken>().cloned();
    let status = response.status();
    let trace_id = &names.trace_id;
    let accident = || ProblemView::unrefused(&refusals::INTERNAL_ERROR, language, path, trace_id);
    if let Some(refusal) = response.error().and_then(cors::refusal) {
        return Some(ProblemView::new(&refusal, language, path, trace_id));
    }
    match unspoken {
        Some(Unspoken(Some(refusal))) => Some(ProblemView::new(&refusal, language, path, trace_id)),
        Some(Unspoken(None)) => Some(accident()),
        None if is_problem(response.headers()) => None,
        None if status.is_client_error() => {
            Some(ProblemView::of_status(status, language, path, trace_id))
        }
        None if status.is_server_error() => Some(accident()),
        None => None,
    }
}

/// The answer with the problem as its body; headers that are there stay.
fn put_into_words(response: HttpResponse<BoxBody>, view: &ProblemView) -> HttpResponse<BoxBody> {
    let body = serde_json::to_string(view).unwrap_or_default();
    let mut spoken = HttpResponse::build(response.status()).body(body);
    for (name, value) in response.headers() {
        spoken.headers_mut().append(name.clone(), value.clone());
    }
    let json = HeaderValue::from_static("application/problem+json");
    spoken.headers_mut().insert(CONTENT_TYPE, json);
    spoken
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
        ("method", known_method(request.method()).to_owned()),
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

/// A method's name for the metrics. Clients may make up methods; each would be a figure of its own,
/// for ever.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
