//! Versions as `ETag`s (RFC 9110 §8.8.3, §13.1).

use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};
use kernel::Version;
use store::{Outcome, refusals::STALE};

use crate::refusals::VERSION_REQUIRED;

/// A thing with an address and a version.
pub trait Resource {
    /// Its version, which makes its `ETag`.
    fn version(&self) -> Version;
    /// Its address: `/api/v1/contracts/{id}`.
    fn location(&self) -> String;
}

/// The strong `ETag` of a version.
pub(crate) fn etag(version: Version) -> String {
    format!("\"v{version}\"")
}

/// The version that `If-Match` names; `None` without the header.
///
/// # Errors
/// 412 if it is not an `ETag` of this market, which can match no version; 428 for `*`, since that
/// names none.
pub(crate) fn if_match(headers: &HeaderMap) -> Outcome<Option<Version>> {
    let Some(header) = headers.get(IF_MATCH) else { return Ok(None) };
    match header.to_str().map(str::trim) {
        Ok("*") => Err(VERSION_REQUIRED.refuse().into()),
        Ok(etag) => Ok(Some(version_of(etag).ok_or_else(|| STALE.refuse())?)),
        Err(_) => Err(STALE.refuse().into()),
    }
}

fn version_of(etag: &str) -> Option<Version> {
    let number = etag.strip_prefix("\"v")?.strip_suffix('"')?;
    number.parse().ok().and_then(Version::new)
}

/// Has the client this version already?
pub(crate) fn is_known(headers: &HeaderMap, version: Version) -> bool {
    let Some(header) = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let etag = etag(version);
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
        for (value, code) in [
            ("*", "version_required"),
            ("\"abc\"", "stale"),
            ("W/\"v3\"", "stale"),
            ("v3", "stale"),
            ("\"v0\"", "stale"),
        ] {
            let refusal = if_match(&headers(value)).unwrap_err().refusal().unwrap();
            assert_eq!(refusal.reason.code, code, "{value}");
        }
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
            assert_eq!(is_known(&headers(value), Version::FIRST), known, "{value}");
        }
    }
}
