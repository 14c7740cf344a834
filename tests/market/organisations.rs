//! Organisations: registered by themselves, checked by an operator.

use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::{Cast, registration, suspend, verify},
};

#[tokio::test]
async fn an_organisation_registers_and_an_operator_verifies_it() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let newcomer = app.register("institute", "630121").await;
    let path = format!("organisations/{}", newcomer.id);
    let read = newcomer.api.get(&path).ok().await;
    assert_eq!(read.text("status"), "registered");
    newcomer.api.act(format!("{path}/verify")).if_match(&read).refused(403, "forbidden").await;
    verify(&cast.operator, &newcomer).await;
    assert_eq!(newcomer.api.get(&path).ok().await.text("status"), "verified");
    let told =
        format!("events WHERE name = 'organisation.verified' AND aggregate_id = '{}'", newcomer.id);
    assert_eq!(app.count(&told).await, 1);
    let again = cast.operator.get(&path).ok().await;
    let twice = cast.operator.act(format!("{path}/verify")).if_match(&again);
    twice.refused(409, "invalid_state").await;
}

#[tokio::test]
async fn contacts_of_an_organisation_are_for_itself_and_staff() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let path = format!("organisations/{}", cast.university.id);
    for (reader, sees) in [
        (&app.anyone, false),
        (&cast.stranger.api, false),
        (&cast.university.api, true),
        (&cast.operator, true),
    ] {
        let seen = reader.get(&path).ok().await;
        assert_eq!(seen.body.to_string().contains("13900000000"), sees, "{:#}", seen.body);
    }
}

#[tokio::test]
async fn a_credit_code_and_an_address_name_one_organisation_and_one_person() {
    let app = App::start().await;
    let form = registration(500, "enterprise", "630102");
    app.anyone.post("organisations", form.clone()).ok().await;
    let mut same_code = form.clone();
    same_code["account"]["email"] = json!("someone-else@example.cn");
    app.anyone.post("organisations", same_code).refused(409, "credit_code_taken").await;
    let mut same_email = registration(501, "enterprise", "630102");
    same_email["account"]["email"] = form["account"]["email"].clone();
    app.anyone.post("organisations", same_email).refused(409, "email_taken").await;
    let known: Value = json!(app.count("organisations WHERE kind = 'enterprise'").await);
    assert_eq!(known, json!(1));
}

#[tokio::test]
async fn what_has_become_wrong_of_a_verified_organisation_an_operator_puts_right() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let path = format!("organisations/{}", cast.enterprise.id);
    let moved = json!({ "region": "park-nanchuan" });
    let verified = cast.operator.get(&path).ok().await;
    for somebody in [&cast.operator, &cast.enterprise.api] {
        let change = somebody.patch(&path, moved.clone()).if_match(&verified);
        change.refused(409, "invalid_state").await;
    }
    cast.university
        .api
        .patch(&path, moved.clone())
        .if_match(&verified)
        .refused(403, "forbidden")
        .await;
    suspend(&cast.operator, &cast.enterprise).await;
    let suspended = cast.operator.get(&path).ok().await;
    let changed = cast.operator.patch(&path, moved).if_match(&suspended).ok().await;
    assert_eq!(changed.text("region"), "park-nanchuan");
    verify(&cast.operator, &cast.enterprise).await;
    app.settle().await;
    assert_eq!(cast.operator.get(&path).ok().await.text("region"), "park-nanchuan");
}

#[tokio::test]
async fn whoever_registers_with_the_code_of_another_does_not_keep_it() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let squatter = app.register("university", "630104").await;
    let code = squatter.api.get(format!("organisations/{}", squatter.id)).ok().await;
    let mut form = registration(700, "university", "630104");
    form["credit_code"] = code.body["credit_code"].clone();
    app.anyone.post("organisations", form.clone()).refused(409, "credit_code_taken").await;

    suspend(&cast.operator, &squatter).await;
    app.anyone.post("organisations", form.clone()).ok().await;
    // There is one at a time: the other is not let in beside it.
    let path = format!("organisations/{}", squatter.id);
    let shut_out = cast.operator.get(&path).ok().await;
    let verify = cast.operator.act(format!("{path}/verify")).if_match(&shut_out);
    verify.refused(409, "credit_code_taken").await;

    // Who was verified keeps its code also while it is suspended.
    suspend(&cast.operator, &cast.university).await;
    let own = cast.operator.get(format!("organisations/{}", cast.university.id)).ok().await;
    form["credit_code"] = own.body["credit_code"].clone();
    form["account"]["email"] = json!("another@example.cn");
    app.anyone.post("organisations", form).refused(409, "credit_code_taken").await;
}

#[tokio::test]
async fn a_suspension_is_announced_and_the_organisation_may_be_verified_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let path = format!("organisations/{}", cast.university.id);
    suspend(&cast.operator, &cast.university).await;
    let form = crate::support::deal::result_form();
    cast.university.api.post("listings", form).refused(401, "rights_changed").await;
    assert_eq!(cast.operator.get(&path).ok().await.text("status"), "suspended");
    let told = |name| {
        format!(
            "events WHERE name = 'organisation.{name}' AND aggregate_id = '{}'",
            cast.university.id
        )
    };
    assert_eq!(app.count(&told("suspended")).await, 1);
    assert_eq!(app.count(&told("verified")).await, 1);
    app.settle().await;
    verify(&cast.operator, &cast.university).await;
    assert_eq!(app.count(&told("verified")).await, 2);
    app.settle().await;
}
