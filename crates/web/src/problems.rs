//! The problems that operations have in common, for the API description: a handler lists one of
//! these first; what it refuses for reasons of its own stands after it and takes its place.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::ProblemView;

const MEDIA_TYPE: &str = "application/problem+json";

fn problems(table: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let problem = |codes: &str| {
        let schema = Ref::from_schema_name(ProblemView::name());
        let content = ContentBuilder::new().schema(Some(schema)).build();
        ResponseBuilder::new().description(codes).content(MEDIA_TYPE, content).build()
    };
    table.iter().map(|(status, codes)| (status.to_string(), problem(codes).into())).collect()
}

macro_rules! common {
    ($( $(#[$doc:meta])* $name:ident { $($status:literal $codes:literal)+ } )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}
            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    problems(&[$(($status, $codes)),+])
                }
            }
        )+
    };
}

common! {
    /// Of reading one thing.
    ReadProblems {
        401 "`unauthenticated`, `invalid_token`"
        404 "`not_found`"
        503 "`overloaded`, `timed_out`, `unavailable`"
    }
    /// Of reading one thing that is for everybody.
    OpenReadProblems {
        401 "`invalid_token`"
        404 "`not_found`"
        503 "`overloaded`, `timed_out`, `unavailable`"
    }
    /// Of reading a list that is for everybody.
    OpenListProblems {
        400 "`malformed`, `cursor_invalid`"
        401 "`invalid_token`"
        422 "`invalid`"
        503 "`overloaded`, `timed_out`, `unavailable`"
    }
    /// Of making something new, whoever asks: nobody looks at a token.
    OpenCreateProblems {
        400 "`malformed_json`, `malformed`, `body_too_slow`, `idempotency_key_malformed`"
        409 "`idempotency_key_in_use`"
        413 "`body_too_large`"
        415 "`unsupported_media_type`"
        422 "`invalid`, `idempotency_key_reused`"
        503 "`overloaded`, `timed_out`, `unavailable`, `outcome_unknown`"
    }
    /// Of reading a list.
    ListProblems {
        400 "`malformed`, `cursor_invalid`"
        401 "`unauthenticated`, `invalid_token`"
        403 "`forbidden`"
        422 "`invalid`"
        503 "`overloaded`, `timed_out`, `unavailable`"
    }
    /// Of making something new.
    CreateProblems {
        400 "`malformed_json`, `malformed`, `body_too_slow`, `idempotency_key_malformed`"
        401 "`unauthenticated`, `invalid_token`, `rights_changed`"
        403 "`forbidden`"
        409 "`idempotency_key_in_use`"
        413 "`body_too_large`"
        415 "`unsupported_media_type`"
        422 "`invalid`, `idempotency_key_reused`"
        503 "`overloaded`, `timed_out`, `unavailable`, `outcome_unknown`"
    }
    /// Of changing something in a named version.
    ChangeProblems {
        400 "`malformed_json`, `malformed`, `body_too_slow`, `if_match_malformed`, `idempotency_key_malformed`"
        401 "`unauthenticated`, `invalid_token`, `rights_changed`"
        403 "`forbidden`"
        404 "`not_found`"
        409 "`invalid_state`, `idempotency_key_in_use`"
        412 "`stale`"
        413 "`body_too_large`"
        415 "`unsupported_media_type`"
        422 "`invalid`, `idempotency_key_reused`"
        428 "`version_required`"
        503 "`overloaded`, `timed_out`, `unavailable`, `outcome_unknown`"
    }
}
