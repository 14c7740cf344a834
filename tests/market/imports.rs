//! Files of listings: brought in, looked through, written.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    app::App,
    cast::Cast,
    deal::publish,
    sheets::{
        HEADS, Row, SHEET, bring_in, counted, csv, errors, import, letters, row, upload, with, xlsx,
    },
};

/// Rows in each of which one thing is wrong: in which column, and with which code.
fn faulty() -> Vec<(Row, &'static str, &'static str)> {
    let long = |length: usize| "长".repeat(length);
    let many = |count: usize| (0..count).map(|n| format!("词{n}")).collect::<Vec<_>>().join(";");
    let plain = || row("");
    let one = |head: &'static str, text: &str| with(plain(), head, text);
    let patent = |kind: &str, status: &str| {
        let row = with(plain(), "专利号", "CN201710601862.3");
        with(with(row, "专利类型", kind), "专利状态", status)
    };
    let need = |price: bool| {
        let row = with(with(plain(), "信息类别", "技术需求"), "价格(元)", "");
        if price { row } else { with(row, "定价方式", "") }
    };
    let numbers = |count: usize| vec!["95115608.X"; count].join(";");
    let of_patents = |numbers: &str| with(patent("发明", "已授权"), "专利号", numbers);
    let (kinds, statuses) = (patent("量子", "已授权"), patent("发明", "飞升"));
    vec![
        (one("信息类别", "礼物"), "信息类别", "unknown_value"),
        (one("技术领域", "炼金"), "技术领域", "unknown_value"),
        (one("产品阶段", "想象"), "产品阶段", "unknown_value"),
        (one("转化方式", "转让;赠送"), "转化方式", "unknown_value"),
        (one("定价方式", "随缘"), "定价方式", "unknown_value"),
        (kinds, "专利类型", "unknown_value"),
        (statuses, "专利状态", "unknown_value"),
        (one("所在地区", "仙境"), "所在地区", "region_malformed"),
        (one("标题", &long(201)), "标题", "text_too_long"),
        (one("摘要", &long(2001)), "摘要", "text_too_long"),
        (one("详细说明", &long(20_001)), "详细说明", "text_too_long"),
        (one("关键词", &format!("短;{}", long(51))), "关键词", "text_too_long"),
        (one("关键词", &many(21)), "关键词", "too_many"),
        (one("关键词", "防冰;涂层;防冰"), "关键词", "duplicate"),
        (one("IPC 分类号", "H01"), "IPC 分类号", "ipc_malformed"),
        (one("技术成熟度", "六"), "技术成熟度", "whole_number_expected"),
        (one("技术成熟度", "10"), "技术成熟度", "trl_out_of_range"),
        (one("技术成熟度", "300"), "技术成熟度", "out_of_range"),
        (one("价格(元)", "约一百万"), "价格(元)", "amount_malformed"),
        (one("价格(元)", "12.345"), "价格(元)", "amount_too_fine"),
        (one("价格(元)", "99999999999999"), "价格(元)", "amount_out_of_range"),
        (one("价格(元)", ""), "价格(元)", "required"),
        (one("标题", ""), "标题", "required"),
        (of_patents("CN1"), "专利号", "patent_number_malformed"),
        (of_patents("CN201710601862.4"), "专利号", "patent_number_check_failed"),
        (of_patents(&numbers(51)), "专利号", "too_many"),
        (patent("发明", "已失效"), "专利状态", "patent_lapsed"),
        (patent("发明;外观设计", "已授权"), "专利类型", "counts_differ"),
        (one("信息类别", "专利"), "专利号", "required"),
        (need(true), "定价方式", "not_for_needs"),
        (one("预算下限(元)", "1"), "预算下限(元)", "only_for_needs"),
        (
            with(with(need(false), "预算下限(元)", "2"), "预算上限(元)", "1"),
            "预算上限(元)",
            "budget_reversed",
        ),
        (with(need(false), "需求截止日期", "2027-02-30"), "需求截止日期", "date_malformed"),
        (one("联系电话", "请来电"), "联系电话", "phone_malformed"),
        (one("联系邮箱", "兰@例子"), "联系邮箱", "email_malformed"),
        (one("声明不涉密", "也许"), "声明不涉密", "yes_or_no"),
        (one("摘要", "=1+1"), "摘要", "formula"),
        (row("right-1"), "单位内部编号", "reference_repeated"),
        (row(long(102)), "单位内部编号", "text_too_long"),
        (one("标题", "上\n下"), "标题", "control_character"),
        (one("成熟度标准", "GB/T 22900"), "成熟度标准", "trl_required"),
        (patent("外观设计", "已授权"), "专利类型", "patent_kind_mismatch"),
        (one("有效期至", "1066-10-14"), "有效期至", "date_out_of_range"),
        (one("?", "旁注"), "?", "column_without_header"),
    ]
}

