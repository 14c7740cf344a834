//! Problems (RFC 9457).

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use kernel::{Refusal, Status};
use serde::Serialize;
use store::{Failure, refusals::RIGHTS_CHANGED};
use utoipa::ToSchema;

use crate::{
    Language,
    refusals::{self, Unrefused},
};

/// What a handler gives.
pub type Answer = Result<HttpResponse, Problem>;

/// Why a request is not answered as asked. The words are put in by [`crate::guard`], which knows
/// the reader's language and the request's id.
#[derive(Debug)]
pub struct Problem(Failure);

impl Problem {
    /// What was refused; `None` for an accident.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.0.refusal()
    }
}

impl<T: Into<Failure>> From<T> for Problem {
    fn from(failure: T) -> Self {
        Self(failure.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Marks an answer whose body [`crate::guard`] is to write; `None`: an accident.
#[derive(Clone)]
pub(crate) struct Unspoken(pub(crate) Option<Refusal>);

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        let code = self.0.refusal().map_or(500, |refusal| refusal.reason.status.code());
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let refusal = self.0.refusal();
        if refusal.is_none() {
            tracing::error!(failure = %self.0, "a request broke");
        }
        let mut response = HttpResponse::build(self.status_code());
        match refusal.as_ref().map(|refusal| refusal.reason.status) {
            Some(Status::Unavailable | Status::TooMany) => {
                response.insert_header((RETRY_AFTER, retry_after(refusal.as_ref())));
            }
            Some(Status::Unauthenticated) => {
                let about_token = refusal.as_ref().is_some_and(|refusal| {
                    refusal.reason == &refusals::INVALID_TOKEN || refusal.reason == &RIGHTS_CHANGED
                });
                let challenge =
                    if about_token { "Bearer error=\"invalid_token\"" } else { "Bearer" };
                response.insert_header((WWW_AUTHENTICATE, challenge));
            }
            _ => {}
        }
        let mut response = response.finish();
        response.extensions_mut().insert(Unspoken(refusal));
        response
    }
}

/// Seconds until another try makes sense: named by a refusal's field `retry_after`, else one.
fn retry_after(refusal: Option<&Refusal>) -> String {
    refusal
        .and_then(|refusal| refusal.fields.iter().find(|field| field.pointer == "retry_after"))
        .map_or_else(|| "1".to_owned(), |field| field.fault.code.clone())
}

/// A problem (RFC 9457): what went wrong, and what to mend.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// Names the kind of problem; the list of all kinds is at `/api/v1/problems`.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems#invalid_state")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What exactly is wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// The path that was asked.
    pub instance: String,
    /// Stable code for programs.
    #[schema(example = "invalid_state")]
    pub code: String,
    /// The fields that must be mended.
    pub errors: Vec<ProblemFieldView>,
    /// Quote this when you ask for help.
    pub trace_id: String,
}

/// A field that must be mended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemField)]
pub struct ProblemFieldView {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    #[schema(example = "/total_amount_fen")]
    pub pointer: String,
    /// Stable code for programs.
    #[schema(example = "amount_out_of_range")]
    pub code: String,
    /// What is wrong with it.
    pub detail: String,
}

impl ProblemView {
    /// A refusal in words.
    #[must_use]
    pub fn new(refusal: &Refusal, language: Language, instance: &str, trace_id: &str) -> Self {
        let Refusal { reason, detail, fields } = refusal;
        let fields = fields.iter().filter(|field| field.pointer != "retry_after");
        Self {
            detail: detail.clone().map(|words| language.pick(words)),
            errors: fields
                .map(|field| ProblemFieldView {
                    pointer: field.pointer.clone(),
                    code: field.fault.code.clone(),
                    detail: language.pick(field.fault.words.clone()),
                })
                .collect(),
            ..Self::plain(
                reason.code,
                reason.status.code(),
                language.pick(reason.title),
                instance,
                trace_id,
            )
        }
    }

    /// What nobody refused, in words; of an accident, only the log says more.
    #[must_use]
    pub fn unrefused(kind: &Unrefused, language: Language, instance: &str, trace_id: &str) -> Self {
        Self::plain(kind.code, kind.status, language.pick(kind.title), instance, trace_id)
    }

    /// What the HTTP layer itself answered without words: an unknown path, a wrong method …
    pub(crate) fn of_status(
        status: StatusCode,
        language: Language,
        instance: &str,
        trace_id: &str,
    ) -> Self {
        let (code, title) = match status {
            StatusCode::NOT_FOUND => (refusals::NO_SUCH_PATH.code, refusals::NO_SUCH_PATH.title),
            StatusCode::METHOD_NOT_ALLOWED => {
                (refusals::METHOD_NOT_ALLOWED.code, refusals::METHOD_NOT_ALLOWED.title)
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                (refusals::BODY_TOO_LARGE.code, refusals::BODY_TOO_LARGE.title)
            }
            _ => (refusals::MALFORMED.code, refusals::MALFORMED.title),
        };
        Self::plain(code, status.as_u16(), language.pick(title), instance, trace_id)
    }

    fn plain(code: &str, status: u16, title: &str, instance: &str, trace_id: &str) -> Self {
        Self {
            kind: format!("/api/v1/problems#{code}"),
            title: title.to_owned(),
            status,
            detail: None,
            instance: instance.to_owned(),
            code: code.to_owned(),
            errors: Vec::new(),
            trace_id: trace_id.to_owned(),
        }
    }
}
