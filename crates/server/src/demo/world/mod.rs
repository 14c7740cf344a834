//! A small, believable world: organisations of Xining and beyond, results, patents and needs in
//! the city's real fields, some of which answer one another.
//!
//! Everything in it is invented. It is the same in every market, except for dates, which count
//! from the day on which it is loaded.

mod load;
mod sheets;

use kernel::{Role, Words};

pub use load::{Loaded, load};
pub(super) use sheets::{STAFF, StaffSheet};

/// Somebody who can sign in, for whoever tries the market out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Signs in with this address.
    pub email: String,
    /// For which organisation.
    pub organisation: String,
    /// What the person does there.
    pub does: Words<&'static str>,
}

/// Everybody who can sign in: the staff first. The password of all of them is
/// [`super::PASSWORD`].
///
/// # Errors
/// If the world is not written as it should be.
pub fn accounts() -> anyhow::Result<Vec<Account>> {
    let staff = sheets::STAFF.iter().map(|person| Account {
        email: person.email(),
        organisation: person.organisation.to_owned(),
        does: person.role.label(),
    });
    let founders = sheets::organisations()?.into_iter().map(|sheet| Account {
        email: sheet.email(),
        does: sheet.kind.label(),
        organisation: sheet.name.to_string(),
    });
    Ok(staff.chain(founders).collect())
}

/// The e-mail address of the account that holds the role on the staff.
#[must_use]
pub fn staff_email(role: Role) -> Option<String> {
    sheets::STAFF.iter().find(|person| person.role == role).map(sheets::StaffSheet::email)
}
