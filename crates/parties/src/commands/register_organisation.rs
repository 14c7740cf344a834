//! `register_organisation`: an organisation enters itself, with the account that founds it.

use ::store::{Command, Outcome, Tx};
use kernel::{Email, Id, Line, Role, RoleSet, Version, judge};
use serde_json::json;
use web::invalid;

use crate::{
    Hasher, access,
    model::{Account, AccountStatus, Organisation, Password, PasswordHash, Registration},
    store,
};

/// Roles of the account that founds an organisation: everything there is to do for it.
const FOUNDER_ROLES: RoleSet =
    RoleSet::EMPTY.with(Role::OrgAdmin).with(Role::Editor).with(Role::Signatory);

/// What is registered.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// The organisation.
    pub registration: Registration,
    /// The founder's e-mail address.
    pub email: Email,
    /// The founder's name.
    pub name: Line<100>,
    /// The founder's password.
    pub password: Password,
}

/// Checks what is registered and makes the command.
///
/// # Errors
/// 422 `invalid` with every fault, 503 `login_busy`.
pub async fn register_organisation(
    hasher: &Hasher,
    new: NewOrganisation,
) -> Outcome<RegisterOrganisation> {
    let NewOrganisation { registration, email, name, password } = new;
    let mut faults = registration.faults();
    let names = [name.as_str(), registration.name.as_str(), email.as_str()];
    if let Err(fault) = password.check(&names) {
        faults.push(("/account/password", fault));
    }
    if !faults.is_empty() {
        let refusal =
            faults.into_iter().fold(invalid(), |refusal, (at, fault)| refusal.at(at, fault));
        return Err(refusal.into());
    }
    let password_hash = hasher.hash(password).await?;
    Ok(RegisterOrganisation { registration, founder: Founder { email, name, password_hash } })
}

/// The account that founds an organisation.
#[derive(Clone)]
pub struct Founder {
    /// Its e-mail address.
    pub email: Email,
    /// The person's name.
    pub name: Line<100>,
    /// Its password's hash.
    pub password_hash: PasswordHash,
}

impl Founder {
    pub(super) fn account(self, id: Id<kernel::kinds::Account>, of: &Organisation) -> Account {
        Account {
            id,
            version: Version::FIRST,
            organisation_id: of.id,
            email: self.email,
            name: self.name,
            password_hash: self.password_hash,
            roles: FOUNDER_ROLES,
            rights_version: 1,
            status: AccountStatus::Active,
        }
    }
}

/// Registers an organisation.
#[derive(Clone)]
pub struct RegisterOrganisation {
    registration: Registration,
    founder: Founder,
}

impl Command for RegisterOrganisation {
    const ACT: &'static str = "register_organisation";
    type Output = Organisation;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Organisation> {
        judge::<access::RegisterOrganisation>(tx.caller(), &[])?;
        let now = tx.now();
        let organisation = Organisation::register(tx.new_id(), self.registration, now);
        store::add_organisation(tx.conn(), &organisation).await?;
        let account = self.founder.account(tx.new_id(), &organisation);
        store::add_account(tx.conn(), &account, now).await?;

        let facts = json!({
            "kind": organisation.kind,
            "region": organisation.region,
            "status": organisation.standing.status(),
        });
        tx.record(organisation.id, organisation.version, facts);
        tx.record(account.id, account.version, account.facts());
        Ok(organisation)
    }
}
