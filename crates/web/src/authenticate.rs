//! Who asks.

use actix_web::{HttpRequest, http::header::AUTHORIZATION, web::Data};
use futures::future::BoxFuture;
use kernel::{Actor, Caller};
use store::Outcome;

use crate::refusals::INVALID_TOKEN;

/// Tells from a bearer token who asks; answered by the domain that issues tokens.
pub trait Authenticate: Send + Sync {
    /// The person behind the token.
    ///
    /// # Errors
    /// 401 `invalid_token`, always the same, whatever is wrong with the token.
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Outcome<Actor>>;
}

/// Who sends this request: anyone without an `Authorization` header, else who the token says.
pub(crate) async fn caller(request: &HttpRequest) -> Outcome<Caller> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(Caller::Anyone) };
    let token = header.to_str().ok().and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = token.ok_or_else(|| INVALID_TOKEN.refuse())?;
    let authenticator =
        request.app_data::<Data<dyn Authenticate>>().ok_or_else(|| missing("authenticator"))?;
    Ok(Caller::SignedIn(authenticator.authenticate(token).await?))
}

pub(crate) fn missing(what: &str) -> store::Failure {
    store::Failure::Broken(anyhow::anyhow!("the application was built without its {what}"))
}
