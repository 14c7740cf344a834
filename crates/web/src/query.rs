//! Query parameters, read as strictly as bodies.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::future::{Ready, ready};
use kernel::Refusal;
use serde::de::DeserializeOwned;

use crate::{Problem, json_fault};

/// The query parameters as an `F`, which should deny unknown fields.
#[derive(Debug)]
pub struct Query<F>(pub F);

impl<F: DeserializeOwned> FromRequest for Query<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self).map_err(Problem::from))
    }
}

/// A form that names its parameters, so that they can be told from those of another.
pub trait Named {
    /// Their names.
    const NAMES: &'static [&'static str];
}

/// The query parameters that an `A` names, as an `A`, and the others as an `F`; both should deny
/// unknown fields.
#[derive(Debug)]
pub struct Parted<A, F>(pub A, pub F);

impl<A: Named + DeserializeOwned, F: DeserializeOwned> FromRequest for Parted<A, F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parted(request.query_string()).map_err(Problem::from))
    }
}

fn parted<A: Named + DeserializeOwned, F: DeserializeOwned>(
    query: &str,
) -> Result<Parted<A, F>, Refusal> {
    let pairs: Vec<(String, String)> = parse(query)?;
    let (own, others): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(name, _)| A::NAMES.contains(&name.as_str()));
    Ok(Parted(from_pairs(&own)?, from_pairs(&others)?))
}

pub(crate) fn parse<F: DeserializeOwned>(query: &str) -> Result<F, Refusal> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|_| crate::refusals::MALFORMED.refuse())?;
    from_pairs(&pairs)
}

/// Reads the pairs one by one, so that the first that does not fit can be named.
pub(crate) fn from_pairs<F: DeserializeOwned>(pairs: &[(String, String)]) -> Result<F, Refusal> {
    let text = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let deserializer = serde_urlencoded::Deserializer::new(form_pairs(text.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let name = error.path().to_string();
        let name = if name == "." || name == "?" { String::new() } else { name };
        json_fault::refuse(&error.inner().to_string(), &|field| match field {
            Some(field) => format!("?{field}"),
            None => format!("?{name}"),
        })
    })
}

fn form_pairs(text: &[u8]) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(text)
}
