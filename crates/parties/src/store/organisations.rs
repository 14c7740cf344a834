//! The table `organisations`.

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{
    CreditCode, Email, Id, Line, OrganisationKind, OrganisationStatus, Phone, Prose, Region,
    Version, kinds,
};
use schema::parties::organisations::{self, dsl};
use store::{Conn, Failure, Outcome, on_constraint, refusals::STALE};

use crate::{
    error,
    model::{Contact, Organisation, Standing},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(super) struct OrganisationRow {
    id: Id<kinds::Organisation>,
    version: Version,
    kind: OrganisationKind,
    name: Line<200>,
    credit_code: Option<CreditCode>,
    region: Region,
    contact_name: Line<100>,
    contact_phone: Option<Phone>,
    contact_email: Option<Email>,
    status: OrganisationStatus,
    registered_at: DateTime<Utc>,
    verified_at: Option<DateTime<Utc>>,
    suspended_at: Option<DateTime<Utc>>,
    suspension_reason: Option<Prose<1000>>,
}

impl From<&Organisation> for OrganisationRow {
    fn from(organisation: &Organisation) -> Self {
        let Organisation {
            id,
            version,
            kind,
            name,
            credit_code,
            region,
            contact,
            registered_at,
            standing,
        } = organisation.clone();
        let status = standing.status();
        let (verified_at, suspended_at, suspension_reason) = match standing {
            Standing::Registered => (None, None, None),
            Standing::Verified { at } => (Some(at), None, None),
            Standing::Suspended { at, reason, verified_at } => {
                (verified_at, Some(at), Some(reason))
            }
        };
        Self {
            id,
            version,
            kind,
            name,
            credit_code,
            region,
            contact_name: contact.name,
            contact_phone: contact.phone,
            contact_email: contact.email,
            status,
            registered_at,
            verified_at,
            suspended_at,
            suspension_reason,
        }
    }
}

impl TryFrom<OrganisationRow> for Organisation {
    type Error = Failure;

    fn try_from(row: OrganisationRow) -> Outcome<Self> {
        use OrganisationStatus::{Registered, Suspended, Verified};
        let standing = match (row.status, row.verified_at, row.suspended_at, row.suspension_reason)
        {
            (Registered, None, None, None) => Standing::Registered,
            (Verified, Some(at), None, None) => Standing::Verified { at },
            (Suspended, verified_at, Some(at), Some(reason)) => {
                Standing::Suspended { at, reason, verified_at }
            }
            (Registered | Verified | Suspended, ..) => {
                return Err(anyhow!("{:?} has facts of another state", row.id).into());
            }
        };
        Ok(Self {
            id: row.id,
            version: row.version,
            kind: row.kind,
            name: row.name,
            credit_code: row.credit_code,
            region: row.region,
            contact: Contact {
                name: row.contact_name,
                phone: row.contact_phone,
                email: row.contact_email,
            },
            registered_at: row.registered_at,
            standing,
        })
    }
}

/// Which organisations are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// A part of the name.
    pub(crate) text: Option<String>,
    pub(crate) kind: Option<OrganisationKind>,
    pub(crate) region: Option<Region>,
    pub(crate) status: Option<OrganisationStatus>,
    /// Whose organisation is found before it is verified: `All`, or only this one.
    pub(crate) unverified: Unverified,
}

/// Which organisations are found that are not verified.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Unverified {
    #[default]
    None,
    Own(Id<kinds::Organisation>),
    All,
}

fn found(wanted: &Wanted) -> organisations::BoxedQuery<'static, diesel::pg::Pg> {
    let mut query = dsl::organisations.into_boxed();
    if let Some(text) = &wanted.text {
        query = query.filter(name_contains(text.clone()));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(dsl::kind.eq(kind));
    }
    if let Some(region) = &wanted.region {
        query = query.filter(dsl::region.eq(region.clone()));
    }
    if let Some(status) = wanted.status {
        query = query.filter(dsl::status.eq(status));
    }
    let verified = dsl::status.eq(OrganisationStatus::Verified);
    match wanted.unverified {
        Unverified::None => query.filter(verified),
        Unverified::Own(own) => query.filter(verified.or(dsl::id.eq(own))),
        Unverified::All => query,
    }
}

