//! One `Idempotency-Key`, one effect.

use futures::future::join_all;

use crate::support::{
    app::App,
    cast::Cast,
    deal::{Deal, result_form},
};

#[tokio::test]
async fn the_same_request_again_gets_the_first_answer_and_has_no_second_effect() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let first = editor.post("listings", result_form()).key("one").ok().await;
    let again = editor.post("listings", result_form()).key("one").ok().await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.etag(), first.etag());
    assert_eq!(app.count("listings").await, 1);
}

#[tokio::test]
async fn the_same_key_for_another_request_is_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    editor.post("listings", result_form()).key("one").ok().await;
    let mut other = result_form();
    other["title"] = "另一项成果".into();
    editor.post("listings", other).key("one").refused(422, "idempotency_key_reused").await;
    assert_eq!(app.count("listings").await, 1);
}

#[tokio::test]
async fn keys_of_different_callers_never_meet() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let one = cast.university.api.post("listings", result_form()).key("one").ok().await;
    let other = cast.enterprise.api.post("listings", result_form()).key("one").ok().await;
    assert_ne!(one.id(), other.id());
}

#[tokio::test]
async fn a_refused_request_keeps_nothing_under_its_key() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut wrong = result_form();
    wrong["transfer_modes"] = serde_json::json!(["assignment", "assignment"]);
    let refused = cast.university.api.post("listings", wrong).key("one").send().await;
    assert_eq!(refused.status, 422);
    cast.university.api.post("listings", result_form()).key("one").ok().await;
}

#[tokio::test]
async fn a_malformed_key_is_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    for key in ["", "two words", &"x".repeat(256)] {
        let ask = cast.university.api.post("listings", result_form()).key(key);
        ask.refused(400, "idempotency_key_malformed").await;
    }
    assert_eq!(app.count("listings").await, 0);
}

#[tokio::test]
async fn parallel_requests_under_one_key_have_one_effect() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let replies =
        join_all((0..64).map(|_| editor.post("listings", result_form()).key("race").send())).await;
    let made: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert!(!made.is_empty());
    assert!(made.iter().all(|reply| reply.body == made[0].body));
    let others = replies.iter().filter(|reply| reply.status != 201);
    for reply in others {
        assert!(matches!(reply.status.as_u16(), 409 | 503), "{:#}", reply.body);
    }
    assert_eq!(app.count("listings").await, 1);
}

#[tokio::test]
async fn a_transition_repeated_under_its_key_gets_the_first_answer() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let applied = deal.applied().await;
    let path = format!("contracts/{}/recognition/accept", applied.id());
    let body = crate::support::deal::recognition("2026630100000009");
    let registrar = &deal.cast.registrar;
    let ask = || registrar.post(&path, body.clone()).if_match(&applied).key("accept");
    let (first, again) = (ask().ok().await, ask().ok().await);
    assert_eq!(first.body, again.body);
}

#[tokio::test]
async fn the_same_key_for_another_version_is_another_request() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let made = owner.post("listings", result_form()).ok().await;
    let path = format!("listings/{}/submit", made.id());
    owner.act(&path).if_match(&made).key("submit").ok().await;
    let later = owner.act(&path).header("if-match", "\"v2\"").key("submit");
    later.refused(422, "idempotency_key_reused").await;
}
