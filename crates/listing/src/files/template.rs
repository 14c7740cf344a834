//! The empty sheet that people fill in: with drop-downs, examples, and an explanation of each
//! column.

use ::store::Outcome;
use kernel::Words;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign,
    Formula, Workbook, Worksheet, XlsxError,
};

use super::spelling::{Spelling, unwritten};
use crate::model::sheet::{Column, Place, ROWS_MAX, Takes, columns, example, letters};

const SHEET: Words<&str> = Words::new("发布信息", "listings");
const GUIDE: Words<&str> = Words::new("填写说明", "guide");
const EXAMPLES: Words<&str> = Words::new("示例", "examples");
const OPTIONS: Words<&str> = Words::new("选项", "options");

/// The template, as a workbook.
pub(crate) fn template(spelling: Spelling) -> Outcome<Vec<u8>> {
    let mut workbook = Workbook::new();
    let written = written_columns();
    let filled = fill(&mut workbook, &written, spelling);
    filled.and_then(|()| workbook.save_to_buffer()).map_err(unwritten)
}

/// The columns that people write, with their places.
fn written_columns() -> Vec<(u16, &'static Column)> {
    let written = columns().iter().filter(|column| !matches!(column.place, Place::Told(_)));
    (0..).zip(written).collect()
}

fn fill(
    workbook: &mut Workbook,
    columns: &[(u16, &'static Column)],
    spelling: Spelling,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name(spelling.pick(SHEET))?;
    heads(sheet, columns, spelling)?;
    for (at, column) in columns {
        sheet.set_column_format(*at, &format_of(&column.takes))?;
        if let Some(rule) = rule(*at, column, spelling) {
            sheet.add_data_validation(1, *at, ROWS_MAX, *at, &rule)?;
        }
    }
    let sheet = workbook.add_worksheet().set_name(spelling.pick(GUIDE))?;
    guide(sheet, columns)?;
    let sheet = workbook.add_worksheet().set_name(spelling.pick(EXAMPLES))?;
    heads(sheet, columns, spelling)?;
    for (row, which) in [(1, 0), (2, 1)] {
        for (at, column) in columns {
            sheet.write_string(row, *at, example(column, which, spelling.label()))?;
        }
    }
    let sheet = workbook.add_worksheet().set_name(spelling.pick(OPTIONS))?;
    options(sheet, columns, spelling)
}

fn heads(
    sheet: &mut Worksheet,
    columns: &[(u16, &'static Column)],
    spelling: Spelling,
) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in columns {
        let head = Format::new().set_bold().set_background_color(Color::RGB(0x00DD_EBF7));
        let head = if column.required { head.set_font_color(Color::Red) } else { head };
        sheet.write_string_with_format(0, *at, spelling.head(column), &head)?;
        let wide = matches!(column.name, "title" | "abstract" | "description");
        sheet.set_column_width(*at, if wide { 40 } else { 18 })?;
    }
    Ok(())
}

/// Cells for text keep the zeros that a number begins with.
fn format_of(takes: &Takes) -> Format {
    let kind = match takes {
        Takes::Day => "yyyy-mm-dd",
        Takes::Yuan => "0.00",
        Takes::Whole => "0",
        Takes::Text
        | Takes::Code
        | Takes::Texts
        | Takes::Codes
        | Takes::Days
        | Takes::YesNo
        | Takes::Word(_)
        | Takes::Words(_)
        | Takes::WordOrCode(_) => "@",
    };
    Format::new().set_num_format(kind)
}

/// What may be chosen or written in a column.
fn rule(at: u16, column: &Column, spelling: Spelling) -> Option<DataValidation> {
    let rule = DataValidation::new();
    match &column.takes {
        Takes::Word(_) => Some(rule.allow_list_formula(options_of(at, column, spelling))),
        // A code may stand there, too.
        Takes::WordOrCode(_) => Some(
            rule.allow_list_formula(options_of(at, column, spelling))
                .set_error_style(DataValidationErrorStyle::Information),
        ),
        Takes::YesNo => {
            let words = [Words::new("是", "yes"), Words::new("否", "no")];
            rule.allow_list_strings(&words.map(|words| spelling.pick(words))).ok()
        }
        Takes::Whole => Some(rule.allow_whole_number(DataValidationRule::Between(1, 9))),
        Takes::Text
        | Takes::Code
        | Takes::Texts
        | Takes::Codes
        | Takes::Yuan
        | Takes::Day
        | Takes::Days
        | Takes::Words(_) => None,
    }
}

/// Where the words of a column stand: in the same column of the last sheet.
fn options_of(at: u16, column: &Column, spelling: Spelling) -> Formula {
    let (sheet, letters) = (spelling.pick(OPTIONS), letters(at));
    let last = column.takes.words().len().saturating_add(1);
    Formula::new(format!("='{sheet}'!${letters}$2:${letters}${last}"))
}

fn options(
    sheet: &mut Worksheet,
    columns: &[(u16, &'static Column)],
    spelling: Spelling,
) -> Result<(), XlsxError> {
    for (at, column) in columns {
        let words = column.takes.words();
        if words.is_empty() {
            continue;
        }
        let head = Format::new().set_bold();
        sheet.write_string_with_format(0, *at, spelling.head(column), &head)?;
        sheet.set_column_width(*at, 24)?;
        for (row, word) in (1..).zip(words) {
            let label = spelling.label()(word.label).unwrap_or(word.spelling);
            sheet.write_string(row, *at, label)?;
        }
    }
    Ok(())
}

/// Each column in a row, in both languages.
fn guide(sheet: &mut Worksheet, columns: &[(u16, &'static Column)]) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let heads = [
        ("列名", 18),
        ("Column", 20),
        ("必填 Required", 14),
        ("说明", 50),
        ("Explanation", 50),
        ("可选值 Values", 50),
        ("示例 Example", 30),
    ];
    for (at, (text, width)) in (0..).zip(heads) {
        sheet.write_string_with_format(0, at, text, &head)?;
        sheet.set_column_width(at, width)?;
    }
    for (row, (_, column)) in (1..).zip(columns) {
        let values: Vec<String> = column
            .takes
            .words()
            .iter()
            .map(|word| format!("{} = {}", word.label.zh, word.spelling))
            .collect();
        let required = if column.required { "是 yes" } else { "" };
        let examples: Vec<&str> =
            column.examples.iter().copied().filter(|example| !example.is_empty()).collect();
        let texts = [
            column.label.to_owned(),
            column.name.to_owned(),
            required.to_owned(),
            column.about.zh.to_owned(),
            column.about.en.to_owned(),
            values.join("\n"),
            examples.join("\n"),
        ];
        for (at, text) in (0..).zip(texts) {
            sheet.write_string_with_format(row, at, text, &wrapped)?;
        }
    }
    Ok(())
}
