//! Files of listings: told by their content, kept once, fetched in parts, gone when they are gone.

use std::{io::Write, time::Duration};

use futures::future::join_all;
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    api::{Api, Form, Reply},
    app::{ALLOWANCE, App},
    cast::{Cast, Org},
    cluster,
    deal::result_form,
};

pub(crate) const TEXT: &str = "0123456789abcdefghij";

pub(crate) async fn draft(owner: &Org) -> String {
    owner.api.post("listings", result_form()).ok().await.id().to_owned()
}

pub(crate) fn files_of(listing: &str) -> String {
    format!("listings/{listing}/attachments")
}

async fn add(api: &Api, listing: &str, form: Form) -> Reply {
    api.ask(Method::POST, files_of(listing)).form(form).send().await
}

pub(crate) async fn added(api: &Api, listing: &str, form: Form) -> Reply {
    let reply = add(api, listing, form).await;
    assert_eq!(reply.status, 201, "{:#}", reply.body);
    reply
}

/// What is kept for each organisation is what its files add up to, and each file has its content.
pub(crate) async fn is_in_order(app: &App) {
    let kept = app.number("SELECT coalesce(sum(bytes), 0) FROM listing_storage").await;
    let files = app.number("SELECT coalesce(sum(size), 0) FROM listing_attachments").await;
    assert_eq!(kept, files);
    let rows = cluster::query(&app.url, "SELECT id::text FROM listing_attachments").await;
    let contents = app.contents();
    for row in rows {
        let id: String = row.get(0);
        assert!(contents.contains(&id), "{id} has no content");
    }
    assert_eq!(app.half_received(), 0);
}

#[tokio::test]
async fn a_file_is_added_and_fetched_whole_in_part_and_not_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let listing = draft(&cast.university).await;
    let file = added(editor, &listing, Form::attachment("public", "说明.pdf", TEXT)).await;
    assert_eq!(file.text("file_type"), "text");
    assert_eq!(file.text("file_name"), "说明.pdf.txt");
    assert_eq!(file.body["size"], json!(20));
    let path = file.headers["location"].to_str().unwrap().to_owned();
    let content = format!("{path}/content");

    let whole = editor.get(&content).ok().await;
    assert_eq!((whole.status.as_u16(), whole.raw.as_str()), (200, TEXT));
    let header = |name: &str| whole.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain");
    assert_eq!(header("content-length"), "20");
    assert_eq!(header("etag"), format!("\"{}\"", file.text("sha256")));
    assert_eq!(header("accept-ranges"), "bytes");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"__.pdf.txt\"; filename*=UTF-8''%E8%AF%B4%E6%98%8E.pdf.txt"
    );
    for (range, status, bytes, said) in [
        ("bytes=0-3", 206, &TEXT[0..4], Some("bytes 0-3/20")),
        ("bytes=15-", 206, &TEXT[15..], Some("bytes 15-19/20")),
        ("bytes=-2", 206, &TEXT[18..], Some("bytes 18-19/20")),
        ("bytes=5-999", 206, &TEXT[5..], Some("bytes 5-19/20")),
        ("bytes=0-1,4-5", 200, TEXT, None),
        ("bytes=x", 200, TEXT, None),
    ] {
        let part = editor.get(&content).header("range", range).send().await;
        assert_eq!((part.status.as_u16(), part.raw.as_str()), (status, bytes), "{range}");
        let found = part.headers.get("content-range").map(|value| value.to_str().unwrap());
        assert_eq!(found, said, "{range}");
    }
    let beyond = editor.get(&content).header("range", "bytes=20-");
    let beyond = beyond.refused(416, "range_not_satisfiable").await;
    assert_eq!(beyond.headers["content-range"], "bytes */20");
    let known = editor.get(&content).header("if-none-match", header("etag")).send().await;
    assert_eq!((known.status.as_u16(), known.raw.as_str()), (304, ""));
    let other = editor.get(&content).header("range", "bytes=0-3").header("if-range", "\"x\"");
    assert_eq!(other.send().await.status, 200);
    let head = editor.ask(Method::HEAD, &content).send().await;
    assert_eq!((head.status.as_u16(), head.raw.as_str()), (200, ""));
    assert_eq!(head.headers["content-length"], "20");

    let about = editor.get(&path).ok().await;
    assert_eq!(about.body["sha256"], file.body["sha256"]);
    let listed = editor.get(files_of(&listing)).ok().await;
    assert_eq!(listed.items().len(), 1);
    // The file's ETag names the listing's new version.
    editor.act(format!("listings/{listing}/submit")).if_match(&file).ok().await;
    is_in_order(&app).await;
}

