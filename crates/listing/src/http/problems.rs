//! The problems that operations share, for the API description. What an operation refuses for
//! reasons of its own stands beside it.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response},
};
use web::ProblemView;

/// What can go wrong with every read.
pub(super) struct OfRead;

/// What can go wrong with every write of somebody who has signed in.
pub(super) struct OfWrite;

/// What can go wrong with every change of a thing that is there already, further to [`OfWrite`].
pub(super) struct OfChange;

impl IntoResponses for OfRead {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(401, "`invalid_token`"), (503, "`overloaded`, `unavailable`, `timed_out`")])
    }
}

impl IntoResponses for OfWrite {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            (400, "`malformed_json`, `malformed`, `body_too_slow`, `idempotency_key_malformed`"),
            (401, "`unauthenticated`, `invalid_token`, `rights_changed`"),
            (403, "`forbidden`"),
            (413, "`body_too_large`"),
            (415, "`unsupported_media_type`"),
            (422, "`invalid` with every field that must be mended, `idempotency_key_reused`"),
            (503, "`overloaded`, `unavailable`, `outcome_unknown`, `timed_out`"),
        ])
    }
}

impl IntoResponses for OfChange {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = OfWrite::responses();
        responses.extend(problems(&[
            (404, "`not_found`: there is none that you may know of"),
            (412, "`stale`: it has changed since you read it"),
            (428, "`version_required`: name the version that you mean with `If-Match`"),
        ]));
        responses
    }
}

fn problems(codes: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let problem = |description: &str| {
        let schema = Ref::from_schema_name(ProblemView::name());
        Response::builder()
            .description(description)
            .content("application/problem+json", Content::new(Some(schema)))
            .build()
    };
    codes.iter().map(|(status, text)| (status.to_string(), problem(text).into())).collect()
}
