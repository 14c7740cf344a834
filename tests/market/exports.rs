//! Listings taken away as sheets and lines: as much of them as may be seen, and no formula.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::Cast,
    deal::{publish, result_form},
    sheets::{Row, counted, csv, import, row, with},
};

const DANGEROUS: [&str; 6] = ["=1+1", "+86", "-1", "@SUM(A1)", "＝1", "'=x"];

fn forms() -> Vec<Value> {
    let mut forms: Vec<Value> = (0..450)
        .map(|n| {
            let mut form = result_form();
            form["reference"] = json!(format!("QHU-{n:03}"));
            form["title"] = json!(format!("防冰涂层之{n}"));
            form
        })
        .collect();
    for (form, title) in forms.iter_mut().zip(DANGEROUS) {
        form["title"] = json!(title);
        form["abstract"] = json!("含\"引号\",逗号\n与换行;分号");
        form["keywords"] = json!(["a;b", "c、d", "\\"]);
        form["trl"] = json!(6);
        form["trl_evidence"] = json!("中试报告");
        form["advantages"] = json!("不用停机");
        form["ipc"] = json!(["C01D 15/08", "H01M"]);
        form["price"] = json!({ "mode": "fixed", "amount_fen": 123_456_789 });
        form["patents"] = json!([
            { "number": "CN201710601862.3", "kind": "invention", "status": "granted" },
            { "number": "CN202030123456.3", "kind": "design", "status": "pending",
              "expires_on": "2035-01-31" },
        ]);
        form["contact"]["email"] = json!("lan@example.cn");
        form["expires_on"] = json!("2099-12-31");
    }
    let mut need = crate::support::deal::need_form();
    need["deadline"] = json!("2099-06-30");
    need["reference"] = json!("XQ-1");
    need["budget"] = json!({ "min_fen": 1, "max_fen": 1_000_000_000_000_000_i64 });
    forms.push(need);
    forms
}

/// What a listing says, without what the market says of it.
fn said(listing: &Value) -> Value {
    let mut said = listing.clone();
    for told in [
        "id",
        "number",
        "version",
        "organisation",
        "created_at",
        "updated_at",
        "status",
        "trl_scale",
    ] {
        said.as_object_mut().unwrap().remove(told);
    }
    said
}

fn lines(text: &str) -> Vec<Value> {
    let mut listings: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    listings.sort_by_key(|listing| listing["reference"].to_string());
    listings
}

#[tokio::test]
async fn what_is_taken_away_can_be_brought_in_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university;
    for form in forms() {
        owner.api.post("listings", form).ok().await;
    }
    let own = format!("listings/export?organisation={}", owner.id);
    let original = owner.api.get(format!("{own}&format=jsonl")).ok().await;
    let original = lines(&original.raw);
    assert_eq!(original.len(), 451);
    for (format, chinese) in [("csv", true), ("csv", false), ("xlsx", true), ("xlsx", false)] {
        let api = if chinese { owner.api.in_chinese() } else { owner.api.clone() };
        let taken = api.get(format!("{own}&format={format}")).ok().await;
        let name = format!("a.{format}");
        let disposition = taken.headers["content-disposition"].to_str().unwrap().to_owned();
        assert!(disposition.starts_with("attachment; filename=\"listings-"), "{disposition}");

        let told = import(&app, &owner.api, &name, &taken.bytes, "all_or_nothing").await;
        assert_eq!(counted(&told, &["unchanged", "failed"]), [451, 0], "{format}: {:#}", told.body);
        let other = app.register("university", "630104").await;
        let told = import(&app, &other.api, &name, &taken.bytes, "all_or_nothing").await;
        assert_eq!(counted(&told, &["created", "failed"]), [451, 0], "{format}: {:#}", told.body);
        let path = format!("listings/export?format=jsonl&organisation={}", other.id);
        let copied = lines(&other.api.get(path).ok().await.raw);
        for (one, two) in original.iter().zip(&copied) {
            assert_eq!(said(one), said(two), "{format}");
        }
    }
}

#[tokio::test]
async fn who_names_no_format_is_told_which_there_are() {
    let app = App::start().await;
    let refused = app.anyone.get("listings/export").faulty(422, "?format", "required").await;
    let said = refused.body["errors"][0]["detail"].as_str().unwrap();
    assert!(said.contains("xlsx, csv, jsonl"), "{said}");
}

#[tokio::test]
async fn no_cell_is_a_formula() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university;
    for form in forms().into_iter().take(DANGEROUS.len()) {
        owner.api.post("listings", form).ok().await;
    }
    let own = format!("listings/export?organisation={}", owner.id);
    let csv = owner.api.get(format!("{own}&format=csv")).ok().await;
    assert!(csv.bytes.starts_with("\u{FEFF}".as_bytes()));
    for title in DANGEROUS {
        assert!(csv.raw.contains(&format!(",'{title},")), "{title}: {}", csv.raw);
        assert!(!csv.raw.contains(&format!(",{title},")), "{title}");
    }
    let taken = owner.api.get(format!("{own}&format=xlsx")).ok().await;
    let mut workbook = Xlsx::new(Cursor::new(taken.bytes)).unwrap();
    let formulas = workbook.worksheet_formula("listings").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    let range = workbook.worksheet_range("listings").unwrap();
    for title in DANGEROUS {
        assert!(range.used_cells().any(|(_, _, cell)| *cell == Data::String(title.to_owned())));
    }
}

