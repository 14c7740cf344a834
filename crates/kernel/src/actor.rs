//! Who asks.

use crate::{
    Id, Role,
    kinds::{Account, Organisation, Session},
};

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(u32);

impl RoleSet {
    /// No role at all.
    pub const EMPTY: Self = Self(0);

    /// The set with one more role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// Is the role in the set?
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Is there no role in the set?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles of the set, in the order of the vocabulary.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// A person who has signed in and acts for an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Whose account.
    pub account: Id<Account>,
    /// For which organisation.
    pub organisation: Id<Organisation>,
    /// In which roles there.
    pub roles: RoleSet,
    /// In which login.
    pub session: Id<Session>,
    /// Which state of the account's rights the token was made from; a write is refused when the
    /// account has moved on (password changed, role taken away, account closed).
    pub rights_version: i32,
}

/// Whoever sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody has signed in.
    Anyone,
    /// Somebody has.
    SignedIn(Actor),
}

impl Caller {
    /// The person, if somebody has signed in.
    #[must_use]
    pub const fn actor(&self) -> Option<&Actor> {
        match self {
            Self::Anyone => None,
            Self::SignedIn(actor) => Some(actor),
        }
    }

    /// Does the caller hold the role?
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.actor().is_some_and(|actor| actor.roles.has(role))
    }

    /// Does the caller act for the organisation?
    #[must_use]
    pub fn acts_for(&self, organisation: Id<Organisation>) -> bool {
        self.actor().is_some_and(|actor| actor.organisation == organisation)
    }
}