#[tokio::test]
async fn two_hundred_rows_with_forty_faults_are_told_with_their_cells_in_both_languages() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let faulty = faulty();
    assert!(faulty.len() >= 40);
    let mut rows: Vec<Row> = (0..200 - faulty.len()).map(|n| row(format!("right-{n}"))).collect();
    let first = rows.len();
    rows.extend(faulty.iter().map(|(row, _, _)| row.clone()));
    let editor = &cast.university.api;
    let told = import(&app, editor, "成果.xlsx", &xlsx(&rows), "valid_rows").await;
    let right = u64::try_from(first).unwrap();
    assert_eq!(told.text("status"), "done");
    let names = ["total", "read", "valid", "failed", "created", "updated"];
    assert_eq!(counted(&told, &names), [200, 200, right, 200 - right, right, 0]);
    assert_eq!(app.count("listings").await, first);

    let path = format!("listing-imports/{}?limit=100", told.id());
    let chinese = editor.in_chinese().get(&path).ok().await;
    for (language, reply) in [("en", &told), ("zh", &chinese)] {
        let found = errors(reply);
        assert_eq!(found.len(), faulty.len(), "{language}: {found:#?}");
        let mut sentences = BTreeSet::new();
        for ((line, (_, head, code)), error) in (first + 2..).zip(&faulty).zip(found) {
            let column = letters(head);
            assert_eq!(error["cell"], json!(format!("{SHEET}!{column}{line}")), "{error:#}");
            assert_eq!(error["row"], json!(line));
            assert_eq!(error["code"], json!(code), "{error:#}");
            if *head != "?" {
                assert_eq!(error["column"], json!(head));
            }
            let detail = error["detail"].as_str().unwrap();
            let is_chinese = detail.chars().any(|c| c >= '\u{4e00}' && !"“”".contains(c));
            assert!(language == "en" || is_chinese, "{language}: {detail}");
            assert!(sentences.insert((error["column"].to_string(), detail.to_owned())), "{detail}");
            if let Some(value) = error["value"].as_str() {
                assert!(value.chars().count() <= 100);
            }
        }
        assert!(sentences.len() >= 40);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_row_is_told_from_the_left_to_the_right() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut wrong = with(with(row(""), "声明不涉密", "x"), "技术领域", "炼金");
    wrong = with(with(wrong, "价格(元)", "x"), "标题", "");
    wrong = with(with(wrong, "所在地区", "仙境"), "关键词", "甲;甲");
    let told = import(&app, &cast.university.api, "a.csv", &csv(&[wrong]), "valid_rows").await;
    let columns: Vec<&str> = errors(&told).iter().map(|e| e["column"].as_str().unwrap()).collect();
    let mut sorted = columns.clone();
    sorted.sort_by_key(|head| HEADS.iter().position(|known| known == head));
    assert_eq!((columns.len(), &columns), (6, &sorted));
    let region = errors(&told).iter().find(|error| error["column"] == "所在地区").unwrap();
    assert!(region["detail"].as_str().unwrap().contains("six-digit"), "{region:#}");
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_row_is_told_at_once() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut wrong = with(with(row(""), "标题", ""), "技术领域", "炼金");
    wrong = with(with(wrong, "价格(元)", "x"), "关键词", "甲;甲");
    wrong = with(with(wrong, "联系电话", "x"), "声明不涉密", "x");
    // Says something of a level that cannot be read: that is one fault, not two.
    wrong = with(with(wrong, "技术成熟度", "六"), "成熟度标准", "GB/T 22900");
    let told = import(&app, &cast.university.api, "a.csv", &csv(&[wrong]), "valid_rows").await;
    let codes: BTreeSet<&str> = errors(&told).iter().map(|e| e["code"].as_str().unwrap()).collect();
    let all = [
        "amount_malformed",
        "duplicate",
        "phone_malformed",
        "required",
        "unknown_value",
        "whole_number_expected",
        "yes_or_no",
    ];
    assert_eq!(codes, all.into_iter().collect());
    assert_eq!(errors(&told).len(), all.len());
    assert!(errors(&told).iter().any(|error| error["cell"] == json!("C2")), "{:#}", told.body);
}

