//! A person who acts for an organisation.

use std::fmt;

use kernel::{
    Actor, Email, Id, Line, OrganisationKind, Refusal, Role, RoleSet, Version,
    kinds::{self, Session},
    words,
};

use crate::{error, model::PasswordHash};

words! {
    /// Where an account stands.
    pub enum AccountStatus {
        /// May sign in.
        Active = "active", "正常", "active";
        /// Was closed; kept for what it has signed.
        Closed = "closed", "已关闭", "closed";
    }
}

/// A person's account.
#[derive(Clone)]
pub struct Account {
    /// Its id.
    pub id: Id<kinds::Account>,
    /// Its version.
    pub version: Version,
    /// For which organisation the person acts.
    pub organisation_id: Id<kinds::Organisation>,
    /// Signs in with this address.
    pub email: Email,
    /// The person's name.
    pub name: Line<100>,
    /// Proves the password.
    pub password_hash: PasswordHash,
    /// What the person may do there.
    pub roles: RoleSet,
    /// Raised whenever what the account may do changes.
    pub rights_version: i32,
    /// Where it stands.
    pub status: AccountStatus,
}

impl Account {
    /// The person, signed in.
    #[must_use]
    pub const fn signed_in(&self, session: Id<Session>) -> Actor {
        Actor {
            account: self.id,
            organisation: self.organisation_id,
            roles: self.roles,
            session,
            rights_version: self.rights_version,
        }
    }

    /// What the audit trail says of it: nothing personal.
    #[must_use]
    pub fn facts(&self) -> serde_json::Value {
        serde_json::json!({
            "organisation_id": self.organisation_id,
            "roles": self.roles.iter().collect::<Vec<_>>(),
            "rights_version": self.rights_version,
            "status": self.status,
        })
    }

    /// The account with another password: tokens made before are no longer good for writes.
    #[must_use]
    pub fn with_password(self, password_hash: PasswordHash) -> Self {
        Self {
            version: self.version.next(),
            rights_version: self.rights_version.saturating_add(1),
            password_hash,
            ..self
        }
    }
}

impl fmt::Debug for Account {
    /// Name and address are personal data and do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("organisation_id", &self.organisation_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Checks that an account may hold these roles, all of them, in an organisation of this kind.
///
/// The market's and the bureaus' roles are held only there. `admin` manages the system and has no
/// business power, `auditor` reads everything and changes nothing: whoever holds one of these
/// holds nothing else.
///
/// # Errors
/// 422 `roles_not_allowed`, naming the role.
pub fn check_roles(kind: OrganisationKind, roles: RoleSet) -> Result<(), Refusal> {
    if roles.is_empty() {
        return Err(error::ROLES_NOT_ALLOWED
            .because("账户至少应有一个角色", "an account has at least one role"));
    }
    if let Some(role) = roles.iter().find(|role| !belongs(*role, kind)) {
        return Err(error::ROLES_NOT_ALLOWED.because(
            format!("角色 {role}({})不能在 {kind} 类单位中担任", role.label().zh),
            format!("{role} is not a role in an organisation of the kind {kind}"),
        ));
    }
    let lone = roles.iter().find(|role| matches!(role, Role::Admin | Role::Auditor));
    match lone {
        Some(role) if roles.iter().count() > 1 => Err(error::ROLES_NOT_ALLOWED.because(
            format!("角色 {role}({})不能与其他角色兼任", role.label().zh),
            format!("{role} cannot be combined with other roles"),
        )),
        _ => Ok(()),
    }
}

const fn belongs(role: Role, kind: OrganisationKind) -> bool {
    match role {
        Role::OrgAdmin | Role::Editor | Role::Signatory | Role::Viewer => true,
        Role::Operator | Role::Registrar => matches!(kind, OrganisationKind::Market),
        Role::Reviewer | Role::Approver | Role::Treasurer | Role::DistrictOfficer => {
            matches!(kind, OrganisationKind::Government)
        }
        Role::Auditor | Role::Admin => {
            matches!(kind, OrganisationKind::Market | OrganisationKind::Government)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(kind: OrganisationKind, roles: &[Role]) -> bool {
        check_roles(kind, roles.iter().copied().collect()).is_ok()
    }

    #[test]
    fn staff_roles_are_held_only_where_they_belong() {
        use OrganisationKind::{Enterprise, Government, Market};
        assert!(allowed(Market, &[Role::Operator, Role::Registrar]));
        assert!(allowed(Government, &[Role::Reviewer]));
        assert!(allowed(Government, &[Role::Editor, Role::Signatory]));
        assert!(!allowed(Enterprise, &[Role::Operator]));
        assert!(!allowed(Government, &[Role::Registrar]));
        assert!(!allowed(Market, &[Role::Treasurer]));
    }

    #[test]
    fn administrators_and_auditors_hold_nothing_else() {
        use OrganisationKind::Market;
        assert!(allowed(Market, &[Role::Admin]));
        assert!(allowed(Market, &[Role::Auditor]));
        assert!(!allowed(Market, &[Role::Admin, Role::Operator]));
        assert!(!allowed(Market, &[Role::Viewer, Role::Auditor]));
        assert!(!allowed(Market, &[]));
    }
}
