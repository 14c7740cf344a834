//! What the door itself refuses.

use kernel::{Reason, Status};

/// There is nothing there that the caller may know of.
pub static NOT_FOUND: Reason = Reason::new(
    "not_found",
    Status::NotFound,
    "没有找到,或您无权知晓",
    "there is no such thing that you may know of",
);
/// The thing has changed since the caller read it.
pub static STALE: Reason = Reason::new(
    "stale",
    Status::Stale,
    "内容已被他人更改,请重新读取后再试",
    "it has changed since you read it: read it again",
);
/// The thing's state forbids the act; the detail names the states it would work in.
pub static INVALID_STATE: Reason = Reason::new(
    "invalid_state",
    Status::Conflict,
    "当前状态不允许此操作",
    "its present state does not allow this",
);
/// Fields are at fault.
pub static INVALID: Reason =
    Reason::new("invalid", Status::Invalid, "提交的内容有误", "what was sent is not right");
/// The account's rights have changed since the token was made.
pub static RIGHTS_CHANGED: Reason = Reason::new(
    "rights_changed",
    Status::Unauthenticated,
    "账户权限已变更,请重新登录",
    "the rights of the account have changed: sign in again",
);
/// Another request under the same key is still running.
pub static KEY_IN_USE: Reason = Reason::new(
    "idempotency_key_in_use",
    Status::Conflict,
    "相同 Idempotency-Key 的请求仍在处理",
    "a request with this Idempotency-Key is still running",
);
/// The key was used for something else.
pub static KEY_REUSED: Reason = Reason::new(
    "idempotency_key_reused",
    Status::Invalid,
    "此 Idempotency-Key 已用于另一请求",
    "this Idempotency-Key was used for another request",
);
/// The database does not answer, or not in time.
pub static UNAVAILABLE: Reason = Reason::new(
    "unavailable",
    Status::Unavailable,
    "服务暂时不可用,请稍后再试",
    "not available now: try again later",
);
/// The connection broke during the commit, or time was over before it.
pub static OUTCOME_UNKNOWN: Reason = Reason::new(
    "outcome_unknown",
    Status::Unavailable,
    "结果未知:请先读取,再决定是否重试;以相同 Idempotency-Key 重试是安全的",
    "whether it was done is not known: read before you try again; with the same Idempotency-Key it is safe to",
);

/// Every refusal of the door.
pub static REASONS: &[&Reason] = &[
    &NOT_FOUND,
    &STALE,
    &INVALID_STATE,
    &INVALID,
    &RIGHTS_CHANGED,
    &KEY_IN_USE,
    &KEY_REUSED,
    &UNAVAILABLE,
    &OUTCOME_UNKNOWN,
    &kernel::UNAUTHENTICATED,
    &kernel::FORBIDDEN,
];
