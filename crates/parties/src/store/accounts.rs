//! The table `accounts`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Email, Id, Line, Role, Version, kinds};
use schema::parties::accounts::{self, dsl};
use store::{Conn, Outcome, on_constraint, refusals::STALE};

use crate::{
    error,
    model::{Account, AccountStatus, PasswordHash},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct AccountRow {
    id: Id<kinds::Account>,
    version: Version,
    organisation_id: Id<kinds::Organisation>,
    email: Email,
    name: Line<100>,
    password_hash: PasswordHash,
    roles: Vec<Role>,
    rights_version: i32,
    status: AccountStatus,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        let AccountRow {
            id,
            version,
            organisation_id,
            email,
            name,
            password_hash,
            roles,
            rights_version,
            status,
        } = row;
        Self {
            id,
            version,
            organisation_id,
            email,
            name,
            password_hash,
            roles: roles.into_iter().collect(),
            rights_version,
            status,
        }
    }
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        let Account {
            id,
            version,
            organisation_id,
            email,
            name,
            password_hash,
            roles,
            rights_version,
            status,
        } = account.clone();
        Self {
            id,
            version,
            organisation_id,
            email,
            name,
            password_hash,
            roles: roles.iter().collect(),
            rights_version,
            status,
        }
    }
}

/// The account of an e-mail address.
pub(crate) async fn account_of_email(conn: &mut Conn, email: &Email) -> Outcome<Option<Account>> {
    let row: Option<AccountRow> = dsl::accounts
        .filter(dsl::email.eq(email))
        .select(AccountRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Account::from))
}

/// An account, as it is now.
pub(crate) async fn account(conn: &mut Conn, id: Id<kinds::Account>) -> Outcome<Account> {
    let row: AccountRow =
        dsl::accounts.find(id).select(AccountRow::as_select()).first(conn).await?;
    Ok(row.into())
}

/// An account that others may read, but not change, until the transaction ends.
pub(crate) async fn account_for_share(
    conn: &mut Conn,
    id: Id<kinds::Account>,
) -> Outcome<Option<Account>> {
    let row: Option<AccountRow> = dsl::accounts
        .find(id)
        .select(AccountRow::as_select())
        .for_share()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Account::from))
}

/// An account, locked until the transaction ends.
pub(crate) async fn account_for_update(
    conn: &mut Conn,
    id: Id<kinds::Account>,
) -> Outcome<Account> {
    let row: AccountRow =
        dsl::accounts.find(id).select(AccountRow::as_select()).for_update().first(conn).await?;
    Ok(row.into())
}

/// Adds a new account.
pub(crate) async fn add_account(
    conn: &mut Conn,
    account: &Account,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let added = diesel::insert_into(dsl::accounts)
        .values((
            AccountRow::from(account),
            dsl::created_at.eq(now),
            dsl::password_changed_at.eq(now),
        ))
        .execute(conn)
        .await;
    on_constraint(added, "accounts_email_key", || error::EMAIL_TAKEN.refuse())?;
    Ok(())
}

/// Saves a new password and what follows from it: the next version and rights.
pub(crate) async fn save_password(
    conn: &mut Conn,
    before: Version,
    account: &Account,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let saved = diesel::update(dsl::accounts)
        .filter(dsl::id.eq(account.id))
        .filter(dsl::version.eq(before))
        .set((
            dsl::version.eq(account.version),
            dsl::password_hash.eq(&account.password_hash),
            dsl::rights_version.eq(account.rights_version),
            dsl::password_changed_at.eq(now),
        ))
        .execute(conn)
        .await?;
    if saved == 1 { Ok(()) } else { Err(STALE.refuse().into()) }
}

/// Raises the rights of every account of an organisation, so that no token made before is good
/// for a write; answers the accounts with their new versions.
pub(crate) async fn raise_rights(
    conn: &mut Conn,
    organisation: Id<kinds::Organisation>,
) -> Outcome<Vec<(Id<kinds::Account>, Version)>> {
    Ok(diesel::update(dsl::accounts)
        .filter(dsl::organisation_id.eq(organisation))
        .filter(dsl::status.eq(AccountStatus::Active))
        .set((
            dsl::version.eq(dsl::version + 1_i64),
            dsl::rights_version.eq(dsl::rights_version + 1),
        ))
        .returning((dsl::id, dsl::version))
        .get_results(conn)
        .await?)
}