#[tokio::test]
async fn everybody_takes_away_what_they_may_see_and_no_more() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut public = result_form();
    public["reference"] = json!("SECRET-REF");
    publish(&cast, &cast.university, public).await;
    let mut draft = result_form();
    draft["title"] = json!("还没写完");
    cast.university.api.post("listings", draft).ok().await;
    for format in ["jsonl", "csv"] {
        let all = format!("listings/export?format={format}");
        let of_owner = format!("{all}&organisation={}", cast.university.id);
        for stranger in [&app.anyone, &cast.enterprise.api, &cast.broker.api] {
            for path in [&all, &of_owner] {
                let taken = stranger.get(path).ok().await;
                assert!(taken.raw.contains("超疏水防冰涂层"), "{}", taken.raw);
                for hidden in ["还没写完", "SECRET-REF", "13900000000", "马兰"] {
                    assert!(!taken.raw.contains(hidden), "{hidden}: {}", taken.raw);
                }
            }
        }
        let own = cast.university.api.get(&of_owner).ok().await;
        for shown in ["还没写完", "SECRET-REF", "13900000000"] {
            assert!(own.raw.contains(shown), "{shown}");
        }
    }
    let found = app.anyone.get("listings/export?format=jsonl&q=防冰&domain=big_data").ok().await;
    assert_eq!(found.raw, "");
    let found = app.anyone.get("listings/export?format=jsonl&q=防冰&trl_min=6").ok().await;
    assert_eq!(found.raw.lines().count(), 1);
    let draft = app.anyone.get("listings/export?format=jsonl&status=draft").ok().await;
    assert_eq!(draft.raw, "");
    app.anyone.get("listings/export").faulty(422, "?format", "required").await;
    app.anyone.get("listings/export?format=pdf").faulty(422, "?format", "unknown_value").await;
    app.anyone.get("listings/export?format=csv&x=1").faulty(400, "?x", "unknown_field").await;
    let counted = app.anyone.get("listings/export?format=csv&facets=true");
    counted.faulty(400, "?facets", "unknown_field").await;
    app.anyone.get("listings/export?format=csv&kind=x").faulty(422, "?kind", "unknown_value").await;
}

#[tokio::test]
async fn who_does_not_take_what_was_asked_for_keeps_nobody_from_theirs() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university;
    // More than a connection takes that nobody reads from.
    let long = "长".repeat(20_000);
    let rows: Vec<Row> = (0..200).map(|n| with(row(format!("{n}")), "详细说明", &long)).collect();
    let told = import(&app, &owner.api, "a.csv", &csv(&rows), "all_or_nothing").await;
    assert_eq!(counted(&told, &["created"]), [200]);
    let path = format!("/api/v1/listings/export?format=jsonl&organisation={}", owner.id);
    let mut idle = Vec::new();
    for _ in 0..10 {
        let client = reqwest::Client::new().get(format!("{}{path}", owner.api.base()));
        let answer = client.bearer_auth(owner.api.token()).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        idle.push(answer);
    }
    let taken = owner.api.get(&path).ok().await;
    assert_eq!(taken.raw.lines().count(), 200);
    for answer in idle {
        let late = answer.bytes().await.expect("the rest, however late");
        assert_eq!(late.len(), taken.bytes.len());
    }
}

#[tokio::test]
async fn what_staff_take_away_leaves_a_trace_and_what_others_do_does_not() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    for _ in 0..3 {
        publish(&cast, &cast.university, result_form()).await;
    }
    cast.university.api.get("listings/export?format=jsonl").ok().await;
    app.anyone.get("listings/export?format=csv").ok().await;
    let traces = "audit_entries WHERE act = 'export_listings'";
    assert_eq!(app.count(traces).await, 0);
    let path = "listings/export?format=xlsx&kind=result&status=published";
    cast.operator.get(path).ok().await;
    cast.operator.get("listings/export?format=xlsx&q=?!").refused(422, "invalid").await;
    let begun = "audit_entries WHERE act = 'export_listings' AND object_kind = 'export'
        AND object_version = 1 AND account_id IS NOT NULL AND facts ->> 'format' = 'xlsx'
        AND facts -> 'filter' ->> 'kind' = 'result' AND facts -> 'filter' ->> 'status' = 'published'";
    assert_eq!(app.count(begun).await, 1);
    let over = "audit_entries WHERE act = 'export_listings' AND object_version = 2
        AND facts = '{\"rows\": 3, \"whole\": true}'";
    for _ in 0..100 {
        if app.count(over).await > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!((app.count(over).await, app.count(traces).await), (1, 2));
}