#[tokio::test]
async fn all_or_nothing_writes_nothing_if_a_row_is_wrong_and_a_dry_run_never_does() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let rows = [row("a"), with(row("b"), "技术领域", "炼金"), row("c")];
    let told = import(&app, editor, "a.xlsx", &xlsx(&rows), "all_or_nothing").await;
    assert_eq!(told.text("status"), "failed");
    assert_eq!(told.body["failure"]["code"], json!("rows_faulty"));
    assert_eq!(counted(&told, &["valid", "failed", "created"]), [2, 1, 0]);
    assert_eq!(app.count("listings").await, 0);

    let dry = [("mode", "valid_rows"), ("dry_run", "true")];
    let taken = upload(editor, "a.xlsx", &xlsx(&rows), &dry).ok().await;
    app.import().await;
    let told = editor.get(format!("listing-imports/{}", taken.id())).ok().await;
    assert_eq!(told.text("status"), "done");
    assert_eq!(counted(&told, &["valid", "failed", "created"]), [2, 1, 0]);
    assert_eq!(app.count("listings").await, 0);

    let right = [row("a"), row("c")];
    let told = import(&app, editor, "a.xlsx", &xlsx(&right), "all_or_nothing").await;
    assert_eq!(told.text("status"), "done");
    assert_eq!(counted(&told, &["created"]), [2]);
    let listing = editor.get("listings?status=draft&limit=1").ok().await;
    let id = listing.items()[0]["id"].as_str().unwrap().to_owned();
    let listing = editor.get(format!("listings/{id}")).ok().await;
    assert_eq!(listing.body["price"], json!({ "mode": "fixed", "amount_fen": 120_000_050 }));
    assert_eq!(listing.body["contact"], json!({ "name": "王小兰", "phone": "0971-5310000" }));
    assert_eq!(listing.body["region"], json!("630104"));
    let audited = format!("audit_entries WHERE object_id = '{id}' AND act = 'import_listings'");
    assert_eq!(app.count(&audited).await, 1);
    assert_eq!(editor.get("listings?q=防冰涂层&status=draft").ok().await.items().len(), 2);
}

#[tokio::test]
async fn a_reference_that_is_there_is_changed_and_what_has_no_column_stays() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let kept = json!({
        "kind": "result", "title": "旧题", "abstract": "旧文", "domain": "environment",
        "region": "630104", "reference": "QHU-1", "description": "留下", "trl": 5,
        "price": { "mode": "negotiable" }, "non_secret_declared": true,
    });
    let made = editor.post("listings", kept.clone()).ok().await;
    let mut other = kept.clone();
    other["reference"] = json!("QHU-2");
    let public = publish(&cast, &cast.university, other.clone()).await;
    other["reference"] = json!("QHU-3");
    let waits = editor.post("listings", other).ok().await;
    editor.act(format!("listings/{}/submit", waits.id())).if_match(&waits).ok().await;
    let table = "reference,kind,title,abstract,domain,region,trl\n\
                 QHU-1,科技成果,新题,新文,生态环保,城西区,\n\
                 QHU-2,result,新题,新文,environment,630104,5\n\
                 ,result,第三,新文,environment,630104,5\n\
                 QHU-1,result,第四,新文,environment,630104,5\n\
                 QHU-3,result,新题,新文,environment,630104,5\n";
    let told = import(&app, editor, "a.csv", table.as_bytes(), "valid_rows").await;
    assert_eq!(counted(&told, &["created", "updated", "failed"]), [1, 2, 2], "{:#}", told.body);
    let codes: Vec<&Value> = errors(&told).iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, [&json!("reference_repeated"), &json!("invalid_state")]);
    assert!(errors(&told)[0]["detail"].as_str().unwrap().contains("row 2"));
    assert_eq!(errors(&told)[1]["cell"], json!("A6"));

    let changed = editor.get(format!("listings/{}", made.id())).ok().await;
    assert_eq!((changed.text("title"), changed.text("description")), ("新题", "留下"));
    assert_eq!(changed.body["price"], json!({ "mode": "negotiable" }));
    assert_eq!(changed.body.get("trl"), None, "an empty cell empties the field");
    assert_eq!(changed.body["version"], json!(2));
    // What is published stands as it is, and has a next text.
    let revised = editor.get(format!("listings/{}", public.id())).ok().await;
    assert_eq!(revised.text("title"), "旧题");
    assert_eq!(revised.body["revision"]["content"]["title"], json!("新题"));
    assert_eq!(revised.body["revision"]["content"]["description"], json!("留下"));

    let again = import(&app, editor, "a.csv", table.as_bytes(), "valid_rows").await;
    assert_eq!(counted(&again, &["updated", "unchanged", "created"]), [0, 2, 1]);
    let changed = editor.get(format!("listings/{}", made.id())).ok().await;
    assert_eq!(changed.body["version"], json!(2));

    let other_kind = "reference,kind,title,abstract,domain,region\n\
                      QHU-1,need,新题,新文,environment,630104\n";
    let told = import(&app, editor, "a.csv", other_kind.as_bytes(), "valid_rows").await;
    assert_eq!(errors(&told)[0]["code"], json!("kind_fixed"));
    assert_eq!(errors(&told)[0]["cell"], json!("B2"));
}

