//! Files of listings as they come: in every encoding, and those that nobody should send.

use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use listing::model::sheet::{Place, columns};
use serde_json::{Value, json};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::support::{
    app::App,
    cast::Cast,
    sheets::{HEADS, Row, SHEET, bring_in, counted, csv, errors, import, row, upload, with, xlsx},
};

/// A workbook of which some parts are other than they were.
fn altered(workbook: &[u8], parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if !parts.iter().any(|(other, _)| *other == name) {
            new.start_file(name, options).unwrap();
            new.write_all(&content).unwrap();
        }
    }
    for (name, content) in parts {
        new.start_file(*name, options).unwrap();
        new.write_all(content).unwrap();
    }
    new.finish().unwrap().into_inner()
}

fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn archive(parts: usize) -> Vec<u8> {
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..parts {
        new.start_file(format!("{at}"), SimpleFileOptions::default()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

fn compound(inside: &str) -> Vec<u8> {
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.resize(70_000, 0);
    file.extend(inside.encode_utf16().flat_map(u16::to_le_bytes));
    file
}

fn far_apart(line: u32, column: u16) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (at, head) in (0..).zip(HEADS) {
        sheet.write_string(0, at, head).unwrap();
    }
    sheet.write_string(line, column, "x").unwrap();
    workbook.save_to_buffer().unwrap()
}

/// Names, contents, and the code with which each is refused.
fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = xlsx(&[row("a")]);
    let sheet = "xl/worksheets/sheet1.xml";
    let empty_rows: String = (1..=200_001).map(|n| format!("<row r=\"{n}\"/>")).collect();
    let empty_rows = part(&good, sheet).replace("<sheetData>", &format!("<sheetData>{empty_rows}"));
    let workbook = part(&good, "xl/workbook.xml");
    let entity = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><workbook";
    let entities = workbook.replace("<workbook", entity);
    let strings = part(&good, "xl/sharedStrings.xml");
    let count = strings.split("uniqueCount=\"").nth(1).unwrap().split('"').next().unwrap();
    let many = format!("uniqueCount=\"{count}\"");
    let many = strings.replace(&many, "uniqueCount=\"99999999999\"");
    let behind = format!("<!--{}--><sst ", " ".repeat(5000));
    let many_behind = many.replace("<sst ", &behind);
    let all_shared = format!("<sst>{}</sst>", "<si/>".repeat(1_000_001));
    let long = format!(
        "<sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>{}</t></is></c></row>",
        "长".repeat(100_000)
    );
    let long = part(&good, sheet).replace("<sheetData>", &long);
    let runs = "<r><t>长长长长长长长长长长</t></r>".repeat(10_000);
    let many_runs = format!("<sst><si>{runs}</si></sst>");
    let nested = "<sst><si><t>x</si></t></si></sst>";
    let formats =
        format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(200_001));
    let font = format!("<font><name val=\"{}\"/></font>", "x".repeat(100_000));
    let fonts = format!(
        "<styleSheet><fonts>{font}</fonts><cellXfs>{}</cellXfs></styleSheet>",
        "<xf fontId=\"0\"/>".repeat(1000)
    );
    let zeros = vec![b' '; 20 * 1024 * 1024];
    let mut broken = good.clone();
    broken.truncate(good.len() / 2);
    let heads = |heads: &str| format!("{heads}\nx\n").into_bytes();
    vec![
        ("a.xlsx", Vec::new(), "file_empty"),
        ("a.xlsx", b"%PDF-1.7 x".to_vec(), "file_unreadable"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "file_unreadable"),
        ("a.xls", b"<html><table><tr><td>kind</td></tr></table>".to_vec(), "file_unreadable"),
        ("a.docx", archive(3), "file_unreadable"),
        ("a.xlsx", csv(&[row("a")]), "extension_differs"),
        ("a.csv", good.clone(), "extension_differs"),
        ("a.xls", compound("Workbook"), "workbook_old"),
        ("a.xlsx", compound("EncryptedPackage"), "workbook_encrypted"),
        ("a.xlsm", altered(&good, &[("xl/vbaProject.bin", b"x")]), "workbook_macros"),
        ("a.xlsx", altered(&good, &[("xl/media/a.xml", &zeros)]), "workbook_bomb"),
        ("a.xlsx", archive(1001), "workbook_bomb"),
        ("a.xlsx", altered(&good, &[("xl/sharedStrings.xml", many.as_bytes())]), "workbook_bomb"),
        (
            "a.xlsx",
            altered(&good, &[("xl/sharedStrings.xml", many_behind.as_bytes())]),
            "workbook_bomb",
        ),
        (
            "a.xlsx",
            altered(&good, &[("xl/sharedStrings.xml", all_shared.as_bytes())]),
            "workbook_bomb",
        ),
        (
            "a.xlsx",
            altered(&good, &[("xl/sharedStrings.xml", many_runs.as_bytes())]),
            "workbook_bomb",
        ),
        (
            "a.xlsx",
            altered(&good, &[("xl/sharedStrings.xml", nested.as_bytes())]),
            "workbook_damaged",
        ),
        ("a.xlsx", altered(&good, &[(sheet, long.as_bytes())]), "workbook_bomb"),
        ("a.xlsx", altered(&good, &[("xl/styles.xml", formats.as_bytes())]), "workbook_bomb"),
        ("a.xlsx", altered(&good, &[("xl/styles.xml", fonts.as_bytes())]), "workbook_bomb"),
        (
            "a.xlsx",
            altered(&good, &[("xl/workbook.xml", entities.as_bytes())]),
            "workbook_entities",
        ),
        ("a.xlsx", broken, "workbook_damaged"),
        ("a.xlsx", altered(&good, &[(sheet, b"<worksheet>")]), "workbook_damaged"),
        ("a.xlsx", altered(&good, &[(sheet, empty_rows.as_bytes())]), "rows_empty"),
        ("a.xlsx", far_apart(1_048_575, 16_383), "cells_far_apart"),
        ("a.xlsx", far_apart(1, 16_383), "cells_far_apart"),
        ("a.xlsx", xlsx(&[]), "sheet_empty"),
        ("a.csv", b"\r\n\r\n".to_vec(), "sheet_empty"),
        ("a.csv", b"kind,title\n".to_vec(), "required_column_missing"),
        ("a.csv", vec![b'\n'; 300_000], "sheet_empty"),
        (
            "a.csv",
            [heads(&HEADS.join(",")), ",\n".repeat(200_001).into_bytes()].concat(),
            "rows_empty",
        ),
        (
            "a.csv",
            [heads(&HEADS.join(",")), "x\n".repeat(50_001).into_bytes()].concat(),
            "rows_too_many",
        ),
        ("a.csv", heads("甲,乙"), "header_missing"),
        ("a.csv", heads(&format!("{},价钱", HEADS.join(","))), "header_unknown"),
        ("a.csv", heads(&format!("{},kind", HEADS.join(","))), "header_repeated"),
        ("a.csv", [heads(&HEADS.join(",")), vec![0xFF, 0xFF, 0xFF]].concat(), "encoding_unknown"),
    ]
}