#[tokio::test]
async fn a_large_file_comes_back_byte_for_byte() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let text: String = (0..1_200_000).map(|n| format!("{n:07}\n")).collect();
    let form = Form::attachment("public", "large.txt", &text);
    let file = added(&cast.university.api, &listing, form).await;
    let content = format!("{}/{}/content", files_of(&listing), file.id());
    let whole = cast.university.api.get(&content).ok().await;
    assert!(whole.raw == text, "{} bytes came back of {}", whole.raw.len(), text.len());
    let middle = cast.university.api.get(&content).header("range", "bytes=5242872-5242903");
    assert_eq!(middle.ok().await.raw, &text[5_242_872..=5_242_903]);
    is_in_order(&app).await;
}

#[tokio::test]
async fn hostile_names_stay_names() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    for (name, kept) in [
        ("../../../etc/passwd", "passwd.txt"),
        ("..\\..\\boot.ini", "boot.ini.txt"),
        ("a\r\nX-Evil: 1.txt", "a  X-Evil 1.txt"),
        ("\"; filename=evil.exe", "filename=evil.exe.txt"),
        ("gpj\u{202E}.txt", "gpj.txt"),
        ("中文 名称.txt", "中文 名称.txt"),
        (".", "file.txt"),
    ] {
        let form = Form::default().text("visibility", "public").text("title", "x").file(name, TEXT);
        let file = added(&cast.university.api, &listing, form).await;
        assert_eq!(file.text("file_name"), kept, "{name:?}");
        let content = format!("{}/{}/content", files_of(&listing), file.id());
        let fetched = cast.university.api.get(content).ok().await;
        let said = fetched.headers["content-disposition"].to_str().unwrap();
        assert!(said.starts_with("attachment; filename=\""), "{said}");
        assert!(fetched.headers.get("x-evil").is_none());
    }
    // Contents are kept under ids, whatever the names.
    assert!(app.contents().iter().all(|name| name.len() == 36));
}

fn office_with_macros() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("[Content_Types].xml", options).unwrap();
    let kind = "application/vnd.ms-word.document.macroEnabled.main+xml";
    write!(writer, "<Types><Override PartName=\"/a\" ContentType=\"{kind}\"/></Types>").unwrap();
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn what_is_not_taken_leaves_nothing() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let listing = draft(&cast.university).await;
    for (content, code) in [
        (&b""[..], "file_empty"),
        (b"<svg onload='x'/>", "file_type_not_allowed"),
        (b"<!doctype html>", "file_type_not_allowed"),
        (b"MZ\x90\0\x03\0\0\0", "file_type_not_allowed"),
        (b"%PDF-1.7 cut off", "file_damaged"),
        (b"%PDF-1.7\n%%EOF\nPK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "file_ambiguous"),
        (&office_with_macros(), "file_has_macros"),
    ] {
        let form = Form::attachment("public", "a.pdf", content);
        let ask = editor.ask(Method::POST, files_of(&listing)).form(form);
        ask.faulty(422, "/file", code).await;
    }
    let fields = Form::default().text("visibility", "public").text("title", "x");
    for (form, status, pointer, code) in [
        (fields.clone(), 422, "/file", "required"),
        (Form::default().text("title", "x").file("a", TEXT), 422, "/visibility", "required"),
        (fields.clone().text("more", "x").file("a", TEXT), 400, "/more", "unknown_field"),
        (fields.clone().text("title", "y").file("a", TEXT), 400, "/title", "duplicate_field"),
        (fields.clone().file("a", TEXT).file("b", TEXT), 400, "/file", "duplicate_field"),
        (Form::attachment("secret", "a", TEXT), 422, "/visibility", "unknown_value"),
        (
            Form::default()
                .text("visibility", "public")
                .text("title", &"长".repeat(201))
                .file("a", TEXT),
            422,
            "/title",
            "text_too_long",
        ),
    ] {
        let ask = editor.ask(Method::POST, files_of(&listing)).form(form);
        ask.faulty(status, pointer, code).await;
    }
    let json = editor.post(files_of(&listing), json!({}));
    json.refused(415, "unsupported_media_type").await;
    let torn = editor.ask(Method::POST, files_of(&listing)).raw_body("--XbordeR\r\nnonsense");
    torn.header("content-type", Form::MEDIA_TYPE).refused(400, "malformed").await;
    assert!(app.contents().is_empty());
    assert_eq!(app.count("listing_attachments").await, 0);
    assert_eq!(app.count("audit_entries WHERE act = 'add_attachment'").await, 0);
    is_in_order(&app).await;
}

/// The head of a raw upload, and the beginning of its file.
fn raw_head(app: &App, api: &Api, listing: &str, length: &str) -> String {
    let host = app.anyone.base().trim_start_matches("http://").to_owned();
    format!(
        "POST /api/v1/{} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {}\r\n{length}\r\n\r\n",
        files_of(listing),
        api.token(),
        Form::MEDIA_TYPE,
    )
}

