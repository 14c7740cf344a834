//! Bodies, read within a limit and a deadline: a client that dribbles is cut off.

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, dev::Payload, http::header::CONTENT_TYPE, web::BytesMut,
};
use bytes::Bytes;
use futures::StreamExt;
use store::Outcome;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Settings,
    refusals::{BODY_TOO_LARGE, BODY_TOO_SLOW, MALFORMED, OVERLOADED, UNSUPPORTED_MEDIA},
};

/// Memory is given to bodies in pieces of so many bytes.
const PIECE: usize = 16 * 1024;

/// The memory that all bodies on their way in may take together: however many clients send, and
/// however slowly, there is no more of it.
#[derive(Clone)]
pub struct BodyRoom(Arc<Semaphore>);

impl BodyRoom {
    /// Room for so many pieces of 16 KiB. A body takes them as it arrives.
    #[must_use]
    pub fn of_pieces(pieces: usize) -> Self {
        Self(Arc::new(Semaphore::new(pieces)))
    }

    /// Enlarges `taken` until it holds `length` bytes.
    fn take(&self, taken: &mut Option<OwnedSemaphorePermit>, length: usize) -> Outcome<()> {
        let has = taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let lacks = length.div_ceil(PIECE).saturating_sub(has);
        let Ok(lacks) = u32::try_from(lacks) else { return Err(OVERLOADED.refuse().into()) };
        if lacks == 0 {
            return Ok(());
        }
        let more = Arc::clone(&self.0).try_acquire_many_owned(lacks);
        let more = more.map_err(|_| OVERLOADED.refuse())?;
        match taken {
            Some(taken) => taken.merge(more),
            None => *taken = Some(more),
        }
        Ok(())
    }
}

/// A body that has arrived, and its room.
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// Given back when the body is no longer needed.
    _room: Option<OwnedSemaphorePermit>,
}

pub(crate) async fn read(
    request: &HttpRequest,
    payload: Payload,
    settings: &Settings,
) -> Outcome<Body> {
    let limit = settings.body_limit;
    let announced = request.headers().get("content-length");
    let announced: Option<usize> =
        announced.and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    tokio::time::timeout(settings.body_deadline, collect(payload, limit, &settings.body_room))
        .await
        .map_err(|_| BODY_TOO_SLOW.refuse())?
}

async fn collect(mut payload: Payload, limit: usize, room: &BodyRoom) -> Outcome<Body> {
    let mut body = BytesMut::new();
    let mut taken = None;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            MALFORMED
                .because(format!("请求体传输中断:{error}"), format!("the body broke off: {error}"))
        })?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        room.take(&mut taken, body.len().saturating_add(chunk.len()))?;
        body.extend_from_slice(&chunk);
    }
    Ok(Body { bytes: body.freeze(), _room: taken })
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
