//! Which request, and which trace it belongs to (W3C Trace Context).

use actix_web::http::header::{HeaderMap, HeaderName};

/// `X-Request-Id`.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// `traceparent`.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The names of a request: its own id, and the trace it is part of.
#[derive(Clone, Debug)]
pub struct RequestId {
    /// Answered in `X-Request-Id`; kept from the client if it sent a decent one.
    pub id: String,
    /// The trace's id: 32 hex digits.
    pub trace_id: String,
    span_id: String,
}

impl RequestId {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let trace_id = headers
            .get(TRACEPARENT)
            .and_then(|value| value.to_str().ok())
            .and_then(trace_id_of)
            .unwrap_or_else(|| hex::encode(rand::random::<[u8; 16]>()));
        let id = headers
            .get(X_REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|id| is_decent(id))
            .map_or_else(|| trace_id.clone(), str::to_owned);
        Self { id, trace_id, span_id: hex::encode(rand::random::<[u8; 8]>()) }
    }

    /// The `traceparent` of this server's part of the trace.
    pub(crate) fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace_id, self.span_id)
    }
}

fn is_decent(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The trace id of `00-<32 hex>-<16 hex>-<2 hex>`.
fn trace_id_of(traceparent: &str) -> Option<String> {
    let mut parts = traceparent.split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    let lower_hex = |text: &str, length: usize| {
        text.len() == length
            && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            && text.bytes().any(|b| b != b'0')
    };
    let right = version.len() == 2 && version != "ff";
    (right && lower_hex(trace, 32) && lower_hex(span, 16)).then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_right_traceparent_is_carried_on() {
        let right = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_id_of(right).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for wrong in ["", "00-0-0-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"] {
            assert_eq!(trace_id_of(wrong), None, "{wrong}");
        }
    }
}