async fn raw(app: &App) -> TcpStream {
    TcpStream::connect(app.anyone.base().trim_start_matches("http://")).await.unwrap()
}

async fn status_of(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut answer));
    let read = read.await.expect("an answer in time").unwrap_or(0);
    String::from_utf8_lossy(&answer[..read]).split(' ').nth(1).unwrap_or("closed").to_owned()
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read_or_where_it_is_too_large() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let api = &cast.university.api;
    let listing = draft(&cast.university).await;
    // Announced: refused before a byte of it is read.
    let mut stream = raw(&app).await;
    let head = raw_head(&app, api, &listing, "Content-Length: 30000000");
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status_of(&mut stream).await, "413");
    // Not announced: refused where it passes 20 MiB.
    let mut stream = raw(&app).await;
    let head = raw_head(&app, api, &listing, "Transfer-Encoding: chunked");
    stream.write_all(head.as_bytes()).await.unwrap();
    let form = Form::attachment("public", "a.txt", "x".repeat(21 * 1024 * 1024)).finish();
    for piece in form.chunks(1 << 20) {
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        if stream.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n").await;
    assert!(matches!(status_of(&mut stream).await.as_str(), "413" | "closed"));
    assert!(app.contents().is_empty());
    assert_eq!(app.count("listing_attachments").await, 0);
}

#[tokio::test]
async fn an_upload_that_breaks_off_or_dribbles_leaves_nothing() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let api = &cast.university.api;
    let listing = draft(&cast.university).await;
    let form = Form::attachment("public", "a.txt", "x".repeat(2 << 20)).finish();
    let length = format!("Content-Length: {}", form.len());
    for part in [0, 100, 1 << 20, form.len() - 3] {
        let mut stream = raw(&app).await;
        stream.write_all(raw_head(&app, api, &listing, &length).as_bytes()).await.unwrap();
        stream.write_all(&form[..part]).await.unwrap();
        drop(stream);
    }
    // A form that ends without its last boundary is none.
    let mut stream = raw(&app).await;
    let short = format!("Content-Length: {}", form.len() - 20);
    stream.write_all(raw_head(&app, api, &listing, &short).as_bytes()).await.unwrap();
    stream.write_all(&form[..form.len() - 20]).await.unwrap();
    assert_eq!(status_of(&mut stream).await, "400");
    // One that comes too slowly is cut off.
    let mut stream = raw(&app).await;
    stream.write_all(raw_head(&app, api, &listing, &length).as_bytes()).await.unwrap();
    stream.write_all(&form[..400]).await.unwrap();
    assert_eq!(status_of(&mut stream).await, "400");
    assert!(app.contents().is_empty());
    assert_eq!(app.count("listing_attachments").await, 0);
    assert_eq!(app.half_received(), 0);
}

#[tokio::test]
async fn only_the_owners_editors_add_and_remove_and_only_in_the_right_state() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university;
    let form = |visibility: &str| Form::attachment(visibility, "a.txt", TEXT);
    let made = owner.api.post("listings", result_form()).ok().await;
    let listing = made.id().to_owned();
    let path = format!("listings/{listing}");
    let file = added(&owner.api, &listing, form("public")).await;
    assert_eq!(add(&app.anyone, &listing, form("public")).await.status, 401);
    assert_eq!(add(&cast.stranger.api, &listing, form("public")).await.status, 404);
    let one = format!("{}/{}", files_of(&listing), file.id());
    cast.stranger.api.get(&one).refused(404, "not_found").await;
    cast.stranger.api.get(files_of(&listing)).refused(404, "not_found").await;
    cast.stranger.api.get(format!("{one}/content")).refused(404, "not_found").await;
    cast.operator.get(format!("{one}/content")).ok().await;
    assert_eq!(add(&cast.operator, &listing, form("public")).await.status, 403);

    // Being read: nothing is added. Published: only what is protected.
    let submitted = owner.api.act(format!("{path}/submit")).if_match(&file).ok().await;
    let refusals = async |expected: [u16; 2]| {
        let statuses = [
            add(&owner.api, &listing, form("public")).await.status.as_u16(),
            add(&owner.api, &listing, form("protected")).await.status.as_u16(),
        ];
        assert_eq!(statuses, expected);
    };
    refusals([409, 409]).await;
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await;
    refusals([409, 201]).await;
    let seen = app.anyone.get(files_of(&listing)).ok().await;
    assert_eq!(seen.items().len(), 1, "{:#}", seen.body);
    assert_eq!(app.anyone.get(format!("{one}/content")).ok().await.raw, TEXT);
    assert_eq!(add(&cast.stranger.api, &listing, form("protected")).await.status, 403);
    let remove = |api: &Api| {
        let (api, one) = (api.clone(), one.clone());
        async move { api.ask(Method::DELETE, one).send().await.status.as_u16() }
    };
    assert_eq!(remove(&app.anyone).await, 401);
    assert_eq!(remove(&cast.stranger.api).await, 403);
    assert_eq!(remove(&cast.operator).await, 403);
    assert_eq!(remove(&owner.api).await, 204);
    assert_eq!(remove(&owner.api).await, 404);
    assert_eq!(app.count("audit_entries WHERE act = 'remove_attachment'").await, 1);
    app.anyone.get(&one).refused(404, "not_found").await;
    let (removed, _) = app.tend_files().await;
    assert_eq!((removed, app.contents().len()), (1, 1));

    let read = owner.api.get(&path).ok().await;
    owner.api.act(format!("{path}/withdraw")).if_match(&read).ok().await;
    refusals([409, 409]).await;
    is_in_order(&app).await;
}