#[tokio::test]
async fn what_nobody_should_send_is_refused_with_a_sentence_for_each_kind() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    for (name, file, code) in hostile() {
        let refused = bring_in(editor, name, &file, "valid_rows").refused(422, code).await;
        assert!(!refused.text("title").is_empty());
        let chinese = editor.in_chinese();
        let refused = bring_in(&chinese, name, &file, "valid_rows").refused(422, code).await;
        assert!(refused.text("title").chars().any(|c| c >= '\u{4e00}'), "{code}");
    }
    assert_eq!(app.count("listing_imports").await, 0);
    assert_eq!(app.count("listing_import_pieces").await, 0);
}

#[tokio::test]
async fn forms_that_are_not_as_described_are_refused() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let file = csv(&[row("a")]);
    upload(editor, "a.csv", &file, &[]).faulty(422, "/mode", "required").await;
    upload(editor, "a.csv", &file, &[("mode", "some")]).faulty(422, "/mode", "unknown_value").await;
    let extra = [("mode", "valid_rows"), ("more", "x")];
    upload(editor, "a.csv", &file, &extra).faulty(400, "/more", "unknown_field").await;
    let flag = [("mode", "valid_rows"), ("dry_run", "perhaps")];
    upload(editor, "a.csv", &file, &flag).faulty(422, "/dry_run", "unknown_value").await;
    editor.post("listing-imports", json!({})).refused(415, "unsupported_media_type").await;
}

