//! What is often wrong with a request's fields.

use kernel::Fault;

/// A field that must be there is not.
#[must_use]
pub fn required() -> Fault {
    Fault::new("required", "必填", "required")
}

/// A field that the operation does not know, and the one that was perhaps meant.
#[must_use]
pub fn unknown_field(near: Option<&str>) -> Fault {
    let (zh, en) = ("没有这个字段", "there is no such field");
    match near {
        Some(near) => Fault::new(
            "unknown_field",
            format!("{zh};是否指 {near}?"),
            format!("{en}: {near}, perhaps?"),
        ),
        None => Fault::new("unknown_field", zh, en),
    }
}

/// What should be a date, and is none.
#[must_use]
pub fn no_date() -> Fault {
    Fault::new(
        "no_date",
        "应为存在的日期,形如 2026-03-01",
        "a day of the calendar is expected, such as 2026-03-01",
    )
}

/// A list's `limit` beyond its bounds.
#[must_use]
pub fn limit_out_of_range() -> Fault {
    Fault::new("out_of_range", "应为 1 到 100", "from 1 to 100")
}
