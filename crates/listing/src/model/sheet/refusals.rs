//! Why a file is not read at all: each kind has a code and a sentence of its own.

use kernel::{Reason, Status};

/// There is nothing in the file.
pub static FILE_EMPTY: Reason =
    Reason::new("file_empty", Status::Invalid, "文件是空的", "the file is empty");
/// It is neither a workbook nor a table of text.
pub static FILE_UNREADABLE: Reason = Reason::new(
    "file_unreadable",
    Status::Invalid,
    "既不是 xlsx 工作簿,也不是 CSV 文本",
    "this is neither an xlsx workbook nor CSV text",
);
/// It is called something that it is not.
pub static EXTENSION_DIFFERS: Reason = Reason::new(
    "extension_differs",
    Status::Invalid,
    "文件扩展名与实际内容不符",
    "the file is not what its extension says",
);
/// A workbook of Excel 97–2003.
pub static WORKBOOK_OLD: Reason = Reason::new(
    "workbook_old",
    Status::Invalid,
    "这是旧版 xls 工作簿,请另存为 xlsx 后再上传",
    "this is an old xls workbook: save it as xlsx",
);
/// A workbook that needs a password.
pub static WORKBOOK_ENCRYPTED: Reason = Reason::new(
    "workbook_encrypted",
    Status::Invalid,
    "工作簿设有密码,请取消密码后再上传",
    "the workbook needs a password: take it off",
);
/// A workbook with programs in it.
pub static WORKBOOK_MACROS: Reason = Reason::new(
    "workbook_macros",
    Status::Invalid,
    "工作簿含有宏,请另存为不含宏的 xlsx",
    "the workbook has macros: save it as xlsx, which has none",
);
/// A workbook that unpacks to too much.
pub static WORKBOOK_BOMB: Reason = Reason::new(
    "workbook_bomb",
    Status::Invalid,
    "工作簿解压后过大或文件过多",
    "the workbook unpacks to too much",
);
/// A workbook that defines entities.
pub static WORKBOOK_ENTITIES: Reason = Reason::new(
    "workbook_entities",
    Status::Invalid,
    "工作簿内含有 DOCTYPE 或实体声明,不予读取",
    "there is a DOCTYPE or an entity in the workbook, which is not read",
);
/// A workbook that is not whole, or not as it should be.
pub static WORKBOOK_DAMAGED: Reason = Reason::new(
    "workbook_damaged",
    Status::Invalid,
    "工作簿已损坏或格式不完整,请用表格软件重新保存",
    "the workbook is damaged: open and save it again",
);
/// A table of text in an encoding that cannot be told.
pub static ENCODING_UNKNOWN: Reason = Reason::new(
    "encoding_unknown",
    Status::Invalid,
    "无法识别文本编码,请用 UTF-8 或 GB18030 保存",
    "the encoding cannot be told: save it as UTF-8 or GB18030",
);
/// Nothing stands below the header.
pub static SHEET_EMPTY: Reason =
    Reason::new("sheet_empty", Status::Invalid, "表中没有数据行", "there are no rows in the sheet");
/// More rows than are read.
pub static ROWS_TOO_MANY: Reason = Reason::new(
    "rows_too_many",
    Status::Invalid,
    "行数过多:一次最多 50000 行,请分批导入",
    "too many rows: at most 50000 at once",
);
/// Empty rows without end.
pub static ROWS_EMPTY: Reason = Reason::new(
    "rows_empty",
    Status::Invalid,
    "表中有大量空行,请删除多余的空行后再上传",
    "there are too many empty rows: delete them",
);
/// A cell far away from the others.
pub static CELLS_FAR_APART: Reason = Reason::new(
    "cells_far_apart",
    Status::Invalid,
    "有单元格远离数据区域(超过第 100 列或第 200000 行),请删除后再上传",
    "a cell is far away from the others (beyond column 100 or row 200000): delete it",
);
/// No header.
pub static HEADER_MISSING: Reason = Reason::new(
    "header_missing",
    Status::Invalid,
    "第一行应为列名:没有认出任何一列,请使用模板",
    "the first row names the columns, of which none is known: use the template",
);
/// A column that there is not.
pub static HEADER_UNKNOWN: Reason = Reason::new(
    "header_unknown",
    Status::Invalid,
    "有不认识的列名",
    "there is a column that is not known",
);
/// A column that is there twice.
pub static HEADER_REPEATED: Reason =
    Reason::new("header_repeated", Status::Invalid, "有重复的列名", "there is a column twice");
/// A column that every row needs is not there.
pub static REQUIRED_COLUMN_MISSING: Reason = Reason::new(
    "required_column_missing",
    Status::Invalid,
    "缺少必填的列",
    "a column that every row needs is not there",
);

/// All of them.
pub static REFUSED_FILES: &[&Reason] = &[
    &FILE_EMPTY,
    &FILE_UNREADABLE,
    &EXTENSION_DIFFERS,
    &WORKBOOK_OLD,
    &WORKBOOK_ENCRYPTED,
    &WORKBOOK_MACROS,
    &WORKBOOK_BOMB,
    &WORKBOOK_ENTITIES,
    &WORKBOOK_DAMAGED,
    &ENCODING_UNKNOWN,
    &SHEET_EMPTY,
    &ROWS_TOO_MANY,
    &ROWS_EMPTY,
    &CELLS_FAR_APART,
    &HEADER_MISSING,
    &HEADER_UNKNOWN,
    &HEADER_REPEATED,
    &REQUIRED_COLUMN_MISSING,
];
