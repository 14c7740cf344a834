//! Versions as `ETag`s (RFC 9110 §8.8.3, §13.1).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ETAG, HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH},
};
use kernel::{Reason, Version};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Outcome, refusals::STALE};

use crate::{
    Answer,
    refusals::{ALREADY_EXISTS, IF_MATCH_MALFORMED, IF_NONE_MATCH_MALFORMED, VERSION_REQUIRED},
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

/// What a PUT supposes of the thing that it replaces (RFC 9110 §13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing: it is made, or replaced in whatever version.
    None,
    /// `If-None-Match: *`: there is none yet.
    Absent,
    /// `If-Match: *`: it is there, in whatever version.
    Present,
    /// `If-Match`: it is in this version.
    Version(Version),
}

impl Precondition {
    /// What the two headers, or fields named like them, say.
    ///
    /// # Errors
    /// As [`Write::if_match`](crate::Write::if_match); 400 `if_none_match_malformed` if that is
    /// not `*`; 412 with both, since no thing is both there and not.
    pub fn of(if_match: Option<&str>, if_none_match: Option<&str>) -> Outcome<Self> {
        let supposed = match if_match.map(str::trim) {
            None => None,
            Some("*") => Some(Self::Present),
            Some(etag) => Some(Self::Version(meant(etag)?)),
        };
        match (supposed, if_none_match.map(str::trim)) {
            (None, None) => Ok(Self::None),
            (Some(supposed), None) => Ok(supposed),
            (None, Some("*")) => Ok(Self::Absent),
            (Some(_), Some("*")) => Err(STALE.refuse().into()),
            (_, Some(_)) => Err(IF_NONE_MATCH_MALFORMED.refuse().into()),
        }
    }

    /// Does it hold for the thing as it is; `None` if there is none?
    ///
    /// # Errors
    /// 412 `already_exists`, 412 `stale`.
    pub fn expect(self, present: Option<Version>) -> Outcome<()> {
        match (self, present) {
            (Self::None, _) | (Self::Absent, None) | (Self::Present, Some(_)) => Ok(()),
            (Self::Absent, Some(_)) => Err(ALREADY_EXISTS.refuse().into()),
            (Self::Present | Self::Version(_), None) => Err(STALE.refuse().into()),
            (Self::Version(meant), Some(present)) => expect_version(present, meant),
        }
    }
}

/// A header as text; what is none cannot be meant.
fn text<'a>(
    headers: &'a HeaderMap,
    name: HeaderName,
    bad: &'static Reason,
) -> Outcome<Option<&'a str>> {
    let Some(header) = headers.get(name) else { return Ok(None) };
    Ok(Some(header.to_str().map_err(|_| bad.refuse())?))
}

/// What the headers suppose.
///
/// # Errors
/// As [`Precondition::of`].
pub(crate) fn precondition(headers: &HeaderMap) -> Outcome<Precondition> {
    Precondition::of(
        text(headers, IF_MATCH, &IF_MATCH_MALFORMED)?,
        text(headers, IF_NONE_MATCH, &IF_NONE_MATCH_MALFORMED)?,
    )
}

/// The version that `If-Match` names; `None` without the header.
///
/// # Errors
/// 400 if it is no `ETag` at all; 412 if it is not one of this market, which can match no version;
/// 428 for `*`, since that names none.
pub(crate) fn if_match(headers: &HeaderMap) -> Outcome<Option<Version>> {
    text(headers, IF_MATCH, &IF_MATCH_MALFORMED)?.map(meant).transpose()
}

fn meant(if_match: &str) -> Outcome<Version> {
    match if_match.trim() {
        "*" => Err(VERSION_REQUIRED
            .because(
                "此处不接受 If-Match: *,它没有指明版本",
                "If-Match: * is not taken here, since it names no version",
            )
            .into()),
        etag if etag.ends_with('"') && etag.trim_start_matches("W/").starts_with('"') => {
            version_of(etag).ok_or_else(|| STALE.refuse().into())
        }
        _ => Err(IF_MATCH_MALFORMED.refuse().into()),
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
    fn a_put_supposes_nothing_a_version_or_that_there_is_none() {
        let v3 = Version::new(3);
        let code = |outcome: Outcome<()>| match outcome {
            Ok(()) => "holds",
            Err(failure) => failure.refusal().unwrap().reason.code,
        };
        for (if_match, if_none_match, on_v3, on_none) in [
            (None, None, "holds", "holds"),
            (Some("\"v3\""), None, "holds", "stale"),
            (Some("\"v2-0a1b\""), None, "stale", "stale"),
            (None, Some("*"), "already_exists", "holds"),
            (Some("*"), None, "holds", "stale"),
        ] {
            let supposed = Precondition::of(if_match, if_none_match).unwrap();
            assert_eq!(code(supposed.expect(v3)), on_v3, "{supposed:?}");
            assert_eq!(code(supposed.expect(None)), on_none, "{supposed:?}");
        }
        for (if_match, if_none_match, refused) in [
            (Some("*"), Some("*"), "stale"),
            (Some("v3"), None, "if_match_malformed"),
            (None, Some("\"v3\""), "if_none_match_malformed"),
            (Some("\"v3\""), Some("*"), "stale"),
        ] {
            let supposed = Precondition::of(if_match, if_none_match).map(|_| ());
            assert_eq!(code(supposed), refused, "{if_match:?} {if_none_match:?}");
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
