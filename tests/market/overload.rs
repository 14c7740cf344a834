//! When too much comes at once, or something takes too long.

use std::time::Duration;

use serde_json::json;
use web::Gate;

use crate::support::{
    app::App,
    cast::{Cast, PASSWORD},
    cluster,
    deal::result_form,
};

/// Many at once who sign in wait for the few threads that hash, and for nothing else.
#[tokio::test]
async fn those_who_sign_in_keep_nobody_else_from_writing() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let busy = app.beside(|settings| settings.gates.writes = Gate::new(1, 0, Duration::ZERO)).await;
    let editor = busy.anyone.with_token(&cast.university.api.token());
    busy.hash_passwords(8);
    let mut logins = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (anyone, email) = (busy.anyone.clone(), cast.enterprise.email.clone());
        let form = json!({ "email": email, "password": PASSWORD });
        logins.spawn(async move { anyone.post("sessions", form).send().await });
    }
    // One after the other, so there is a place for each, whoever signs in meanwhile.
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        editor.post("listings", result_form()).ok().await;
    }
    while let Some(login) = logins.join_next().await {
        let login = login.expect("an answer");
        // On a slow machine the queue before the threads may be too long for some.
        assert!(login.status == 201 || login.body["code"] == json!("login_busy"), "{login:#?}");
    }
}

/// A calculation is not a write, and not in the way of one.
#[tokio::test]
async fn a_class_that_is_full_refuses_its_own_only() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let full = app
        .beside(|settings| {
            settings.gates.logins = Gate::new(0, 0, Duration::ZERO);
            settings.gates.calculations = Gate::new(0, 0, Duration::ZERO);
        })
        .await;
    let login = json!({ "email": cast.enterprise.email, "password": PASSWORD });
    full.anyone.post("sessions", login).refused(503, "overloaded").await;
    let application = json!({ "application": {
        "instrument": "income_distribution", "facts": { "net_income_fen": 1_000_000 }
    } });
    let path = "subsidy-calculations";
    full.anyone.post(path, application.clone()).refused(503, "overloaded").await;
    app.anyone.post(path, application).ok().await;
    let editor = full.anyone.with_token(&cast.university.api.token());
    editor.post("listings", result_form()).ok().await;
}

#[tokio::test]
async fn a_write_that_runs_out_of_time_is_not_said_to_have_failed() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let hasty = app.beside(|settings| settings.request_deadline = Duration::from_millis(500)).await;
    let token = cast.university.api.token();
    let draft = cast.university.api.post("listings", result_form()).ok().await;
    let path = format!("listings/{}", draft.id());

    let holder = cluster::connect(&app.url).await;
    holder.batch_execute("BEGIN; LOCK TABLE listings IN SHARE MODE").await.unwrap();
    let late = hasty
        .anyone
        .with_token(&token)
        .patch(path.clone(), json!({ "title": "高原光伏组件防尘涂层" }))
        .if_match(&draft)
        .key("late")
        .refused(503, "outcome_unknown")
        .await;
    assert!(late.headers.contains_key("retry-after"));
    holder.batch_execute("COMMIT").await.unwrap();

    // It went on without its client; the same request under the same key has its answer.
    let repeated =
        cast.university.api.patch(path.clone(), json!({ "title": "高原光伏组件防尘涂层" }));
    let mut again = repeated.if_match(&draft).key("late").send().await;
    while again.status == 409 {
        assert_eq!(again.text("code"), "idempotency_key_in_use");
        tokio::time::sleep(Duration::from_millis(20)).await;
        let repeated =
            cast.university.api.patch(path.clone(), json!({ "title": "高原光伏组件防尘涂层" }));
        again = repeated.if_match(&draft).key("late").send().await;
    }
    assert_eq!(again.status, 200, "{:#}", again.body);
    let now = cast.university.api.get(path).ok().await;
    assert_eq!(now.text("title"), "高原光伏组件防尘涂层");
    assert_eq!(now.body["version"], json!(2), "it was done once");
}

#[tokio::test]
async fn a_read_that_runs_out_of_time_may_be_repeated() {
    let app = App::start().await;
    let hasty = app.beside(|settings| settings.request_deadline = Duration::from_millis(500)).await;
    let holder = cluster::connect(&app.url).await;
    holder.batch_execute("BEGIN; LOCK TABLE listings IN ACCESS EXCLUSIVE MODE").await.unwrap();
    hasty.anyone.get("listings").refused(503, "timed_out").await;
    holder.batch_execute("COMMIT").await.unwrap();
    app.anyone.get("listings").ok().await;
}
