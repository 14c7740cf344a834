//! Versions as `ETag`s (RFC 9110 §8.8.3, §13.1).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH},
};
use kernel::Version;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Outcome, refusals::STALE};

use crate::{
    Answer,
    refusals::{IF_MATCH_MALFORMED, VERSION_REQUIRED},
};

/// A thing with an address and a version.
pub trait Resource {
    /// Its version, which makes its `ETag`.
    fn version(&self) -> Version;
    /// Its address: `/api/v1/contracts/{id}`.
    fn location(&self) -> String;
}

/// The strong `ETag` of a representation: the thing's version, and a digest of the body, since
/// callers in different roles or languages are shown different bodies of one version.
#[must_use]
pub fn etag(version: Version, body: &str) -> String {
    format!("\"v{version}-{}\"", digest(body, 6))
}

/// The first bytes of a body's SHA-256.
fn digest(body: &str, bytes: usize) -> String {
    Sha256::digest(body).get(..bytes).map(hex::encode).unwrap_or_default()
}

/// The answer with this body and `ETag`, or 304 if the client has it already.
pub(crate) fn answer(headers: &HeaderMap, etag: String, body: String) -> HttpResponse {
    if is_known(headers, &etag) {
        return HttpResponse::NotModified().insert_header((ETAG, etag)).finish();
    }
    HttpResponse::Ok().insert_header((ETAG, etag)).content_type("application/json").body(body)
}

/// The answer that shows something that has no version of its own: its `ETag` is its digest.
///
/// # Errors
/// Only if the view cannot be written as JSON.
pub fn show_as_it_is<V: Serialize>(request: &HttpRequest, view: &V) -> Answer {
    let body = serde_json::to_string(view)?;
    let etag = format!("\"{}\"", digest(&body, 16));
    Ok(answer(request.headers(), etag, body))
}

/// The version that `If-Match` names; `None` without the header.
///
/// # Errors
/// 400 if it is no `ETag` at all; 412 if it is not one of this market, which can match no version;
/// 428 for `*`, since that names none.
pub(crate) fn if_match(headers: &HeaderMap) -> Outcome<Option<Version>> {
    let Some(header) = headers.get(IF_MATCH) else { return Ok(None) };
    match header.to_str().map(str::trim) {
        Ok("*") => Err(VERSION_REQUIRED.refuse().into()),
        Ok(etag) if etag.ends_with('"') && etag.trim_start_matches("W/").starts_with('"') => {
            Ok(Some(version_of(etag).ok_or_else(|| STALE.refuse())?))
        }
        Ok(_) | Err(_) => Err(IF_MATCH_MALFORMED.refuse().into()),
    }
}

/// What changes a thing means its version, whatever body of it the caller was shown.
fn version_of(etag: &str) -> Option<Version> {
    let inner = etag.strip_prefix("\"v")?.strip_suffix('"')?;
    let (number, _) = inner.split_once('-').unwrap_or((inner, ""));
    number.parse().ok().and_then(Version::new)
}

/// Has the client this very representation already?
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let Some(header) = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    header
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

/// Is the present version the one that the caller means?
///
/// # Errors
/// 412 `stale` if it is not.
pub fn expect_version(present: Version, meant: Version) -> Outcome<()> {
    if present == meant { Ok(()) } else { Err(STALE.refuse().into()) }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, HeaderValue::from_static(value));
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn if_match_names_one_version() {
        assert_eq!(if_match(&HeaderMap::new()).unwrap(), None);
        assert_eq!(if_match(&headers("\"v3\"")).unwrap(), Version::new(3));
        assert_eq!(if_match(&headers("\"v3-0a1b2c3d4e5f\"")).unwrap(), Version::new(3));
        for (value, code) in [
            ("*", "version_required"),
            ("\"abc\"", "stale"),
            ("W/\"v3\"", "stale"),
            ("v3", "if_match_malformed"),
            ("1", "if_match_malformed"),
            ("\"v0\"", "stale"),
        ] {
            let refusal = if_match(&headers(value)).unwrap_err().refusal().unwrap();
            assert_eq!(refusal.reason.code, code, "{value}");
        }
    }

    #[test]
    fn other_bodies_of_a_version_have_other_tags() {
        assert_ne!(etag(Version::FIRST, "masked"), etag(Version::FIRST, "whole"));
        assert_eq!(version_of(&etag(Version::FIRST, "masked")), Some(Version::FIRST));
    }

    #[test]
    fn if_none_match_compares_weakly() {
        for (value, known) in [
            ("\"v1\"", true),
            ("W/\"v1\"", true),
            ("\"v2\", \"v1\"", true),
            ("*", true),
            ("\"v2\"", false),
        ] {
            assert_eq!(is_known(&headers(value), "\"v1\""), known, "{value}");
        }
    }
}
