//! Bodies, read within a limit and a deadline: a client that dribbles is cut off.

use actix_web::{
    HttpMessage, HttpRequest, dev::Payload, http::header::CONTENT_TYPE, web::BytesMut,
};
use bytes::Bytes;
use futures::StreamExt;
use store::Outcome;

use crate::{
    Settings,
    refusals::{BODY_TOO_LARGE, BODY_TOO_SLOW, MALFORMED, UNSUPPORTED_MEDIA},
};

pub(crate) async fn read(
    request: &HttpRequest,
    payload: Payload,
    settings: &Settings,
) -> Outcome<Bytes> {
    let limit = settings.body_limit;
    let announced = request.headers().get("content-length");
    let announced: Option<usize> =
        announced.and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    tokio::time::timeout(settings.body_deadline, collect(payload, limit))
        .await
        .map_err(|_| BODY_TOO_SLOW.refuse())?
}

async fn collect(mut payload: Payload, limit: usize) -> Outcome<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            MALFORMED
                .because(format!("请求体传输中断:{error}"), format!("the body broke off: {error}"))
        })?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(crate) fn too_large(limit: impl std::fmt::Display) -> store::Failure {
    BODY_TOO_LARGE.because(format!("最多 {limit} 字节"), format!("at most {limit} bytes")).into()
}

/// A body must say that it is JSON; an absent one need not.
pub(crate) fn expect_json(request: &HttpRequest, body: &Bytes) -> Outcome<()> {
    let kind = request.headers().get(CONTENT_TYPE);
    if body.is_empty() && kind.is_none() {
        return Ok(());
    }
    if request.content_type().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(UNSUPPORTED_MEDIA.refuse().into())
}
