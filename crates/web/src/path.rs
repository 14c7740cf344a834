//! Ids and other words in paths.

use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::future::{Ready, ready};
use percent_encoding::percent_decode_str;
use store::refusals::NOT_FOUND;

use crate::Problem;

/// The last (or only) parameter of the path as a `T`; what is no `T` names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// The first two parameters of the path: a thing, and a thing within it.
#[derive(Clone, Copy, Debug)]
pub struct PathIn<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr> FromRequest for PathIn<A, B> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.match_info().iter().map(|(_, value)| value);
        let outer = values.next().and_then(|value| value.parse().ok());
        let inner = values.next().and_then(|value| value.parse().ok());
        let both = outer.zip(inner).map(|(outer, inner)| Self(outer, inner));
        ready(both.ok_or_else(|| Problem::from(NOT_FOUND.refuse())))
    }
}

impl<T: FromStr> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let last = request.match_info().iter().last().and_then(|(_, value)| {
            // The router has left `%2F` and `%25` as they came, so that no word ends a segment.
            percent_decode_str(value).decode_utf8().ok()?.parse().ok()
        });
        ready(last.map(Self).ok_or_else(|| Problem::from(NOT_FOUND.refuse())))
    }
}