#[tokio::test]
async fn tables_are_read_in_every_encoding_and_with_every_delimiter() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let utf8 = |separator: &str, reference: &str| {
        let heads = ["单位内部编号", "信息类别", "标题", "摘要", "技术领域", "所在地区"];
        let cells =
            [reference, "科技成果", "超疏水防冰涂层", "附着力,下降\n八成", "生态环保", "城西区"];
        let quoted = cells.map(|cell| format!("\"{cell}\"")).join(separator);
        format!("{}\r\n\r\n{quoted}\r\n", heads.join(separator))
    };
    let gb18030 = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16: Vec<u8> = utf8("\t", "4").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_big: Vec<u8> = utf8(",", "5").encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (at, file) in [
        utf8(",", "1").into_bytes(),
        format!("\u{FEFF}{}", utf8(";", "2")).into_bytes(),
        gb18030(&utf8(",", "3")),
        [vec![0xFF, 0xFE], utf16].concat(),
        [vec![0xFE, 0xFF], utf16_big].concat(),
        gb18030(&utf8(";", "6㐀")),
    ]
    .into_iter()
    .enumerate()
    {
        let told = import(&app, &cast.university.api, "a.csv", &file, "valid_rows").await;
        assert_eq!(counted(&told, &["created", "failed"]), [1, 0], "{at}: {:#}", told.body);
        assert_eq!(told.body["file"]["kind"], json!("csv"));
    }
    let right = "listings WHERE title = '超疏水防冰涂层' AND summary = E'附着力,下降\\n八成'";
    assert_eq!(app.count(right).await, 6);
    // Empty lines count, as they do for whoever looks at the table.
    let wrong = utf8(",", "7").replace("生态环保", "炼金");
    let told = import(&app, &cast.university.api, "a", wrong.as_bytes(), "valid_rows").await;
    assert_eq!(errors(&told)[0]["cell"], json!("E3"));
}

fn sheets(workbook: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(workbook.to_vec())).expect("a workbook")
}

fn texts(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = workbook.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

fn table(rows: &[Vec<String>]) -> Vec<u8> {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
    rows.iter().map(line).collect::<Vec<_>>().join("\n").into_bytes()
}

#[tokio::test]
async fn the_template_explains_itself_and_its_examples_can_be_brought_in() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    for (api, names) in [
        (app.anyone.in_chinese(), ["发布信息", "填写说明", "示例", "选项"]),
        (app.anyone.clone(), ["listings", "guide", "examples", "options"]),
    ] {
        let template = api.get("listing-imports/template.xlsx").ok().await;
        let mut workbook = sheets(&template.bytes);
        assert_eq!(workbook.sheet_names(), names);
        let heads = texts(&mut workbook, names[0]);
        assert_eq!(heads.len(), 1, "nothing to be deleted first");
        if names[0] == SHEET {
            assert_eq!(heads[0].iter().map(String::as_str).collect::<Vec<_>>()[..], HEADS);
        }
        let guide = texts(&mut workbook, names[1]);
        assert_eq!(guide.len(), HEADS.len() + 1);
        assert!(guide.iter().all(|row| !row[3].is_empty() && !row[4].is_empty()));
        assert!(part(&template.bytes, "xl/worksheets/sheet1.xml").contains("dataValidation "));
        let examples = texts(&mut workbook, names[2]);
        let org = app.register("university", "630104").await;
        let told = import(&app, &org.api, "a.csv", &table(&examples), "all_or_nothing").await;
        assert_eq!(counted(&told, &["created", "failed"]), [2, 0], "{:#}", told.body);
    }
    let empty = cast.university.api.get("listing-imports/template.xlsx").ok().await;
    bring_in(&cast.university.api, "模板.xlsx", &empty.bytes, "valid_rows")
        .refused(422, "sheet_empty")
        .await;
}

/// The description of a part of a form, behind its references and whatever may be null.
fn described<'d>(document: &'d Value, part: &'d Value) -> &'d Value {
    if let Some(reference) = part["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return described(document, target.expect("what a reference leads to"));
    }
    let choices = part["oneOf"].as_array().or_else(|| part["anyOf"].as_array());
    match choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null")) {
        Some(choice) => described(document, choice),
        None => part,
    }
}

#[test]
fn whatever_a_listing_may_say_has_a_column() {
    let document = serde_json::to_value(server::openapi::document()).unwrap();
    let form = &document["components"]["schemas"]["CreateListingForm"];
    let places: Vec<Place> = columns().iter().map(|column| column.place).collect();
    let mut said = 0;
    for (field, part) in form["properties"].as_object().unwrap() {
        let part = described(&document, part);
        let member = described(&document, &part["items"]);
        if let Some(members) = part["properties"].as_object() {
            for name in members.keys() {
                let within = |place: &Place| matches!(place, Place::Within(of, member) if of == field && member == name);
                assert!(places.iter().any(within), "no column for {field}.{name}");
            }
        } else if let Some(members) = member["properties"].as_object() {
            for name in members.keys() {
                let each = |place: &Place| matches!(place, Place::Each(of, member) if of == field && member == name);
                assert!(places.iter().any(each), "no column for each {field}.{name}");
            }
        } else {
            let own = |place: &Place| matches!(place, Place::Field(of) if of == field);
            assert!(places.iter().any(own), "no column for {field}");
        }
        said += 1;
    }
    assert!(said > 20, "the form was not read");
}

