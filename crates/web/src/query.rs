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