diesel::define_sql_function! {
    fn strpos(text: diesel::sql_types::Text, part: diesel::sql_types::Text)
        -> diesel::sql_types::Integer;
}
diesel::define_sql_function! {
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

#[diesel::dsl::auto_type(no_type_alias)]
fn name_contains(text: String) -> _ {
    let at: strpos<lower<dsl::name>, lower<String>> = strpos(lower(dsl::name), lower(text));
    at.gt(0_i32)
}

/// A page of organisations, newest first.
pub(crate) async fn search_organisations(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<Id<kinds::Organisation>>,
    limit: i64,
) -> Outcome<Vec<Organisation>> {
    let mut query = found(wanted);
    if let Some(after) = after {
        query = query.filter(dsl::id.lt(after));
    }
    let rows: Vec<OrganisationRow> = query
        .select(OrganisationRow::as_select())
        .order(dsl::id.desc())
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Organisation::try_from).collect()
}

/// How many organisations there are of those.
pub(crate) async fn count_organisations(conn: &mut Conn, wanted: &Wanted) -> Outcome<i64> {
    Ok(found(wanted).count().get_result(conn).await?)
}

/// Is there any organisation?
pub(crate) async fn has_organisations(conn: &mut Conn) -> Outcome<bool> {
    let any = dsl::organisations.select(dsl::id).limit(1);
    Ok(diesel::select(diesel::dsl::exists(any)).get_result(conn).await?)
}

/// An organisation, as it is now.
pub(crate) async fn organisation(
    conn: &mut Conn,
    id: Id<kinds::Organisation>,
) -> Outcome<Organisation> {
    let row: OrganisationRow =
        dsl::organisations.find(id).select(OrganisationRow::as_select()).first(conn).await?;
    row.try_into()
}

/// An organisation, locked until the transaction ends.
pub(crate) async fn organisation_for_update(
    conn: &mut Conn,
    id: Id<kinds::Organisation>,
) -> Outcome<Organisation> {
    let row: OrganisationRow = dsl::organisations
        .find(id)
        .select(OrganisationRow::as_select())
        .for_update()
        .first(conn)
        .await?;
    row.try_into()
}

/// The organisations of these ids, in no order.
pub(crate) async fn organisations_of(
    conn: &mut Conn,
    ids: &[Id<kinds::Organisation>],
) -> Outcome<Vec<Organisation>> {
    let rows: Vec<OrganisationRow> = dsl::organisations
        .filter(dsl::id.eq_any(ids))
        .select(OrganisationRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Organisation::try_from).collect()
}

/// The market's or a bureau's organisation of this name, locked; there is one at most.
pub(crate) async fn staff_organisation_for_update(
    conn: &mut Conn,
    kind: OrganisationKind,
    name: &Line<200>,
) -> Outcome<Option<Organisation>> {
    let row: Option<OrganisationRow> = dsl::organisations
        .filter(dsl::kind.eq(kind))
        .filter(dsl::name.eq(name))
        .select(OrganisationRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Organisation::try_from).transpose()
}

/// Adds a new organisation.
pub(crate) async fn add_organisation(conn: &mut Conn, organisation: &Organisation) -> Outcome<()> {
    let added = diesel::insert_into(dsl::organisations)
        .values(OrganisationRow::from(organisation))
        .execute(conn)
        .await;
    on_constraint(added, "organisations_credit_code_key", || error::CREDIT_CODE_TAKEN.refuse())?;
    Ok(())
}

/// Saves an organisation that has reached its next version.
pub(crate) async fn save_organisation(
    conn: &mut Conn,
    before: Version,
    organisation: &Organisation,
) -> Outcome<()> {
    let saved = diesel::update(dsl::organisations)
        .filter(dsl::id.eq(organisation.id))
        .filter(dsl::version.eq(before))
        .set(OrganisationRow::from(organisation))
        .execute(conn)
        .await;
    let taken = || error::CREDIT_CODE_TAKEN.refuse();
    let saved = on_constraint(saved, "organisations_credit_code_key", taken)?;
    if saved == 1 { Ok(()) } else { Err(STALE.refuse().into()) }
}
