//! Access tokens: only what this market has signed for this use, unchanged and in time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{app::App, cast::Cast};

fn part(value: &Value) -> String {
    B64.encode(value.to_string())
}

fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json = || serde_json::from_slice(&B64.decode(parts.next().unwrap()).unwrap()).unwrap();
    let (header, claims) = (json(), json());
    (header, claims, token.rsplit('.').next().unwrap().to_owned())
}

/// Every forged token gets the same answer, so that nobody learns what was wrong with it.
async fn is_refused(app: &App, token: &str, what: &str) {
    let reply = app.anyone.with_token(token).get("me").refused(401, "invalid_token").await;
    let challenge = reply.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer"), "{what}");
    let mut body = reply.body.clone();
    body["trace_id"] = Value::Null;
    assert_eq!(body["detail"], Value::Null, "{what}: {body:#}");
}

#[tokio::test]
async fn forged_tokens_are_refused_alike() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let session = app.sign_in(&cast.university.email).await;
    let token = session.text("access_token").to_owned();
    app.anyone.with_token(&token).get("me").ok().await;
    let (header, claims, signature) = parts(&token);
    let keys = app.anyone.get("/.well-known/jwks.json").ok().await;
    let public = B64.decode(keys.body["keys"][0]["x"].as_str().unwrap()).unwrap();

    let none = json!({ "alg": "none", "typ": "at+jwt" });
    is_refused(&app, &format!("{}.{}.", part(&none), part(&claims)), "alg none").await;

    let mut hmac = header.clone();
    hmac["alg"] = json!("HS256");
    let signed = format!("{}.{}", part(&hmac), part(&claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(&public).unwrap();
    mac.update(signed.as_bytes());
    let confused = format!("{signed}.{}", B64.encode(mac.finalize().into_bytes()));
    is_refused(&app, &confused, "the public key as an HMAC secret").await;

    for (claim, value) in [
        ("roles", json!(["admin"])),
        ("sub", json!("00000000-0000-7000-8000-000000000000")),
        ("exp", json!("4102444800")),
        ("exp", json!(4_102_444_800_i64)),
        ("aud", json!("elsewhere")),
        ("iss", json!("https://elsewhere.example")),
    ] {
        let mut changed = claims.clone();
        changed[claim] = value;
        let forged = format!("{}.{}.{signature}", part(&header), part(&changed));
        is_refused(&app, &forged, claim).await;
    }
    for (name, value) in [
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
        ("typ", json!("JWT")),
        ("jku", json!("https://elsewhere.example/jwks.json")),
        ("crit", json!(["b64"])),
    ] {
        let mut changed = header.clone();
        changed[name] = value;
        let forged = format!("{}.{}.{signature}", part(&changed), part(&claims));
        is_refused(&app, &forged, name).await;
    }
    for broken in ["x", "a.b", "a.b.c", &token[..token.len() - 2], &format!("{token}x")] {
        is_refused(&app, broken, "broken").await;
    }
}

#[tokio::test]
async fn a_token_of_another_market_is_refused() {
    let (here, there) = (App::start().await, App::start_with_new_keys().await);
    let cast = Cast::of(&there).await;
    let session = there.sign_in(&cast.university.email).await;
    is_refused(&here, session.text("access_token"), "foreign signature").await;
}

#[tokio::test]
async fn a_token_ends_after_a_quarter_of_an_hour_and_never_comes_back() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let session = app.sign_in(&cast.university.email).await;
    assert_eq!(session.body["expires_in"], json!(900));
    let me = app.anyone.with_token(session.text("access_token"));
    app.clock.shift(TimeDelta::seconds(890));
    me.get("me").ok().await;
    app.clock.shift(TimeDelta::seconds(20));
    is_refused(&app, session.text("access_token"), "expired").await;
}

#[tokio::test]
async fn a_token_not_yet_valid_is_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let session = app.sign_in(&cast.university.email).await;
    app.clock.shift(TimeDelta::hours(-1));
    is_refused(&app, session.text("access_token"), "not yet valid").await;
}

#[tokio::test]
async fn other_schemes_than_bearer_are_refused() {
    let app = App::start().await;
    for header in ["Basic YTpi", "Bearer", "bearer", "Token abc"] {
        app.anyone.get("me").header("authorization", header).refused(401, "invalid_token").await;
    }
}

#[tokio::test]
async fn rotated_keys_sign_anew_while_old_tokens_live_on() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let old = app.sign_in(&cast.university.email).await;
    app.rotate_keys().await;
    let keys = app.anyone.get("/.well-known/jwks.json").ok().await;
    assert!(keys.body["keys"].as_array().unwrap().len() >= 2);
    app.anyone.with_token(old.text("access_token")).get("me").ok().await;
    let new = app.sign_in(&cast.university.email).await;
    app.anyone.with_token(new.text("access_token")).get("me").ok().await;
}
