//! Requests to see what is protected.

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use kernel::{Id, Line, Prose, Version, kinds};
use schema::{disclosure::disclosures, listing::listings};
use store::{Conn, Outcome, on_constraint, refusals::STALE};

use crate::{
    error::DISCLOSURE_EXISTS,
    model::{Disclosure, DisclosureState, DisclosureStatus, Granted, ListingNumber, Owner},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = disclosures, treat_none_as_null = true, check_for_backend(Pg))]
struct DisclosureRow {
    id: Id<kinds::Disclosure>,
    version: Version,
    listing_id: Id<kinds::Listing>,
    owner_id: Id<kinds::Organisation>,
    listing_title: Line<200>,
    organisation_id: Id<kinds::Organisation>,
    organisation_name: Line<200>,
    purpose: Line<200>,
    message: Option<Prose<2000>>,
    requested_at: DateTime<Utc>,
    status: DisclosureStatus,
    granted_at: Option<DateTime<Utc>>,
    expires_on: Option<NaiveDate>,
    refused_at: Option<DateTime<Utc>>,
    refusal_reason: Option<Prose<1000>>,
    revoked_at: Option<DateTime<Utc>>,
    revocation_reason: Option<Prose<1000>>,
}

impl From<&Disclosure> for DisclosureRow {
    fn from(disclosure: &Disclosure) -> Self {
        let one = disclosure.clone();
        let grant = one.state.grant();
        let mut row = Self {
            id: one.id,
            version: one.version,
            listing_id: one.listing_id,
            owner_id: one.owner_id,
            listing_title: one.listing_title,
            organisation_id: one.requester.id,
            organisation_name: one.requester.name,
            purpose: one.purpose,
            message: one.message,
            requested_at: one.requested_at,
            status: DisclosureStatus::Requested,
            granted_at: grant.map(|grant| grant.at),
            expires_on: grant.map(|grant| grant.expires_on),
            refused_at: None,
            refusal_reason: None,
            revoked_at: None,
            revocation_reason: None,
        };
        match one.state {
            DisclosureState::Requested => {}
            DisclosureState::Granted(_) => row.status = DisclosureStatus::Granted,
            DisclosureState::Expired(_) => row.status = DisclosureStatus::Expired,
            DisclosureState::Refused { at, reason } => {
                row.status = DisclosureStatus::Refused;
                (row.refused_at, row.refusal_reason) = (Some(at), Some(reason));
            }
            DisclosureState::Revoked { at, reason, .. } => {
                row.status = DisclosureStatus::Revoked;
                (row.revoked_at, row.revocation_reason) = (Some(at), Some(reason));
            }
        }
        row
    }
}

impl DisclosureRow {
    /// The state with its facts; the table's checks see to it that they are there.
    fn state(&self) -> Option<DisclosureState> {
        let grant = || Some(Granted { at: self.granted_at?, expires_on: self.expires_on? });
        Some(match self.status {
            DisclosureStatus::Requested => DisclosureState::Requested,
            DisclosureStatus::Granted => DisclosureState::Granted(grant()?),
            DisclosureStatus::Expired => DisclosureState::Expired(grant()?),
            DisclosureStatus::Refused => DisclosureState::Refused {
                at: self.refused_at?,
                reason: self.refusal_reason.clone()?,
            },
            DisclosureStatus::Revoked => DisclosureState::Revoked {
                grant: grant()?,
                at: self.revoked_at?,
                reason: self.revocation_reason.clone()?,
            },
        })
    }
}

impl TryFrom<DisclosureRow> for Disclosure {
    type Error = store::Failure;

    fn try_from(row: DisclosureRow) -> Outcome<Self> {
        let state =
            row.state().ok_or_else(|| anyhow!("{:?} has facts of another state", row.id))?;
        Ok(Self {
            id: row.id,
            version: row.version,
            listing_id: row.listing_id,
            owner_id: row.owner_id,
            listing_title: row.listing_title,
            requester: Owner { id: row.organisation_id, name: row.organisation_name },
            purpose: row.purpose,
            message: row.message,
            requested_at: row.requested_at,
            state,
        })
    }
}

/// A request, and its listing's number.
#[derive(Clone, Debug)]
pub(crate) struct NamedDisclosure {
    pub(crate) disclosure: Disclosure,
    pub(crate) number: ListingNumber,
}

/// Whose requests.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// All there are.
    Everybodys,
    /// Those to an organisation.
    To(Id<kinds::Organisation>),
    /// Those of an organisation.
    Of(Id<kinds::Organisation>),
    /// Both.
    Around(Id<kinds::Organisation>),
}

/// Which requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WantedDisclosures {
    pub(crate) whose: Whose,
    pub(crate) listing_id: Option<Id<kinds::Listing>>,
    pub(crate) status: Option<DisclosureStatus>,
    /// The day on which grants are over or not.
    pub(crate) today: NaiveDate,
}

type Named = diesel::dsl::InnerJoin<disclosures::table, listings::table>;
type Boxed<'a> = diesel::dsl::IntoBoxed<'a, Named, Pg>;

