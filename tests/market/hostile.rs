//! What nobody should send: refused with a sentence, never a 500, never a half-done change.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::{Cast, registration},
    deal::result_form,
};

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut form = result_form();
    change(&mut form);
    form
}

#[tokio::test]
async fn wrong_shapes_and_values_are_named_with_their_place_in_both_languages() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    for (form, status, pointer, code) in [
        (with(|f| f["extra"] = json!(1)), 400, "/extra", "unknown_field"),
        (with(|f| f["id"] = json!("x")), 400, "/id", "unknown_field"),
        (with(|f| f["status"] = json!("published")), 400, "/status", "unknown_field"),
        (with(|f| f["version"] = json!(9)), 400, "/version", "unknown_field"),
        (with(|f| f["title"] = json!(7)), 400, "/title", "wrong_type"),
        (with(|f| f["keywords"] = json!("x")), 400, "/keywords", "wrong_type"),
        (
            with(|f| f["price"] = json!({ "mode": "fixed", "amount_fen": 1.5 })),
            400,
            "/price/amount_fen",
            "wrong_type",
        ),
        (
            with(|f| f["price"] = json!({ "mode": "fixed", "amount_fen": 10_u64.pow(18) })),
            422,
            "/price/amount_fen",
            "amount_out_of_range",
        ),
        (with(|f| f["title"] = json!("")), 422, "/title", "text_empty"),
        (with(|f| f["title"] = json!("一".repeat(201))), 422, "/title", "text_too_long"),
        (with(|f| f["title"] = json!("a\u{0}b")), 422, "/title", "control_character"),
        (with(|f| f["title"] = json!("a\r\nSet-Cookie: x")), 422, "/title", "control_character"),
        (with(|f| f["abstract"] = json!("a\u{1b}[31m")), 422, "/abstract", "control_character"),
        (with(|f| f["kind"] = json!("gift")), 422, "/kind", "unknown_value"),
        (with(|f| f["domain"] = json!("alchemy")), 422, "/domain", "unknown_value"),
        (with(|f| f["region"] = json!("nowhere")), 422, "/region", "region_malformed"),
        (with(|f| f["trl"] = json!(300)), 422, "/trl", "out_of_range"),
        (
            with(|f| {
                f.as_object_mut().unwrap().remove("title");
            }),
            422,
            "/title",
            "required",
        ),
    ] {
        editor.post("listings", form.clone()).faulty(status, pointer, code).await;
        let chinese =
            editor.in_chinese().post("listings", form).faulty(status, pointer, code).await;
        let detail = chinese.body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.chars().any(|c| c >= '\u{4e00}'), "{code}: {detail}");
    }
    assert_eq!(app.count("listings").await, 0);
    assert_eq!(app.count("audit_entries WHERE object_kind = 'listing'").await, 0);
}

#[tokio::test]
async fn broken_json_and_other_media_are_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let deep = format!("{{\"kind\":{}", "[".repeat(100_000));
    for body in ["", "{", "{\"kind\":", "nonsense", "{}{}", "\u{feff}{}", deep.as_str()] {
        let reply = editor.ask(Method::POST, "listings").raw(body).send().await;
        assert!(matches!(reply.status.as_u16(), 400 | 422), "{body:.40}: {:#}", reply.body);
    }
    let array = editor.ask(Method::POST, "listings").raw("[]");
    array.faulty(400, "", "wrong_type").await;
    let twice = editor.ask(Method::POST, "listings").raw("{\"kind\":\"need\",\"kind\":\"need\"}");
    twice.faulty(400, "/kind", "duplicate_field").await;
    let invalid_utf8: &[u8] = b"{\"kind\":\"\xff\xfe\"}";
    editor.ask(Method::POST, "listings").raw(invalid_utf8).refused(400, "malformed_json").await;
    for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let ask = editor.ask(Method::POST, "listings").header("content-type", kind);
        let reply = ask.raw_body("kind=need").send().await;
        assert_eq!(reply.status, 415, "{kind}: {:#}", reply.body);
    }
}

