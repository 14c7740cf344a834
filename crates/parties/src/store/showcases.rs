//! The table `organisation_showcases`.

use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use kernel::{Domain, Email, Id, Line, OrganisationStatus, Phone, Prose, kinds};
use schema::parties::{organisation_showcases as showcases, organisations};
use store::{Conn, Outcome, on_constraint};

use super::organisations::OrganisationRow;
use crate::{
    error,
    model::{Office, Organisation, ShortName, Showcase, Website},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = showcases, treat_none_as_null = true, check_for_backend(Pg))]
struct ShowcaseRow {
    short_name: ShortName,
    about: Option<Prose<5000>>,
    website: Option<Website>,
    domains: Vec<Domain>,
    office_name: Option<Line<100>>,
    office_phone: Option<Phone>,
    office_email: Option<Email>,
}

impl From<&Showcase> for ShowcaseRow {
    fn from(showcase: &Showcase) -> Self {
        let Showcase { short_name, about, website, domains, office } = showcase.clone();
        let (office_name, office_phone, office_email) = match office {
            Some(Office { name, phone, email }) => (Some(name), phone, email),
            None => (None, None, None),
        };
        Self { short_name, about, website, domains, office_name, office_phone, office_email }
    }
}

impl From<ShowcaseRow> for Showcase {
    fn from(row: ShowcaseRow) -> Self {
        let (phone, email) = (row.office_phone, row.office_email);
        Self {
            short_name: row.short_name,
            about: row.about,
            website: row.website,
            domains: row.domains,
            office: row.office_name.map(|name| Office { name, phone, email }),
        }
    }
}

/// How an organisation presents itself, if it does.
pub(crate) async fn showcase_of(
    conn: &mut Conn,
    organisation: Id<kinds::Organisation>,
) -> Outcome<Option<Showcase>> {
    let row: Option<ShowcaseRow> = showcases::table
        .find(organisation)
        .select(ShowcaseRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Showcase::from))
}

/// The verified organisation that presents itself under a short name.
pub(crate) async fn showcase_named(
    conn: &mut Conn,
    short_name: &ShortName,
) -> Outcome<(Organisation, Showcase)> {
    let (organisation, showcase): (OrganisationRow, ShowcaseRow) = organisations::table
        .inner_join(showcases::table)
        .filter(showcases::short_name.eq(short_name))
        .filter(organisations::status.eq(OrganisationStatus::Verified))
        .select((OrganisationRow::as_select(), ShowcaseRow::as_select()))
        .first(conn)
        .await?;
    Ok((organisation.try_into()?, showcase.into()))
}

/// The short names of verified organisations in their order, and when they changed, last.
pub(crate) async fn showcase_names(
    conn: &mut Conn,
    most: i64,
) -> Outcome<Vec<(ShortName, DateTime<Utc>)>> {
    Ok(organisations::table
        .inner_join(showcases::table)
        .filter(organisations::status.eq(OrganisationStatus::Verified))
        .order(showcases::short_name)
        .limit(most)
        .select((showcases::short_name, showcases::updated_at))
        .load(conn)
        .await?)
}

/// Saves how an organisation presents itself; 409 if another has the short name.
pub(crate) async fn save_showcase(
    conn: &mut Conn,
    organisation: Id<kinds::Organisation>,
    showcase: &Showcase,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let row = || (ShowcaseRow::from(showcase), showcases::updated_at.eq(now));
    let saved = diesel::insert_into(showcases::table)
        .values((showcases::organisation_id.eq(organisation), row()))
        .on_conflict(showcases::organisation_id)
        .do_update()
        .set(row())
        .execute(conn)
        .await;
    let taken = || error::SHORT_NAME_TAKEN.refuse();
    on_constraint(saved, "organisation_showcases_short_name_key", taken)?;
    Ok(())
}

/// An organisation no longer presents itself; answers whether it did.
pub(crate) async fn remove_showcase(
    conn: &mut Conn,
    organisation: Id<kinds::Organisation>,
) -> Outcome<bool> {
    Ok(diesel::delete(showcases::table.find(organisation)).execute(conn).await? == 1)
}
