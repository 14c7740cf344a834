//! Rows and forms.

use std::collections::BTreeSet;

use kernel::{Fault, Refusal, Words};
use serde_json::{Value, json};

use super::*;

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn row(number: u32, cells: &[&str]) -> Row {
    let cells = (0..).zip(cells).filter(|(_, t)| !t.is_empty()).map(|(at, t)| (at, text(t)));
    Row { number, cells: cells.collect() }
}

fn layout(heads: &[&str]) -> Result<Layout, Refusal> {
    Layout::of(Some("发布信息"), &row(1, heads))
}

const NEEDED: [&str; 5] = ["信息类别", "标题", "摘要", "技术领域", "所在地区"];

fn whole(more: &[&'static str]) -> Layout {
    layout(&[&NEEDED, more].concat()).unwrap()
}

#[test]
fn columns_have_letters_and_cells_addresses() {
    for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (99, "CV"), (701, "ZZ"), (702, "AAA")] {
        assert_eq!(letters(column), name);
    }
    assert_eq!(address(Some("发布信息"), 7, 2), "发布信息!C7");
    assert_eq!(address(Some("my sheet's"), 7, 2), "'my sheet''s'!C7");
    assert_eq!(address(None, 1, 27), "AB1");
}

#[test]
fn numbers_have_the_digits_that_people_see() {
    for (value, digits) in
        [(6.0, "6"), (0.1 + 0.2, "0.3"), (1_234_567.89, "1234567.89"), (1e15, "1000000000000000")]
    {
        assert_eq!(Cell::number(value), Cell::Number(digits.to_owned()));
    }
}

#[test]
fn every_column_has_names_of_its_own_and_a_right_example() {
    let mut names = BTreeSet::new();
    for column in columns() {
        assert!(names.insert(column.name), "{}", column.name);
        assert!(names.insert(column.label), "{}", column.label);
        for example in column.examples.iter().filter(|example| !example.is_empty()) {
            let read = super::reading::read(&column.takes, &text(example));
            assert!(read.is_ok(), "{}: {read:?}", column.name);
        }
    }
}

#[test]
fn heads_are_known_by_label_and_name_whatever_their_width_and_case() {
    let layout = layout(&["Kind*", " 标 题 ", "ABSTRACT", "技术领域", "所在地区", "价格（元）"]);
    let layout = layout.unwrap();
    let fields: Vec<&str> = layout.fields().into_iter().collect();
    assert_eq!(fields, ["abstract", "domain", "kind", "price", "region", "title"]);
}

#[test]
fn a_sheet_without_right_heads_is_refused() {
    for (heads, code, place) in [
        (vec!["甲", "乙"], "header_missing", ""),
        ([&NEEDED[..], &["价钱"]].concat(), "header_unknown", "发布信息!F1"),
        ([&NEEDED[..], &["title"]].concat(), "header_repeated", "发布信息!F1"),
        (NEEDED[..4].to_vec(), "required_column_missing", "region"),
    ] {
        let refusal = layout(&heads).unwrap_err();
        assert_eq!(refusal.reason.code, code);
        let told = refusal.detail.map(|detail| detail.en).unwrap_or_default();
        assert!(told.contains(place), "{told}");
    }
}

#[test]
fn a_row_becomes_the_form_of_the_api() {
    let layout = whole(&[
        "关键词",
        "转化方式",
        "定价方式",
        "价格(元)",
        "专利号",
        "专利类型",
        "专利状态",
        "有效期至",
        "声明不涉密",
        "技术成熟度",
        "联系电话",
        "IPC 分类号",
    ]);
    let form = layout.form(&row(
        2,
        &[
            "科技成果",
            "涂层",
            "概述",
            "生态环保",
            "城西区",
            "防冰；涂层、 高原;",
            "普通许可；assignment",
            "Fixed",
            "１，２００,000.5元",
            "CN201710601862.3;ZL201310699744.2",
            "发明",
            "已授权；Pending",
            "2027年3月1日",
            "是",
            "TRL６",
            "０９７１-5310000",
            "ｈ０１ｍ１０/0525",
        ],
    ));
    assert_eq!(form.faults, []);
    assert_eq!(
        Value::Object(form.json),
        json!({
            "kind": "result", "title": "涂层", "abstract": "概述", "domain": "environment",
            "region": "630104", "keywords": ["防冰", "涂层", "高原"],
            "transfer_modes": ["licence_ordinary", "assignment"],
            "price": { "mode": "fixed", "amount_fen": 120_000_050 },
            "patents": [
                { "number": "CN201710601862.3", "kind": "invention", "status": "granted" },
                { "number": "ZL201310699744.2", "kind": "invention", "status": "pending" },
            ],
            "expires_on": "2027-03-01", "non_secret_declared": true, "trl": 6,
            "contact": { "phone": "0971-5310000" }, "ipc": ["h01m10/0525"],
        })
    );
}