#[tokio::test]
async fn of_a_field_of_several_columns_those_that_are_not_there_stay() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let form = |reference: &str| {
        json!({
            "kind": "patent", "title": "旧题", "abstract": "旧文", "domain": "environment",
            "region": "630104", "reference": reference,
            "price": { "mode": "fixed", "amount_fen": 100 },
            "contact": { "name": "王小兰", "phone": "0971-5310000" },
            "patents": [{ "number": "CN201710601862.3", "kind": "invention", "status": "granted",
                          "expires_on": "2037-07-21" }],
        })
    };
    let (same, other) = (
        editor.post("listings", form("S")).ok().await.id().to_owned(),
        editor.post("listings", form("O")).ok().await.id().to_owned(),
    );
    let table = "reference,kind,title,abstract,domain,region,contact_name,price_mode,\
                 patent_numbers,patent_kinds,patent_statuses\n\
                 S,patent,新题,新文,environment,630104,王小兰,fixed,201710601862.3,invention,granted\n\
                 O,patent,新题,新文,environment,630104,李强,negotiable,95115608.X,invention,granted\n";
    let told = import(&app, editor, "a.csv", table.as_bytes(), "valid_rows").await;
    assert_eq!(counted(&told, &["updated", "failed"]), [2, 0], "{:#}", told.body);
    let read = async |id: &str| editor.get(format!("listings/{id}")).ok().await;
    let same = read(&same).await;
    assert_eq!(same.text("title"), "新题");
    for field in ["price", "contact", "patents"] {
        assert_eq!(same.body[field], form("S")[field].clone(), "{field}");
    }
    // Of somebody else the number would be wrong.
    let other = read(&other).await;
    assert_eq!(other.body["contact"], json!({ "name": "李强" }));
    assert_eq!(other.body["price"], json!({ "mode": "negotiable" }));
    assert!(other.body["patents"][0].get("expires_on").is_none(), "{:#}", other.body);
}

#[tokio::test]
async fn a_day_that_ends_before_a_row_is_written_is_told_of_that_row_alone() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let today = kernel::civil_date(app.clock.now()).to_string();
    let rows = [with(row("a"), "有效期至", today), row("b")];
    let fields = [("mode", "valid_rows"), ("submit", "true")];
    let taken = upload(editor, "a.xlsx", &xlsx(&rows), &fields).ok().await;
    app.clock.shift(chrono::TimeDelta::hours(24));
    app.import().await;
    let session = app.sign_in(&cast.university.email).await;
    let editor = app.anyone.with_token(session.text("access_token"));
    let told = editor.get(format!("listing-imports/{}", taken.id())).ok().await;
    assert_eq!(told.text("status"), "done", "{:#}", told.body);
    assert_eq!(counted(&told, &["created", "failed"]), [1, 1]);
    assert_eq!(errors(&told)[0]["code"], json!("date_passed"));
}

