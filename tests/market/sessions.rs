//! Sessions: signing in, staying signed in, and being thrown out.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{
    app::App,
    cast::{Cast, PASSWORD},
};

#[tokio::test]
async fn a_person_signs_in_and_is_told_who_they_are() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let session = app.sign_in(&cast.university.email).await;
    assert_eq!(session.text("token_type"), "Bearer");
    let me = app.anyone.with_token(session.text("access_token")).get("me").ok().await;
    assert!(me.body.to_string().contains(&cast.university.id));
    assert!(!me.body.to_string().contains("password"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_look_alike() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let refused = async |email: &str| {
        let form = json!({ "email": email, "password": "not-the-password-1" });
        let mut reply = app.anyone.post("sessions", form).refused(401, "invalid_credentials").await;
        reply.body["trace_id"] = json!(null);
        reply.body
    };
    assert_eq!(refused(&cast.university.email).await, refused("nobody@example.cn").await);
}

#[tokio::test]
async fn five_failures_close_the_door_for_a_quarter_of_an_hour() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let wrong = json!({ "email": cast.university.email, "password": "not-the-password-1" });
    for _ in 0..5 {
        app.anyone.post("sessions", wrong.clone()).refused(401, "invalid_credentials").await;
    }
    let right = json!({ "email": cast.university.email, "password": PASSWORD });
    let locked = app.anyone.post("sessions", right.clone()).send().await;
    assert_eq!(locked.status, 429, "{:#}", locked.body);
    let wait: i64 = locked.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    app.clock.shift(TimeDelta::minutes(16));
    app.anyone.post("sessions", right).ok().await;
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_whole_family() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let first = app.sign_in(&cast.university.email).await;
    let refresh =
        |token: &str| app.anyone.post("sessions/refresh", json!({ "refresh_token": token }));
    let second = refresh(first.text("refresh_token")).ok().await;
    assert_ne!(first.text("refresh_token"), second.text("refresh_token"));
    let stolen = refresh(first.text("refresh_token")).send().await;
    assert_eq!(stolen.status, 401);
    let after = refresh(second.text("refresh_token")).send().await;
    assert_eq!(after.status, 401, "the thief and the owner both have to sign in again");
}

#[tokio::test]
async fn an_ended_session_cannot_be_refreshed() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let session = app.sign_in(&cast.university.email).await;
    let me = app.anyone.with_token(session.text("access_token"));
    me.ask(reqwest::Method::DELETE, "sessions/current").ok().await;
    let form = json!({ "refresh_token": session.text("refresh_token") });
    assert_eq!(app.anyone.post("sessions/refresh", form).send().await.status, 401);
}

#[tokio::test]
async fn a_changed_password_ends_old_rights_at_once() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let session = app.sign_in(&cast.university.email).await;
    let me = app.anyone.with_token(session.text("access_token"));
    let change = json!({ "current_password": PASSWORD, "new_password": "Riyue-mountain-3520m" });
    me.post("me/password", change).ok().await;
    let listing = crate::support::deal::result_form();
    let late = me.post("listings", listing).send().await;
    assert_eq!(late.status, 401, "a token made before the change writes nothing");
    let old = json!({ "email": cast.university.email, "password": PASSWORD });
    app.anyone.post("sessions", old).refused(401, "invalid_credentials").await;
    let new = json!({ "email": cast.university.email, "password": "Riyue-mountain-3520m" });
    app.anyone.post("sessions", new).ok().await;
}

#[tokio::test]
async fn what_is_long_over_is_forgotten_in_bounded_steps() {
    let app = App::start().await;
    let org = app.register("enterprise", "630102").await;
    let mut session = app.sign_in(&org.email).await;
    for _ in 0..6 {
        let form = json!({ "refresh_token": session.text("refresh_token") });
        session = app.anyone.post("sessions/refresh", form).ok().await;
    }
    for stranger in 0..5 {
        let form =
            json!({ "email": format!("stranger{stranger}@example.cn"), "password": PASSWORD });
        app.anyone.post("sessions", form).refused(401, "invalid_credentials").await;
    }
    // Two logins, eight tokens, five failures; and one login that is made when they are old.
    app.clock.shift(TimeDelta::days(61));
    app.sign_in(&org.email).await;
    assert_eq!(app.count("sessions").await, 3);
    assert_eq!(app.count("refresh_tokens").await, 9);
    let mut steps = Vec::new();
    loop {
        let forgotten = app.forget_old(2).await;
        steps.push(forgotten);
        if forgotten == 0 {
            break;
        }
    }
    assert!(steps.iter().all(|rows| *rows <= 6), "two of each table: {steps:?}");
    assert_eq!(steps.iter().sum::<usize>(), 2 + 8 + 5, "{steps:?}");
    assert_eq!(app.count("sessions").await, 1);
    assert_eq!(app.count("refresh_tokens").await, 1);
    assert_eq!(app.count("login_failures").await, 0);
}
