//! Downloads: a file, whole or a part of it (RFC 9110 §14), as an attachment that no browser runs.

use std::{future::Future, ops::RangeInclusive};

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    body::SizedStream,
    http::{
        StatusCode,
        header::{
            ACCEPT_RANGES, ByteRangeSpec, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam,
            DispositionType, ETAG, ExtendedValue, HeaderMap, IF_RANGE, RANGE, Range,
        },
    },
};
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use kernel::{FileType, Sha256};
use store::Outcome;

use crate::{
    Answer, FileName, Problem, Read, conditional, head::NoBodyWanted,
    refusals::RANGE_NOT_SATISFIABLE,
};

/// A file that can be sent.
#[derive(Clone, Debug)]
pub struct Download {
    /// What it is.
    pub kind: FileType,
    /// How it is called.
    pub name: FileName,
    /// How many bytes.
    pub size: u64,
    /// Their digest, which makes the `ETag`.
    pub sha256: Sha256,
    /// May the client keep it, to ask later whether it has changed?
    pub may_be_kept: bool,
}

/// The bytes of a file.
pub type Content = BoxStream<'static, anyhow::Result<Bytes>>;

impl Read {
    /// The answer that sends a file, or the part that is asked for; `open` gives the bytes, and is
    /// not called if none are to be sent.
    ///
    /// # Errors
    /// 416 if there is no such part; whatever `open` refuses.
    pub async fn send_file<O: Future<Output = Outcome<Content>>>(
        &self,
        file: &Download,
        open: impl FnOnce(RangeInclusive<u64>) -> O,
    ) -> Answer {
        let request = self.request();
        let etag = format!("\"{}\"", file.sha256);
        if conditional::is_known(request.headers(), &etag) {
            let mut known = HttpResponse::NotModified();
            return Ok(known.insert_header((ETAG, etag)).finish());
        }
        let part = match part(request.headers(), &etag, file.size) {
            Part::Whole => None,
            Part::Some(range) => Some(range),
            Part::None => return Ok(no_such_part(file.size)),
        };
        let range = part.clone().unwrap_or(0..=file.size.saturating_sub(1));
        let length = range.end().saturating_sub(*range.start()).saturating_add(1).min(file.size);
        let is_read = !request.extensions().contains::<NoBodyWanted>();
        let content =
            if !is_read || length == 0 { stream::empty().boxed() } else { open(range).await? };
        let mut answer = HttpResponse::Ok();
        if let Some(part) = part {
            let range = format!("bytes {}-{}/{}", part.start(), part.end(), file.size);
            answer.status(StatusCode::PARTIAL_CONTENT).insert_header((CONTENT_RANGE, range));
        }
        let cache = if file.may_be_kept { "private, no-cache" } else { "no-store" };
        answer
            .insert_header((ETAG, etag))
            .insert_header((ACCEPT_RANGES, "bytes"))
            .insert_header((CACHE_CONTROL, cache))
            .insert_header((CONTENT_DISPOSITION, disposition(&file.name)))
            .insert_header((
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; sandbox; frame-ancestors 'none'",
            ))
            .content_type(file.kind.media_type());
        Ok(answer.body(SizedStream::new(length, content.map(|piece| piece.map_err(broken)))))
    }
}

/// The client is told by a connection that breaks off; the log says why.
fn broken(error: anyhow::Error) -> std::io::Error {
    tracing::error!(%error, "a download broke off");
    std::io::Error::other(error)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Some(RangeInclusive<u64>),
    None,
}

/// Which part is asked for. Several at once, and what cannot be read, are answered with the whole,
/// as if nothing had been asked.
fn part(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let Some(header) = headers.get(RANGE).and_then(|range| range.to_str().ok()) else {
        return Part::Whole;
    };
    let still_meant = headers.get(IF_RANGE).is_none_or(|meant| meant.as_bytes() == etag.as_bytes());
    // The parser leaves out what it cannot read; then another number of parts is left than asked.
    let Ok(Range::Bytes(parts)) = header.parse::<Range>() else { return Part::Whole };
    let [asked] = parts.as_slice() else { return Part::Whole };
    let backwards = matches!(asked, ByteRangeSpec::FromTo(from, to) if from > to);
    if !still_meant || backwards || header.contains(',') {
        return Part::Whole;
    }
    asked.to_satisfiable_range(size).map_or(Part::None, |(from, to)| Part::Some(from..=to))
}

fn no_such_part(size: u64) -> HttpResponse {
    let mut refused = Problem::from(RANGE_NOT_SATISFIABLE.refuse()).error_response();
    if let Ok(range) = format!("bytes */{size}").parse() {
        refused.headers_mut().insert(CONTENT_RANGE, range);
    }
    refused
}

/// `attachment`, under the file's name: in ASCII for old programs, and as it is.
fn disposition(name: &FileName) -> ContentDisposition {
    let ascii: String =
        name.as_str().chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    let whole = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_str().as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(ascii), DispositionParam::FilenameExt(whole)],
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn asked(headers: &[(HeaderName, &'static str)]) -> Part {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name.clone(), HeaderValue::from_static(value));
        }
        part(&map, "\"a\"", 10)
    }

    #[test]
    fn one_part_is_answered_several_are_the_whole_and_one_beyond_the_end_is_none() {
        for (range, expected) in [
            ("bytes=0-3", Part::Some(0..=3)),
            ("bytes=4-", Part::Some(4..=9)),
            ("bytes=-3", Part::Some(7..=9)),
            ("bytes=-99", Part::Some(0..=9)),
            ("bytes=5-99", Part::Some(5..=9)),
            ("bytes=10-", Part::None),
            ("bytes=-0", Part::None),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=0-1,x", Part::Whole),
            ("bytes=3-1", Part::Whole),
            ("bytes=x-y", Part::Whole),
            ("bytes=18446744073709551616-", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes", Part::Whole),
        ] {
            assert_eq!(asked(&[(RANGE, range)]), expected, "{range}");
        }
        assert_eq!(asked(&[]), Part::Whole);
        assert_eq!(asked(&[(RANGE, "bytes=0-3"), (IF_RANGE, "\"a\"")]), Part::Some(0..=3));
        assert_eq!(asked(&[(RANGE, "bytes=0-3"), (IF_RANGE, "\"b\"")]), Part::Whole);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        for (name, header) in [
            (
                "报告.pdf",
                "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf",
            ),
            (
                "a\"b\r\nX: y.pdf",
                "attachment; filename=\"abX_y.pdf\"; filename*=UTF-8''abX%20y.pdf",
            ),
        ] {
            assert_eq!(disposition(&FileName::of(name)).to_string(), header);
        }
    }
}
