//! How long a login lasts, and how it ends.

use chrono::TimeDelta;
use kernel::{Role, RoleSet, words};

words! {
    /// Why a login has ended.
    pub enum SessionEnd {
        /// Its owner signed out.
        SignedOut = "signed_out", "已退出", "signed out";
        /// A spent refresh token came back: two hold what only one may have.
        TokenReused = "token_reused", "令牌被重复使用", "refresh token reused";
        /// The password was changed in another login.
        PasswordChanged = "password_changed", "密码已更改", "password changed";
        /// The organisation was suspended.
        OrganisationSuspended = "organisation_suspended", "单位已停用", "organisation suspended";
        /// The account was closed.
        AccountClosed = "account_closed", "账户已关闭", "account closed";
    }
}

/// How long a login lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Unused for so long, it is over.
    pub idle: TimeDelta,
    /// After so long, it is over even if it is used.
    pub whole: TimeDelta,
}

/// How long a login in these roles lasts: a working day for the market's and the bureaus' staff,
/// who handle other people's money and data, a month for everybody else.
#[must_use]
pub fn lifetime(roles: RoleSet) -> Lifetime {
    if roles.iter().any(Role::is_staff) {
        Lifetime { idle: TimeDelta::hours(2), whole: TimeDelta::hours(12) }
    } else {
        Lifetime { idle: TimeDelta::days(7), whole: TimeDelta::days(30) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_sign_in_every_day() {
        let of = |role| lifetime(RoleSet::EMPTY.with(Role::Viewer).with(role));
        assert_eq!(of(Role::Treasurer).whole, TimeDelta::hours(12));
        assert_eq!(of(Role::OrgAdmin).whole, TimeDelta::days(30));
    }
}
