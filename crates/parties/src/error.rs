//! The table of refusals.

use chrono::TimeDelta;
use kernel::{Fault, OrganisationStatus, Reason, Refusal, Status};

/// Another organisation is registered under the credit code.
pub static CREDIT_CODE_TAKEN: Reason = Reason::new(
    "credit_code_taken",
    Status::Conflict,
    "该统一社会信用代码已注册",
    "an organisation with this credit code is already registered",
);
/// An account has the e-mail address.
pub static EMAIL_TAKEN: Reason = Reason::new(
    "email_taken",
    Status::Conflict,
    "该电子邮箱已被使用",
    "this e-mail address is already in use",
);
/// Another organisation presents itself under the short name.
pub static SHORT_NAME_TAKEN: Reason = Reason::new(
    "short_name_taken",
    Status::Conflict,
    "该短名已被其他单位使用",
    "another organisation has this short name",
);
/// The market's and the bureaus' own organisations keep the market running.
pub static STAFF_ORGANISATION: Reason = Reason::new(
    "staff_organisation",
    Status::Conflict,
    "科技大市场和政府部门自身的单位不能停用",
    "the market's and the bureaus' own organisations cannot be suspended",
);
/// The e-mail address or the password is wrong; which of them is not said.
pub static INVALID_CREDENTIALS: Reason = Reason::new(
    "invalid_credentials",
    Status::Unauthenticated,
    "电子邮箱或密码不正确",
    "the e-mail address or the password is wrong",
);
/// Too many failed logins for this address from this network.
pub static LOGIN_LOCKED: Reason = Reason::new(
    "login_locked",
    Status::TooMany,
    "登录失败次数过多,请稍后再试",
    "too many failed logins: try again later",
);
/// More logins at once than the processors can check.
pub static LOGIN_BUSY: Reason = Reason::new(
    "login_busy",
    Status::Unavailable,
    "登录请求过多,请稍后再试",
    "too many logins at once: try again shortly",
);
/// The organisation is shut out for now.
pub static ORGANISATION_SUSPENDED: Reason = Reason::new(
    "organisation_suspended",
    Status::Forbidden,
    "所在单位已被停用,请联系科技大市场",
    "the organisation is suspended: contact the market",
);
/// The refresh token is unknown, expired, spent, or of a login that has ended.
pub static INVALID_REFRESH_TOKEN: Reason = Reason::new(
    "invalid_refresh_token",
    Status::Unauthenticated,
    "刷新令牌无效或已使用,请重新登录",
    "the refresh token is invalid or was used before: sign in again",
);
/// An account may not hold these roles in this organisation.
pub static ROLES_NOT_ALLOWED: Reason = Reason::new(
    "roles_not_allowed",
    Status::Invalid,
    "该账户不能在此单位担任这些角色",
    "the account may not hold these roles in this organisation",
);

/// Every refusal of this domain.
pub static REASONS: &[&Reason] = &[
    &CREDIT_CODE_TAKEN,
    &EMAIL_TAKEN,
    &SHORT_NAME_TAKEN,
    &STAFF_ORGANISATION,
    &INVALID_CREDENTIALS,
    &LOGIN_LOCKED,
    &LOGIN_BUSY,
    &ORGANISATION_SUSPENDED,
    &INVALID_REFRESH_TOKEN,
    &ROLES_NOT_ALLOWED,
];

/// 409 `invalid_state`: the organisation's state, and those in which the act would work.
#[must_use]
pub(crate) fn invalid_state(is: OrganisationStatus, works_in: &[OrganisationStatus]) -> Refusal {
    let tokens: Vec<&str> = works_in.iter().map(|state| state.as_str()).collect();
    let labels: Vec<&str> = works_in.iter().map(|state| state.label().zh).collect();
    store::refusals::INVALID_STATE.because(
        format!(
            "单位当前状态为“{}”({is}),此操作适用于:{}({})",
            is.label().zh,
            labels.join("、"),
            tokens.join(", "),
        ),
        format!("the organisation is {is}; this works in: {}", tokens.join(", ")),
    )
}

/// 429 `login_locked`, with the seconds until the next try in `Retry-After`.
#[must_use]
pub(crate) fn login_locked(rest: TimeDelta) -> Refusal {
    let seconds = rest.num_seconds().saturating_add(1).max(1);
    LOGIN_LOCKED
        .because(
            format!("请在 {seconds} 秒后再试;从其他网络登录不受影响"),
            format!("try again in {seconds} seconds; other networks are not affected"),
        )
        .at("retry_after", Fault::new(&seconds.to_string(), "", ""))
}