#[tokio::test]
async fn what_is_submitted_at_once_waits_for_an_operator() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let rows =
        [row("a"), with(row("b"), "声明不涉密", "否"), with(row("c"), "有效期至", "2001-01-01")];
    let fields = [("mode", "valid_rows"), ("submit", "true")];
    let taken = upload(editor, "a.xlsx", &xlsx(&rows), &fields).ok().await;
    app.import().await;
    let told = editor.get(format!("listing-imports/{}", taken.id())).ok().await;
    let codes: Vec<&Value> = errors(&told).iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, [&json!("declaration_required"), &json!("date_passed")]);
    let waiting = cast.operator.get("listings?status=submitted").ok().await;
    assert_eq!(waiting.items().len(), 1);
    assert_eq!(waiting.items()[0]["version"], json!(2));
    let id = waiting.items()[0]["id"].as_str().unwrap();
    assert_eq!(app.count(&format!("audit_entries WHERE object_id = '{id}'")).await, 2);
    let read = cast.operator.get(format!("listings/{id}")).ok().await;
    cast.operator.act(format!("listings/{id}/publish")).if_match(&read).ok().await;

    let newcomer = app.register("institute", "630104").await;
    upload(&newcomer.api, "a.xlsx", &xlsx(&rows), &fields)
        .refused(409, "organisation_not_verified")
        .await;
}

#[tokio::test]
async fn an_import_is_known_only_to_its_organisation() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let taken = bring_in(&cast.university.api, "a.csv", &csv(&[row("a")]), "valid_rows").ok().await;
    let path = format!("listing-imports/{}", taken.id());
    assert_eq!(taken.headers["location"].to_str().unwrap(), format!("/api/v1/{path}"));
    for other in [&cast.enterprise.api, &cast.operator, &cast.registrar] {
        other.get(&path).refused(404, "not_found").await;
        other.get(format!("{path}/corrections.xlsx")).refused(404, "not_found").await;
        other.act(format!("{path}/cancel")).if_match(&taken).refused(404, "not_found").await;
        assert!(other.get("listing-imports").ok().await.items().is_empty());
    }
    app.anyone.get(&path).refused(401, "unauthenticated").await;
    bring_in(&cast.operator, "a.csv", &csv(&[]), "valid_rows").refused(403, "forbidden").await;
    bring_in(&app.anyone, "a.csv", &csv(&[]), "valid_rows").refused(401, "unauthenticated").await;
    assert_eq!(cast.university.api.get("listing-imports?count=true").ok().await.items().len(), 1);
    let none = cast.university.api.get("listing-imports?status=done").ok().await;
    assert!(none.items().is_empty());
}

#[tokio::test]
async fn an_import_that_waits_may_be_called_off_and_one_that_is_done_may_not() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let taken = bring_in(editor, "a.csv", &csv(&[row("a")]), "valid_rows").ok().await;
    let path = format!("listing-imports/{}", taken.id());
    editor.act(format!("{path}/cancel")).refused(428, "version_required").await;
    let off = editor.act(format!("{path}/cancel")).if_match(&taken).ok().await;
    assert_eq!(off.text("status"), "cancelled");
    app.import().await;
    assert_eq!(app.count("listings").await, 0);
    editor.act(format!("{path}/cancel")).if_match(&off).refused(409, "invalid_state").await;
}

#[tokio::test]
async fn one_key_takes_one_file_and_an_organisation_has_few_under_way() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let file = csv(&[row("a")]);
    let once = bring_in(editor, "a.csv", &file, "valid_rows").key("k1").ok().await;
    let again = bring_in(editor, "a.csv", &file, "valid_rows").key("k1").ok().await;
    assert_eq!(once.id(), again.id());
    let other = csv(&[row("b")]);
    bring_in(editor, "a.csv", &other, "valid_rows")
        .key("k1")
        .refused(422, "idempotency_key_reused")
        .await;
    for _ in 0..4 {
        bring_in(editor, "a.csv", &file, "valid_rows").ok().await;
    }
    bring_in(editor, "a.csv", &file, "valid_rows").refused(409, "imports_too_many").await;
    bring_in(&cast.enterprise.api, "a.csv", &file, "valid_rows").ok().await;
}