#[tokio::test]
async fn a_body_beyond_a_mebibyte_is_refused_whether_announced_or_not() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(1024 * 1024));
    let reply = cast.university.api.ask(Method::POST, "listings").raw(large).send().await;
    assert_eq!(reply.status, 413, "{:#}", reply.body);
    assert_eq!(reply.text("code"), "body_too_large");
}

#[tokio::test]
async fn strange_paths_methods_and_queries_are_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let anyone = &app.anyone;
    anyone.get("nowhere").refused(404, "no_such_path").await;
    anyone.ask(Method::PUT, "listings").refused(405, "method_not_allowed").await;
    for id in ["1", "x", "00000000-0000-0000-0000-00000000000g", "%00", "..%2f..%2fetc", "'--"] {
        let reply = anyone.get(format!("listings/{id}")).send().await;
        assert_eq!(reply.status, 404, "{id}: {:#}", reply.body);
    }
    for (query, status) in [
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=1e9", 422),
        ("limit=-1", 422),
        ("kind=gift", 422),
        ("trl_min=x", 400),
        ("unknown=1", 400),
        ("sort=random", 422),
        ("price_max=1.5", 400),
        ("q=%00", 422),
        ("cursor=%F0%9F%98%80", 400),
    ] {
        let reply = anyone.get(format!("listings?{query}")).send().await;
        assert_eq!(reply.status.as_u16(), status, "{query}: {:#}", reply.body);
    }
    let odd = anyone.get("listings?q='; DROP TABLE listings; --").ok().await;
    assert!(odd.items().is_empty());
    drop(cast);
}

#[tokio::test]
async fn registration_refuses_wrong_codes_weak_passwords_and_grand_kinds() {
    let app = App::start().await;
    let form = |change: &dyn Fn(&mut Value)| {
        let mut form = registration(99, "enterprise", "630102");
        change(&mut form);
        form
    };
    for (body, pointer) in [
        (form(&|f| f["credit_code"] = json!("91350100M000100Y34")), "/credit_code"),
        (form(&|f| f["kind"] = json!("market")), "/kind"),
        (form(&|f| f["kind"] = json!("government")), "/kind"),
        (form(&|f| f["account"]["password"] = json!("short")), "/account/password"),
        (form(&|f| f["account"]["password"] = json!("123456789012")), "/account/password"),
        (form(&|f| f["account"]["email"] = json!("no address")), "/account/email"),
        (form(&|f| f["region"] = json!("63")), "/region"),
    ] {
        let reply = app.anyone.post("organisations", body).send().await;
        assert_eq!(reply.status, 422, "{:#}", reply.body);
        assert_eq!(reply.body["errors"][0]["pointer"], json!(pointer), "{:#}", reply.body);
    }
    assert_eq!(app.count("organisations WHERE kind = 'enterprise'").await, 0);
    assert_eq!(app.count("accounts WHERE email = 'person99@example.cn'").await, 0);
}

#[tokio::test]
async fn every_answer_carries_the_protective_headers_and_its_names() {
    let app = App::start().await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for path in ["listings", "nowhere", "/healthz"] {
        let ask = app.anyone.get(path).header("traceparent", trace).header("x-request-id", "abc-1");
        let reply = ask.send().await;
        let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-request-id"), "abc-1");
        assert!(header("traceparent").starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
        assert!(header("content-security-policy").contains("default-src 'none'"));
        assert!(reply.headers.contains_key("strict-transport-security"));
    }
    let bad =
        app.anyone.get("listings").header("x-request-id", "bad id\u{7f}".replace('\u{7f}', ";"));
    let reply = bad.send().await;
    assert_eq!(reply.headers["x-request-id"].len(), 32, "a bad request id is replaced");
}
