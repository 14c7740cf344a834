//! `market admin create`: an account of the market's or a bureau's staff. No request reaches it.

use ::store::{Command, Db, Outcome, Tx};
use kernel::{
    Caller, CreditCode, Email, Fault, Id, Line, OrganisationKind, Region, RoleSet, Version, kinds,
};
use serde_json::json;
use web::invalid;

use crate::{
    Hasher,
    model::{
        Account, AccountStatus, Contact, Organisation, Password, PasswordHash, Registration,
        check_roles,
    },
    store,
};

/// Who joins the staff, and of what.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// `market` or `government`.
    pub kind: OrganisationKind,
    /// The organisation's name; it is entered if it is not there.
    pub organisation: Line<200>,
    /// Where a new organisation belongs; a district's officer confirms for this region only.
    pub region: Region,
    /// A new organisation's credit code.
    pub credit_code: Option<CreditCode>,
    /// The person's e-mail address.
    pub email: Email,
    /// The person's name.
    pub name: Line<100>,
    /// Their password.
    pub password: Password,
    /// Their roles.
    pub roles: RoleSet,
}

/// A new account of the staff.
#[derive(Clone, Copy, Debug)]
pub struct StaffCreated {
    /// The account.
    pub account: Id<kinds::Account>,
    /// Of which organisation.
    pub organisation: Id<kinds::Organisation>,
}

/// Creates an account of the market's or a bureau's staff.
///
/// # Errors
/// 422 for a wrong kind, roles or password, 409 `email_taken`.
pub async fn create_staff(db: &Db, hasher: &Hasher, new: NewStaff) -> Outcome<StaffCreated> {
    if !matches!(new.kind, OrganisationKind::Market | OrganisationKind::Government) {
        let fault = Fault::unknown_value(new.kind.as_str(), &["market", "government"]);
        return Err(invalid().at("/kind", fault).into());
    }
    check_roles(new.kind, new.roles)?;
    let names = [new.name.as_str(), new.organisation.as_str(), new.email.as_str()];
    new.password.check(&names).map_err(|fault| invalid().at("/password", fault))?;
    let password_hash = hasher.hash(new.password).await?;
    let contact = Contact { name: new.name.clone(), phone: None, email: Some(new.email.clone()) };
    let command = CreateStaff {
        organisation: Registration {
            kind: new.kind,
            name: new.organisation,
            credit_code: new.credit_code,
            region: new.region,
            contact,
        },
        email: new.email,
        name: new.name,
        password_hash,
        roles: new.roles,
    };
    db.write(Caller::Anyone, command).await
}

/// Creates an account of the staff, and its organisation if that is missing.
#[derive(Clone)]
pub struct CreateStaff {
    organisation: Registration,
    email: Email,
    name: Line<100>,
    password_hash: PasswordHash,
    roles: RoleSet,
}

impl Command for CreateStaff {
    const ACT: &'static str = "create_staff";
    type Output = StaffCreated;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<StaffCreated> {
        let now = tx.now();
        let (kind, name) = (self.organisation.kind, &self.organisation.name);
        let organisation = match store::staff_organisation_for_update(tx.conn(), kind, name).await?
        {
            Some(there) => there,
            None => enter(tx, self.organisation).await?,
        };
        let account = Account {
            id: tx.new_id(),
            version: Version::FIRST,
            organisation_id: organisation.id,
            email: self.email,
            name: self.name,
            password_hash: self.password_hash,
            roles: self.roles,
            rights_version: 1,
            status: AccountStatus::Active,
        };
        store::add_account(tx.conn(), &account, now).await?;
        tx.record(account.id, account.version, account.facts());
        Ok(StaffCreated { account: account.id, organisation: organisation.id })
    }
}

async fn enter(tx: &mut Tx<'_>, registration: Registration) -> Outcome<Organisation> {
    let organisation = Organisation::enter(tx.new_id(), registration, tx.now());
    store::add_organisation(tx.conn(), &organisation).await?;
    let facts = json!({
        "kind": organisation.kind,
        "region": organisation.region,
        "status": organisation.standing.status(),
    });
    tx.record(organisation.id, organisation.version, facts);
    Ok(organisation)
}