fn wanted(wanted: &WantedDisclosures) -> Boxed<'static> {
    let mut query = disclosures::table.inner_join(listings::table).into_boxed::<Pg>();
    query = match wanted.whose {
        Whose::Everybodys => query,
        Whose::To(owner) => query.filter(disclosures::owner_id.eq(owner)),
        Whose::Of(requester) => query.filter(disclosures::organisation_id.eq(requester)),
        Whose::Around(own) => {
            query.filter(disclosures::owner_id.eq(own).or(disclosures::organisation_id.eq(own)))
        }
    };
    if let Some(listing) = wanted.listing_id {
        query = query.filter(disclosures::listing_id.eq(listing));
    }
    let is = |status: DisclosureStatus| disclosures::status.eq(status);
    // Whatever is granted has one.
    let (today, last_day) = (wanted.today, disclosures::expires_on.assume_not_null());
    match wanted.status {
        None => query,
        Some(DisclosureStatus::Granted) => {
            query.filter(is(DisclosureStatus::Granted)).filter(last_day.ge(today))
        }
        Some(DisclosureStatus::Expired) => query.filter(
            is(DisclosureStatus::Expired).or(is(DisclosureStatus::Granted).and(last_day.lt(today))),
        ),
        Some(
            status @ (DisclosureStatus::Requested
            | DisclosureStatus::Refused
            | DisclosureStatus::Revoked),
        ) => query.filter(is(status)),
    }
}

/// The requests after `after`, newest first, and, if asked, how many there are in all.
pub(crate) async fn disclosures(
    conn: &mut Conn,
    which: &WantedDisclosures,
    after: Option<Id<kinds::Disclosure>>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<NamedDisclosure>, Option<i64>)> {
    let mut page = wanted(which);
    if let Some(after) = after {
        page = page.filter(disclosures::id.lt(after));
    }
    let rows: Vec<(DisclosureRow, ListingNumber)> = page
        .order(disclosures::id.desc())
        .limit(limit)
        .select((DisclosureRow::as_select(), listings::number))
        .load(conn)
        .await?;
    let named = rows
        .into_iter()
        .map(|(row, number)| Ok(NamedDisclosure { disclosure: row.try_into()?, number }));
    let named = named.collect::<Outcome<_>>()?;
    let total = if count { Some(wanted(which).count().get_result(conn).await?) } else { None };
    Ok((named, total))
}

/// A request, as it is now.
pub(crate) async fn disclosure(
    conn: &mut Conn,
    id: Id<kinds::Disclosure>,
) -> Outcome<NamedDisclosure> {
    let (row, number): (DisclosureRow, ListingNumber) = disclosures::table
        .inner_join(listings::table)
        .filter(disclosures::id.eq(id))
        .select((DisclosureRow::as_select(), listings::number))
        .first(conn)
        .await?;
    Ok(NamedDisclosure { disclosure: row.try_into()?, number })
}

/// A request, locked until the transaction ends.
pub(crate) async fn disclosure_for_update(
    conn: &mut Conn,
    id: Id<kinds::Disclosure>,
) -> Outcome<Disclosure> {
    let row: DisclosureRow = disclosures::table
        .find(id)
        .select(DisclosureRow::as_select())
        .for_update()
        .first(conn)
        .await?;
    row.try_into()
}

/// The request of an organisation about a listing that is granted, whether its date is over or
/// not; locked until the transaction ends.
pub(crate) async fn granted_for_update(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    organisation: Id<kinds::Organisation>,
) -> Outcome<Option<Disclosure>> {
    let row: Option<DisclosureRow> = disclosures::table
        .filter(disclosures::listing_id.eq(listing))
        .filter(disclosures::organisation_id.eq(organisation))
        .filter(disclosures::status.eq(DisclosureStatus::Granted))
        .select(DisclosureRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Disclosure::try_from).transpose()
}

/// The grant by which an organisation may see what is protected of a listing today.
pub(crate) async fn open_grant(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    organisation: Id<kinds::Organisation>,
    today: NaiveDate,
) -> Outcome<Option<Id<kinds::Disclosure>>> {
    Ok(disclosures::table
        .filter(disclosures::listing_id.eq(listing))
        .filter(disclosures::organisation_id.eq(organisation))
        .filter(disclosures::status.eq(DisclosureStatus::Granted))
        .filter(disclosures::expires_on.ge(today))
        .select(disclosures::id)
        .first(conn)
        .await
        .optional()?)
}

/// Adds a request; 409 `disclosure_exists` if the organisation has one already.
pub(crate) async fn add_disclosure(conn: &mut Conn, disclosure: &Disclosure) -> Outcome<()> {
    let added = diesel::insert_into(disclosures::table)
        .values(DisclosureRow::from(disclosure))
        .execute(conn)
        .await;
    on_constraint(added, "disclosures_open_key", || DISCLOSURE_EXISTS.refuse())?;
    Ok(())
}

/// Saves a request in its next version.
pub(crate) async fn save_disclosure(
    conn: &mut Conn,
    before: Version,
    disclosure: &Disclosure,
) -> Outcome<()> {
    let saved = diesel::update(disclosures::table)
        .filter(disclosures::id.eq(disclosure.id))
        .filter(disclosures::version.eq(before))
        .set(DisclosureRow::from(disclosure))
        .execute(conn)
        .await?;
    if saved == 1 { Ok(()) } else { Err(STALE.refuse().into()) }
}