#[tokio::test]
async fn a_file_belongs_to_its_listing_only() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (one, other) = (draft(&cast.university).await, draft(&cast.university).await);
    let file = added(&cast.university.api, &one, Form::attachment("public", "a", TEXT)).await;
    let astray = format!("{}/{}", files_of(&other), file.id());
    for path in [astray.clone(), format!("{astray}/content")] {
        cast.university.api.get(path).refused(404, "not_found").await;
    }
    let remove = cast.university.api.ask(Method::DELETE, astray).send().await;
    assert_eq!(remove.status, 404);
    for id in ["x", "..%2f..%2fetc", "00000000-0000-7000-8000-000000000000"] {
        let path = format!("{}/{id}/content", files_of(&one));
        cast.university.api.get(path).refused(404, "not_found").await;
    }
}

#[tokio::test]
async fn a_listing_has_twenty_files_however_many_come_at_once() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let tries = (0..24).map(|n| {
        let form = Form::attachment("public", &format!("{n}.txt"), TEXT);
        add(&cast.university.api, &listing, form)
    });
    let mut statuses: Vec<u16> =
        join_all(tries).await.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![201; 20], vec![409; 4]].concat());
    // What was refused is not kept.
    assert_eq!(app.contents().len(), 20);
    let full = Form::attachment("public", "more.txt", TEXT);
    let refused = cast.university.api.ask(Method::POST, files_of(&listing)).form(full);
    refused.refused(409, "too_many_attachments").await;
    is_in_order(&app).await;
}

#[tokio::test]
async fn an_organisation_keeps_no_more_than_it_may() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    added(&cast.university.api, &listing, Form::attachment("public", "a", TEXT)).await;
    let near = format!("UPDATE listing_storage SET bytes = {} RETURNING bytes", ALLOWANCE - 500);
    cluster::query(&app.url, &near).await;
    // Refused before it is read, by what it announces; and by its size, if it announces nothing.
    let form = Form::attachment("public", "b", "x".repeat(600));
    let ask = cast.university.api.ask(Method::POST, files_of(&listing)).form(form.clone());
    ask.refused(409, "storage_full").await;
    let mut stream = raw(&app).await;
    let head = raw_head(&app, &cast.university.api, &listing, "Transfer-Encoding: chunked");
    let body = form.finish();
    let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    stream.write_all(&[head.as_bytes(), &chunk].concat()).await.unwrap();
    assert_eq!(status_of(&mut stream).await, "409");
    assert_eq!(app.contents().len(), 1);
    // Another organisation has an allowance of its own.
    let other = draft(&cast.enterprise).await;
    added(&cast.enterprise.api, &other, Form::attachment("public", "a", TEXT)).await;
}

#[tokio::test]
async fn a_repeated_upload_is_kept_once() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let send = async |content: &str| {
        let form = Form::attachment("public", "a.txt", content);
        let ask = cast.university.api.ask(Method::POST, files_of(&listing)).form(form);
        ask.key("upload-1").send().await
    };
    let (first, second) = (send(TEXT).await, send(TEXT).await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.body, second.body);
    assert_eq!(send("another").await.text("code"), "idempotency_key_reused");
    assert_eq!(app.contents(), [first.id()]);
    is_in_order(&app).await;
}

#[tokio::test]
async fn an_auditor_reads_and_an_administrator_does_not() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let listing = draft(&cast.university).await;
    let file =
        added(&cast.university.api, &listing, Form::attachment("protected", "a", TEXT)).await;
    let content = format!("{}/{}/content", files_of(&listing), file.id());
    let auditor = app.staff(&[Role::Auditor]).await;
    assert_eq!(auditor.get(&content).ok().await.raw, TEXT);
    let admin = app.staff(&[Role::Admin]).await;
    admin.get(&content).refused(404, "not_found").await;
    let looks = cast.university.api.get(format!("listings/{listing}/looks")).ok().await;
    let found: Vec<&Value> = looks.items().iter().map(|look| &look["what"]).collect();
    assert_eq!(found, [&json!("attachment")]);
}