#[tokio::test]
async fn what_is_to_be_mended_comes_back_marked_and_can_be_brought_in_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let rows: Vec<Row> = vec![
        row("a"),
        with(row("b"), "技术领域", "炼金"),
        row("c"),
        with(row("d"), "摘要", "=1+1"),
    ];
    let told = import(&app, editor, "a.xlsx", &xlsx(&rows), "valid_rows").await;
    let path = format!("listing-imports/{}/corrections.xlsx", told.id());
    let chinese = editor.in_chinese().get(&path).ok().await;
    let mut workbook = sheets(&chinese.bytes);
    let mut lines = texts(&mut workbook, SHEET);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].last().map(String::as_str), Some("错误说明"));
    assert_eq!((lines[1][0].as_str(), lines[2][0].as_str()), ("b", "d"));
    assert!(lines[1].last().unwrap().starts_with("发布信息!J3 技术领域: “炼金”"), "{:?}", lines[1]);
    assert!(lines[2].last().unwrap().contains("公式"));
    assert!(part(&chinese.bytes, "xl/styles.xml").contains("FFC7CE"));

    let again = import(&app, editor, "更正.xlsx", &chinese.bytes, "valid_rows").await;
    let codes: Vec<_> = errors(&again).iter().map(|error| error["code"].clone()).collect();
    assert_eq!(codes[0], json!("unknown_value"), "{:#}", again.body);
    lines[1][9] = "生态环保".to_owned();
    lines[2][3] = "两".to_owned();
    let mended = import(&app, editor, "更正.csv", &table(&lines), "all_or_nothing").await;
    assert_eq!(mended.text("status"), "done", "{:#}", mended.body);
    assert_eq!(app.count("listings").await, 4);
    editor
        .get(format!("listing-imports/{}/corrections.xlsx", mended.id()))
        .refused(409, "nothing_to_correct")
        .await;

    app.clock.shift(chrono::TimeDelta::minutes(1));
    app.forget_import_files().await;
    assert_eq!(app.count("listing_import_pieces").await, 0);
    assert_eq!(app.count("listing_import_errors WHERE value IS NOT NULL").await, 0);
    editor.get(&path).refused(409, "import_file_gone").await;
    let read = editor.get(format!("listing-imports/{}", told.id())).ok().await;
    assert_eq!(read.body["file"]["kept"], json!(false));
    assert_eq!(errors(&read).len(), 2);
}

#[tokio::test]
async fn what_is_too_long_for_a_cell_is_cut_in_the_corrected_file() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let long = with(row("a"), "详细说明", "长".repeat(33_000));
    let told = import(&app, &cast.university.api, "a.csv", &csv(&[long]), "valid_rows").await;
    assert_eq!(counted(&told, &["failed"]), [1], "{:#}", told.body);
    let path = format!("listing-imports/{}/corrections.xlsx", told.id());
    assert_eq!(cast.university.api.get(path).send().await.status, 200);
}

#[tokio::test]
async fn a_reference_that_is_there_twice_changes_nothing_when_it_comes_back_unmended() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let editor = &cast.university.api;
    let rows = [row("a"), with(row("a"), "标题", "另一项成果")];
    let told = import(&app, editor, "a.xlsx", &xlsx(&rows), "valid_rows").await;
    assert_eq!(counted(&told, &["created", "failed"]), [1, 1], "{:#}", told.body);
    let path = format!("listing-imports/{}/corrections.xlsx", told.id());
    let file = editor.get(&path).ok().await;
    let again = import(&app, editor, "b.xlsx", &file.bytes, "valid_rows").await;
    assert_eq!(counted(&again, &["created", "updated", "failed"]), [0, 0, 1], "{:#}", again.body);
    let mut lines = texts(&mut sheets(&file.bytes), SHEET);
    lines[1][0] = "b".to_owned();
    let mended = import(&app, editor, "c.csv", &table(&lines), "valid_rows").await;
    assert_eq!(counted(&mended, &["created", "updated", "failed"]), [1, 0, 0], "{:#}", mended.body);
}
