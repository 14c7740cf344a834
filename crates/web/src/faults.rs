//! What is often wrong with a request's fields.

use kernel::Fault;

/// A field that must be there is not.
#[must_use]
pub fn required() -> Fault {
    Fault::new("required", "必填", "required")
}

/// A field, or a query parameter, that is not known.
#[must_use]
pub fn unknown_field() -> Fault {
    Fault::new("unknown_field", "没有这个字段", "there is no such field")
}

/// A list's `limit` beyond its bounds.
#[must_use]
pub fn limit_out_of_range() -> Fault {
    Fault::new("out_of_range", "应为 1 到 100", "from 1 to 100")
}