#[test]
fn what_a_cell_may_not_hold_is_named_with_its_address() {
    for (head, cell, code) in [
        ("技术成熟度", text("六"), "whole_number_expected"),
        ("技术成熟度", Cell::Number("6.5".to_owned()), "whole_number_expected"),
        ("价格(元)", text("12.345"), "amount_too_fine"),
        ("价格(元)", text("面议"), "amount_malformed"),
        ("价格(元)", text("1e6"), "amount_malformed"),
        ("需求截止日期", text("2027-02-30"), "date_malformed"),
        ("需求截止日期", Cell::Number("46000".to_owned()), "date_malformed"),
        ("声明不涉密", text("也许"), "yes_or_no"),
        ("产品阶段", text("量子"), "unknown_value"),
        ("转化方式", text("转让;赠送"), "unknown_value"),
        ("单位内部编号", Cell::Formula("A1".to_owned()), "formula"),
        ("单位内部编号", Cell::Broken("#N/A".to_owned()), "cell_broken"),
    ] {
        let layout = whole(&[head]);
        let form = layout.form(&Row { number: 9, cells: vec![(5, cell.clone())] });
        let [found] = form.faults.as_slice() else { panic!("{head}: {:?}", form.faults) };
        assert_eq!(found.fault.code, code, "{cell:?}");
        assert_eq!(found.cell.as_deref(), Some("发布信息!F9"));
        assert_eq!(found.column.as_deref(), Some(head));
        assert_eq!(found.value, Some(cell.shown()));
    }
}

#[test]
fn what_has_no_head_is_no_secret_place() {
    let form = whole(&[]).form(&row(3, &["", "", "", "", "", "", "x"]));
    assert_eq!(form.faults[0].fault.code, "column_without_header");
    assert_eq!(form.faults[0].cell.as_deref(), Some("发布信息!G3"));
}

#[test]
fn a_pointer_leads_to_the_cell_that_it_came_from() {
    let layout = whole(&["关键词", "专利号", "专利类型", "联系人", "预算上限(元)", "价格(元)"]);
    let at = row(4, &["", "", "", "", "", "a;b;c", "1;2"]);
    for (pointer, cell, value) in [
        ("/title", Some("发布信息!B4"), None),
        ("/keywords/1", Some("发布信息!F4"), Some("b")),
        ("/keywords", Some("发布信息!F4"), Some("a;b;c")),
        ("/patents/1/number", Some("发布信息!G4"), Some("2")),
        ("/patents/0/kind", Some("发布信息!H4"), None),
        ("/patents", Some("发布信息!G4"), Some("1;2")),
        ("/contact", Some("发布信息!I4"), None),
        ("/budget/max_fen", Some("发布信息!J4"), None),
        ("/price/amount_fen", Some("发布信息!K4"), None),
        ("/trl", None, None),
    ] {
        let fault = Fault::new("x", "x", "x");
        let field = kernel::Field { pointer: pointer.to_owned(), fault };
        let found = layout.locate(&at, field);
        assert_eq!((found.cell.as_deref(), found.value.as_deref()), (cell, value), "{pointer}");
    }
}

#[test]
fn a_long_value_is_cut() {
    let long = "字".repeat(500);
    let form = whole(&["产品阶段"]).form(&row(2, &["", "", "", "", "", &long]));
    assert_eq!(form.faults[0].value.as_deref().map(|v| v.chars().count()), Some(100));
}

#[test]
fn lists_survive_being_written_in_one_cell() {
    for members in [vec!["a", "b"], vec!["a;b", "c、d"], vec!["\\", "\\;"], vec!["一；二"], vec![]]
    {
        let listing = json!({ "keywords": members });
        let column = columns().iter().find(|column| column.name == "keywords").unwrap();
        let cell = written(column, &listing, |_| None).unwrap_or_default();
        assert_eq!(super::reading::members(&cell), members, "{cell}");
    }
}

#[test]
fn a_text_that_begins_like_a_formula_is_disarmed_and_comes_back() {
    for dangerous in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'=1"]
    {
        let disarmed = disarmed(dangerous.to_owned());
        assert_eq!(disarmed, format!("'{dangerous}"));
        assert_eq!(armed(&disarmed), dangerous);
    }
    for harmless in ["a=1", "'a", "", " 1"] {
        assert_eq!(disarmed(harmless.to_owned()), harmless);
        assert_eq!(armed(harmless), harmless);
    }
}

#[test]
fn money_days_and_words_are_written_as_they_are_read() {
    let listing = json!({
        "kind": "need", "budget": { "max_fen": 200_000_050 }, "deadline": "2027-06-30",
        "non_secret_declared": true, "region": "110108",
    });
    let cell = |name: &str, label: fn(Words<&'static str>) -> Option<&'static str>| {
        let column = columns().iter().find(|column| column.name == name).unwrap();
        written(column, &listing, label)
    };
    assert_eq!(cell("kind", |words| Some(words.zh)).as_deref(), Some("技术需求"));
    assert_eq!(cell("kind", |_| None).as_deref(), Some("need"));
    assert_eq!(cell("budget_max_yuan", |_| None).as_deref(), Some("2000000.50"));
    assert_eq!(cell("deadline", |_| None).as_deref(), Some("2027-06-30"));
    assert_eq!(cell("non_secret_declared", |words| Some(words.zh)).as_deref(), Some("是"));
    assert_eq!(cell("non_secret_declared", |_| None).as_deref(), Some("yes"));
    assert_eq!(cell("region", |words| Some(words.zh)).as_deref(), Some("110108"));
    assert_eq!(cell("trl", |_| None), None);
}
