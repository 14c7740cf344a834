//! What a client has already is not sent again.

use crate::support::{app::App, cast::Cast};

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let me = &cast.university.api;
    for (api, path) in [
        (me, "me".to_owned()),
        (me, format!("organisations/{}", cast.university.id)),
        (&app.anyone, "policies".to_owned()),
        (&app.anyone, "policies/xining-2020".to_owned()),
        (&app.anyone, "problems".to_owned()),
        (&app.anyone, "vocabularies".to_owned()),
        (&app.anyone, "/.well-known/jwks.json".to_owned()),
    ] {
        let first = api.get(path.clone()).ok().await;
        let etag = first.etag();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag} is not strong");
        let again = api.get(path.clone()).header("if-none-match", etag.clone()).send().await;
        assert_eq!((again.status.as_u16(), again.raw.as_str()), (304, ""), "{path}");
        assert_eq!(again.etag(), etag, "{path}");
        assert_eq!(again.headers.get("cache-control"), first.headers.get("cache-control"));
        let other = api.get(path.clone()).header("if-none-match", "\"other\"").ok().await;
        assert_eq!(other.body, first.body, "{path}");
    }
}

#[tokio::test]
async fn what_has_changed_is_sent_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let api = &cast.university.api;
    let before = api.get("me").ok().await;
    let path = format!("organisations/{}", cast.university.id);
    let read = api.get(path.clone()).ok().await;
    let contact = serde_json::json!({ "contact": { "name": "李明", "phone": "0971-5310001" } });
    api.patch(path, contact).if_match(&read).ok().await;
    let after = api.get("me").header("if-none-match", before.etag()).ok().await;
    assert_ne!(after.etag(), before.etag());
    assert_eq!(after.body["organisation"]["contact"]["name"], "李明");
}
