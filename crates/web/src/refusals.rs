//! What the edge itself refuses.

use kernel::{Reason, Status, Words};

/// The body is no JSON.
pub static MALFORMED_JSON: Reason = Reason::new(
    "malformed_json",
    Status::Malformed,
    "请求体不是有效的 JSON",
    "the body is not valid JSON",
);
/// The JSON is of another shape than described.
pub static MALFORMED: Reason = Reason::new(
    "malformed",
    Status::Malformed,
    "请求的结构与接口说明不符",
    "the request is not of the shape described",
);
/// The body is none of JSON.
pub static UNSUPPORTED_MEDIA: Reason = Reason::new(
    "unsupported_media_type",
    Status::UnsupportedMedia,
    "请求体应为 application/json",
    "the body must be application/json",
);
/// The body is too large.
pub static BODY_TOO_LARGE: Reason =
    Reason::new("body_too_large", Status::TooLarge, "请求体过大", "the body is too large");
/// The body came too slowly.
pub static BODY_TOO_SLOW: Reason = Reason::new(
    "body_too_slow",
    Status::Malformed,
    "请求体未在限定时间内到达",
    "the body did not arrive in time",
);
/// A part beyond the end of a file.
pub static RANGE_NOT_SATISFIABLE: Reason = Reason::new(
    "range_not_satisfiable",
    Status::RangeNotSatisfiable,
    "所请求的范围超出文件大小",
    "the file has no such part",
);
/// A transition or change without `If-Match`.
pub static VERSION_REQUIRED: Reason = Reason::new(
    "version_required",
    Status::VersionRequired,
    "请用 If-Match 指明所依据的版本(先读取以获得 ETag)",
    "name the version that you mean with If-Match (read it to get its ETag)",
);
/// An `If-Match` that is no `ETag`.
pub static IF_MATCH_MALFORMED: Reason = Reason::new(
    "if_match_malformed",
    Status::Malformed,
    "If-Match 应为读取时返回的 ETag 原样(含引号)",
    "send the ETag in If-Match as it came, with its quotes",
);
/// An `If-None-Match` of a PUT that is not `*`.
pub static IF_NONE_MATCH_MALFORMED: Reason = Reason::new(
    "if_none_match_malformed",
    Status::Malformed,
    "写入时 If-None-Match 只能为 *(仅当尚不存在时新建)",
    "with a PUT, If-None-Match can only be *: make it if there is none yet",
);
/// There is one already, where there must be none.
pub static ALREADY_EXISTS: Reason = Reason::new(
    "already_exists",
    Status::Stale,
    "已经存在;If-None-Match: * 只允许新建",
    "there is one already: If-None-Match: * only makes what is not there",
);
/// A key that is none.
pub static KEY_MALFORMED: Reason = Reason::new(
    "idempotency_key_malformed",
    Status::Malformed,
    "Idempotency-Key 应为 1 至 255 个可见 ASCII 字符",
    "an Idempotency-Key has 1 to 255 visible ASCII characters",
);
/// A cursor that this market did not give, or gave for another list.
pub static CURSOR_INVALID: Reason = Reason::new(
    "cursor_invalid",
    Status::Malformed,
    "游标无效:请使用上一页返回的游标(next_cursor 或 next_after)",
    "the cursor is not valid: use next_cursor or next_after of the page before",
);
/// The bearer token is not valid, whatever is wrong with it.
pub static INVALID_TOKEN: Reason = Reason::new(
    "invalid_token",
    Status::Unauthenticated,
    "访问令牌无效或已过期,请重新登录",
    "the access token is invalid or has expired: sign in again",
);
/// Too much at once.
pub static OVERLOADED: Reason = Reason::new(
    "overloaded",
    Status::Unavailable,
    "系统繁忙,请稍后再试",
    "too busy now: try again later",
);
/// An organisation sends as many files at once as it may.
pub static UPLOADS_TOO_MANY: Reason = Reason::new(
    "uploads_too_many",
    Status::TooMany,
    "本单位同时上传的文件过多,请待其完成后再传",
    "your organisation sends too many files at once: wait for some to arrive",
);
/// It took too long.
pub static TIMED_OUT: Reason = Reason::new(
    "timed_out",
    Status::Unavailable,
    "未能在限定时间内完成,请稍后再试",
    "it did not finish in time: try again later",
);

/// A page of another origin may not call.
pub static CROSS_ORIGIN_REFUSED: Reason = Reason::new(
    "cross_origin_refused",
    Status::Malformed,
    "不接受该网页来源的跨源调用",
    "a page of this origin may not call like this",
);

/// Every refusal of the edge.
pub static REASONS: &[&Reason] = &[
    &MALFORMED_JSON,
    &MALFORMED,
    &UNSUPPORTED_MEDIA,
    &BODY_TOO_LARGE,
    &BODY_TOO_SLOW,
    &RANGE_NOT_SATISFIABLE,
    &VERSION_REQUIRED,
    &IF_MATCH_MALFORMED,
    &IF_NONE_MATCH_MALFORMED,
    &ALREADY_EXISTS,
    &KEY_MALFORMED,
    &CURSOR_INVALID,
    &INVALID_TOKEN,
    &OVERLOADED,
    &UPLOADS_TOO_MANY,
    &TIMED_OUT,
    &CROSS_ORIGIN_REFUSED,
];

/// A kind of problem that nobody refuses: an accident, or a request that no route takes.
#[derive(Debug)]
pub struct Unrefused {
    /// Stable code, as of a [`Reason`].
    pub code: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// What it says to people.
    pub title: Words<&'static str>,
}

/// Something broke here.
pub static INTERNAL_ERROR: Unrefused = Unrefused {
    code: "internal_error",
    status: 500,
    title: Words::new(
        "服务器内部错误,已记录;请附上 trace_id 联系我们",
        "something broke here and was noted; quote the trace_id when you ask for help",
    ),
};
/// No route has this path.
pub static NO_SUCH_PATH: Unrefused = Unrefused {
    code: "no_such_path",
    status: 404,
    title: Words::new("没有这个地址", "there is no such path"),
};
/// The path has routes, but none for this method.
pub static METHOD_NOT_ALLOWED: Unrefused = Unrefused {
    code: "method_not_allowed",
    status: 405,
    title: Words::new("此地址不接受该方法", "this path does not take that method"),
};

/// Every kind of problem that nobody refuses.
pub static UNREFUSED: &[&Unrefused] = &[&INTERNAL_ERROR, &NO_SUCH_PATH, &METHOD_NOT_ALLOWED];
