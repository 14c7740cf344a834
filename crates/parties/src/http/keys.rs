//! The public keys of access tokens.

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web::Data};
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
    responses((status = 200, description = "The keys.", body = KeysView)),
    security(())
)]
#[get("/.well-known/jwks.json")]
pub(super) async fn get_keys(authenticator: Data<Authenticator>, read: Read) -> Answer {
    let ring = authenticator.ring();
    let now = read.db().clock().now();
    let keys = ring.published(now).into_iter().map(KeyView::new).collect();
    let cached = (CACHE_CONTROL, "public, max-age=300");
    Ok(HttpResponse::Ok().insert_header(cached).json(KeysView { keys }))
}
