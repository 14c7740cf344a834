//! The public keys of access tokens.

use actix_web::{
    get,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::Data,
};
use web::{Answer, Read};

use crate::{
    Authenticator,
    http::views::{KeyView, KeysView},
};

/// Read the public keys of access tokens
///
/// A JSON Web Key Set (RFC 7517). A new key stands here for ten minutes before it signs, an old
/// one until its last token has expired: fetch the set again when a token names an unknown `kid`.
#[utoipa::path(
    tag = "access",
    operation_id = "get_keys",
    responses(
        (status = 200, description = "The keys.", body = KeysView,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
    ),
    security(())
)]
#[get("/.well-known/jwks.json")]
pub(super) async fn get_keys(authenticator: Data<Authenticator>, read: Read) -> Answer {
    let ring = authenticator.ring();
    let now = read.db().clock().now();
    let keys = ring.published(now).into_iter().map(KeyView::new).collect();
    let mut answer = read.show_as_it_is(&KeysView { keys })?;
    let cached = HeaderValue::from_static("public, max-age=300");
    answer.headers_mut().insert(CACHE_CONTROL, cached);
    Ok(answer)
}
