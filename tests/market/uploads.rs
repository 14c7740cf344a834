//! Uploads beside one another, and what only looks like one.

use std::time::Duration;

use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    attachments::{draft, files_of},
    support::{
        api::{Api, Ask, Form},
        app::App,
        cast::Cast,
        cluster,
    },
};

/// The head of a form that never comes.
async fn begin(app: &App, api: &Api, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.anyone.address()).await.unwrap();
    let head = format!(
        "POST /api/v1/{path} HTTP/1.1\r\nHost: market\r\nAccept-Language: en\r\n\
         Authorization: Bearer {}\r\nContent-Type: {}\r\nContent-Length: 1000\r\n\r\n--",
        api.token(),
        Form::MEDIA_TYPE,
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

fn send<'a>(api: &'a Api, listing: &str) -> Ask<'a> {
    let form = Form::attachment("public", "a.txt", "a");
    api.ask(Method::POST, files_of(listing)).form(form)
}

#[tokio::test]
async fn one_organisation_leaves_places_for_the_uploads_of_others() {
    let app = App::start_with(|settings| settings.uploads.of_one = 2).await;
    let cast = Cast::of(&app).await;
    let (own, other) = (&cast.university, &cast.enterprise);
    let (listing, theirs) = (draft(own).await, draft(other).await);
    let slow = [
        begin(&app, &own.api, &files_of(&listing)).await,
        begin(&app, &own.api, "listing-imports").await,
    ];
    let refused = loop {
        let reply = send(&own.api, &listing).send().await;
        if reply.status != 201 {
            break reply;
        }
    };
    assert_eq!((refused.status.as_u16(), refused.text("code")), (429, "uploads_too_many"));
    assert!(refused.headers.contains_key("retry-after"));
    send(&other.api, &theirs).ok().await;
    drop(slow);
    while send(&own.api, &listing).send().await.status != 201 {}
}

#[tokio::test]
async fn what_only_calls_itself_an_upload_has_no_more_time_than_others() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let hasty = app.beside(|settings| settings.request_deadline = Duration::from_millis(500)).await;
    let mut other = cluster::connect(&app.url).await;
    let held = other.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE listings IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let pretends = hasty.anyone.get("listings").header("content-type", Form::MEDIA_TYPE).send();
    let late = timeout(Duration::from_secs(10), pretends).await.expect("an answer in time");
    assert_eq!((late.status.as_u16(), late.text("code")), (503, "timed_out"));
    held.rollback().await.unwrap();
    // Who has signed in and sends a file to where files are taken has.
    let mut slow = begin(&hasty, &cast.university.api, &files_of(&listing)).await;
    let mut answer = [0; 16];
    let early = timeout(Duration::from_secs(2), slow.read(&mut answer)).await;
    assert!(early.is_err(), "cut off: {}", String::from_utf8_lossy(&answer));
}
