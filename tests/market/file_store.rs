//! Where the contents of files are: with their rows, gone with them, and nobody else's.

use chrono::TimeDelta;
use listing::Whose;
use reqwest::Method;
use serde_json::json;

use crate::{
    attachments::{TEXT, added, draft, files_of, is_in_order},
    support::{
        api::Form,
        app::App,
        cast::Cast,
        deal::{publish, result_form},
    },
};

#[tokio::test]
async fn a_withdrawn_draft_takes_its_files_along_and_what_was_public_keeps_them() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university;
    let listing = draft(owner).await;
    for visibility in ["public", "protected"] {
        added(&owner.api, &listing, Form::attachment(visibility, "a", TEXT)).await;
    }
    let read = owner.api.get(format!("listings/{listing}")).ok().await;
    let put = owner.api.ask(Method::PUT, format!("listings/{listing}/protected"));
    put.json(json!({ "description": "配方" })).if_match(&read).ok().await;
    let published = publish(&cast, owner, result_form()).await.id().to_owned();
    let file = added(&owner.api, &published, Form::attachment("protected", "b", TEXT)).await;
    for id in [&listing, &published] {
        let path = format!("listings/{id}");
        let read = owner.api.get(&path).ok().await;
        owner.api.act(format!("{path}/withdraw")).if_match(&read).ok().await;
    }
    assert_eq!(app.count("listing_attachments").await, 1);
    assert_eq!(app.count("listing_protected").await, 0);
    assert_eq!(app.tend_files().await, (2, 0));
    assert_eq!(app.contents(), [file.id()]);
    assert_eq!(app.count("listing_removed_attachments").await, 0);
    is_in_order(&app).await;
}

#[tokio::test]
async fn contents_without_a_row_are_swept_after_a_week_and_others_stay() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let file = added(&cast.university.api, &listing, Form::attachment("public", "a", TEXT)).await;
    app.put_content("019cc0de-7b00-7c3e-8a51-0d6f3b2a9e51");
    app.put_content("019cc0de-7b00-7c3e-8a51-0d6f3b2a9e52#1");
    app.put_content("not-ours");
    assert_eq!(app.tend_files().await, (0, 0));
    app.clock.shift(TimeDelta::days(8));
    assert_eq!(app.tend_files().await, (0, 2));
    let mut left = app.contents();
    left.sort();
    assert_eq!(left, [file.id().to_owned(), "not-ours".to_owned()]);
}

#[tokio::test]
async fn another_market_s_store_is_known_and_not_swept() {
    let (ours, theirs) = (App::start().await, App::start().await);
    let cast = Cast::of(&ours).await;
    assert_eq!(ours.files().whose(ours.db()).await.unwrap(), Whose::Ours);
    let listing = draft(&cast.university).await;
    let file = added(&cast.university.api, &listing, Form::attachment("public", "a", TEXT)).await;
    assert!(matches!(ours.files().whose(theirs.db()).await.unwrap(), Whose::Anothers { .. }));
    theirs.clock.shift(TimeDelta::days(8));
    assert!(ours.files().sweep_orphans(theirs.db()).await.is_err());
    assert_eq!(ours.contents(), [file.id()]);
    // Nor is an empty store where files are expected.
    assert!(matches!(theirs.files().whose(ours.db()).await.unwrap(), Whose::Anothers { .. }));
    assert_eq!(theirs.files().whose(theirs.db()).await.unwrap(), Whose::Ours);
}

#[tokio::test]
async fn one_content_that_stays_does_not_keep_the_others() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let form = Form::attachment("public", name, TEXT);
        let file = added(&cast.university.api, &listing, form).await;
        let path = format!("{}/{}", files_of(&listing), file.id());
        cast.university.api.ask(Method::DELETE, path).send().await;
        ids.push(file.id().to_owned());
    }
    // A folder of its name cannot be removed as a file.
    app.hold_content(&ids[0]);
    assert_eq!(app.tend_files().await.0, 1);
    assert_eq!(app.count("listing_removed_attachments").await, 1);
}