#[tokio::test]
async fn an_organisation_that_brings_in_files_at_many_desks_at_once_has_five_under_way() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let file = csv(&[row("a")]);
    let tries = (0..8).map(|_| bring_in(editor, "a.csv", &file, "valid_rows").send());
    let replies = futures::future::join_all(tries).await;
    let taken = replies.iter().filter(|reply| reply.status == 202).count();
    let refused = replies.iter().filter(|reply| reply.body["code"] == "imports_too_many").count();
    assert_eq!((taken, refused, app.count("listing_imports").await), (5, 3, 5));
}

#[tokio::test]
async fn a_file_is_kept_as_long_as_rows_of_it_are_to_be_mended_and_the_oldest_goes_first() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    import(&app, editor, "a.csv", &csv(&[row("a")]), "all_or_nothing").await;
    let cancelled = bring_in(editor, "a.csv", &csv(&[row("b")]), "valid_rows").ok().await;
    let path = format!("listing-imports/{}", cancelled.id());
    editor.act(format!("{path}/cancel")).if_match(&cancelled).ok().await;
    assert_eq!(app.count("listing_import_pieces").await, 0, "nothing is to be mended");
    let corrections = format!("{path}/corrections.xlsx");
    editor.get(&corrections).refused(409, "nothing_to_correct").await;

    let faulty = csv(&[with(row("c"), "技术领域", "炼金")]);
    let kept = import(&app, editor, "c.csv", &faulty, "valid_rows").await;
    let copies = format!(
        "WITH copies AS (
            INSERT INTO listing_imports
            SELECT (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(),
                        'file_bytes', 20971520, 'finished_at', finished_at - n * interval '1 day'))).*
              FROM listing_imports i, generate_series(1, 20) n WHERE i.id = '{}' RETURNING id)
         INSERT INTO listing_import_pieces SELECT id, 0, 'x' FROM copies",
        kept.id()
    );
    assert_eq!(app.change(&copies).await, 20);
    let other = import(&app, &cast.enterprise.api, "c.csv", &faulty, "valid_rows").await;
    assert_eq!(app.count("listing_imports WHERE file_kept").await, 22);
    import(&app, editor, "d.csv", &csv(&[row("d")]), "valid_rows").await;
    assert_eq!(app.count("listing_imports WHERE file_kept").await, 1 + 14 + 1);
    assert_eq!(app.count("listing_import_pieces").await, 1 + 14 + 1);
    let read = editor.get(format!("listing-imports/{}", kept.id())).ok().await;
    assert_eq!(read.body["file"]["kept"], json!(true), "the last ones are kept");
    let theirs = cast.enterprise.api.get(format!("listing-imports/{}", other.id())).ok().await;
    assert_eq!(theirs.body["file"]["kept"], json!(true));
}

#[tokio::test]
async fn somebody_whose_rights_have_changed_writes_no_more() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let taken = bring_in(editor, "a.csv", &csv(&[row("a")]), "valid_rows").ok().await;
    let change = json!({
        "current_password": crate::support::cast::PASSWORD, "new_password": "Another-lake-4000m-high",
    });
    editor.post("me/password", change).ok().await;
    app.import().await;
    assert_eq!(app.count("listings").await, 0);
    let status = format!(
        "listing_imports WHERE id = '{}' AND status = 'failed' AND failure_code = 'rights_changed'",
        taken.id()
    );
    assert_eq!(app.count(&status).await, 1);
}

#[tokio::test]
async fn an_import_that_breaks_off_again_and_again_is_given_up() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let taken = bring_in(editor, "a.csv", &csv(&[row("a")]), "valid_rows").ok().await;
    // Five servers have taken it up, and none has come any further.
    app.execute("UPDATE listing_imports SET attempts = 5, status = 'reading'").await;
    let waits = bring_in(editor, "a.csv", &csv(&[row("b")]), "valid_rows").ok().await;
    app.import().await;
    let told = editor.get(format!("listing-imports/{}", taken.id())).ok().await;
    assert_eq!(told.text("status"), "failed");
    assert_eq!(told.body["failure"]["code"], json!("import_broken"));
    let told = editor.get(format!("listing-imports/{}", waits.id())).ok().await;
    assert_eq!(told.text("status"), "done", "it keeps nobody else from theirs");
    assert_eq!(app.count("listings").await, 1);
}
