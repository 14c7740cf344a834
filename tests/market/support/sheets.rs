//! Sheets of listings, made as an office would make them.

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use super::{
    api::{Api, Ask, Form, Reply},
    app::App,
};

/// What a row says, by the heads of its columns.
pub(crate) type Row = Vec<(&'static str, String)>;

/// The heads that the tests use, in this order.
pub(crate) const HEADS: [&str; 31] = [
    "单位内部编号",
    "信息类别",
    "标题",
    "摘要",
    "详细说明",
    "技术优势",
    "市场前景",
    "经济效益",
    "关键词",
    "技术领域",
    "IPC 分类号",
    "所在地区",
    "技术成熟度",
    "成熟度标准",
    "成熟度依据",
    "产品阶段",
    "转化方式",
    "定价方式",
    "价格(元)",
    "专利号",
    "专利类型",
    "专利状态",
    "专利权到期日",
    "预算下限(元)",
    "预算上限(元)",
    "需求截止日期",
    "联系人",
    "联系电话",
    "联系邮箱",
    "有效期至",
    "声明不涉密",
];

pub(crate) const SHEET: &str = "发布信息";

/// A right row.
pub(crate) fn row(reference: impl Into<String>) -> Row {
    let reference = reference.into();
    let title = format!("高原防冰涂层 {reference}");
    let texts = [
        ("信息类别", "科技成果"),
        ("摘要", "附着力下降八成。"),
        ("关键词", "防冰;涂层"),
        ("技术领域", "生态环保"),
        ("所在地区", "城西区"),
        ("转化方式", "普通许可;转让"),
        ("定价方式", "定价"),
        ("价格(元)", "1200000.50"),
        ("联系人", "王小兰"),
        ("联系电话", "0971-5310000"),
        ("声明不涉密", "是"),
    ];
    let texts = texts.into_iter().map(|(head, text)| (head, text.to_owned()));
    let mut row: Row = texts.collect();
    row.push(("标题", title));
    if !reference.is_empty() {
        row.push(("单位内部编号", reference));
    }
    row
}

/// The row with another content of a column.
pub(crate) fn with(mut row: Row, head: &'static str, text: impl Into<String>) -> Row {
    row.retain(|(known, _)| *known != head);
    row.push((head, text.into()));
    row
}

fn cell<'r>(row: &'r Row, head: &str) -> &'r str {
    row.iter().find(|(known, _)| *known == head).map_or("", |(_, text)| text.as_str())
}

/// A workbook; a text that begins with `=` becomes a formula.
pub(crate) fn xlsx(rows: &[Row]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(SHEET).unwrap();
    for (at, head) in (0..).zip(HEADS) {
        sheet.write_string(0, at, head).unwrap();
        for (line, row) in (1..).zip(rows) {
            match cell(row, head) {
                "" => {}
                text if text.starts_with('=') => drop(sheet.write_formula(line, at, text)),
                text => drop(sheet.write_string(line, at, text).unwrap()),
            }
        }
    }
    // Somebody has written beside the table.
    for (line, row) in (1..).zip(rows) {
        if let Some((_, text)) = row.iter().find(|(head, _)| *head == "?") {
            sheet.write_string(line, u16::try_from(HEADS.len()).unwrap(), text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// A table of text.
pub(crate) fn csv(rows: &[Row]) -> Vec<u8> {
    let lines = rows.iter().map(|row| HEADS.map(|head| quoted(cell(row, head))).join(","));
    let lines: Vec<String> = [HEADS.join(",")].into_iter().chain(lines).collect();
    // One row, so that there is something to read.
    let lines = if rows.is_empty() { vec![lines[0].clone(), "x".to_owned()] } else { lines };
    lines.join("\r\n").into_bytes()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The letters of a column of these tests; `?` stands beside the table.
pub(crate) fn letters(head: &str) -> String {
    let at = HEADS.iter().position(|known| *known == head).unwrap_or(HEADS.len());
    listing::model::sheet::letters(u16::try_from(at).unwrap())
}

/// A request that uploads a file with these fields.
pub(crate) fn upload<'a>(
    api: &'a Api,
    name: &str,
    file: &[u8],
    fields: &[(&str, &str)],
) -> Ask<'a> {
    let form = fields.iter().fold(Form::default(), |form, (name, text)| form.text(name, text));
    api.act("listing-imports").form(form.file(name, file))
}

/// A request that brings a file in.
pub(crate) fn bring_in<'a>(api: &'a Api, name: &str, file: &[u8], mode: &str) -> Ask<'a> {
    upload(api, name, file, &[("mode", mode)])
}

/// Brings a file in, lets it be done, and reads what has come of it.
pub(crate) async fn import(app: &App, api: &Api, name: &str, file: &[u8], mode: &str) -> Reply {
    let taken = bring_in(api, name, file, mode).ok().await;
    assert_eq!(taken.status.as_u16(), 202);
    app.import().await;
    api.get(format!("listing-imports/{}?limit=100", taken.id())).ok().await
}

/// What is counted of its rows.
pub(crate) fn counted(reply: &Reply, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| reply.body["rows"][*name].as_u64().unwrap()).collect()
}

/// The errors of an import.
pub(crate) fn errors(reply: &Reply) -> &[Value] {
    reply.body["errors"]["items"].as_array().unwrap()
}
