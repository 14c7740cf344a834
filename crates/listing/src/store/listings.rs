//! The tables `listings` and `listing_contacts`.

use std::collections::HashMap;

use anyhow::anyhow;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{
    Domain, Email, Fen, Id, Line, ListingKind, ListingStatus, Phone, PriceMode, Prose, Region,
    TransferMode, Version, civil_date, kinds,
};
use schema::listing::{
    listing_contacts,
    listings::{self, dsl},
};
use serde_json::Value;
use store::{Conn, Failure, Outcome, on_constraint, refusals::STALE};

use crate::{
    error::REFERENCE_TAKEN,
    model::{
        Budget, Contact, Content, Ipc, Listing, ListingNumber, NewListing, Owner, Price,
        ReturnReasons, Stage, State, Trl,
    },
};

diesel::define_sql_function! {
    /// The next human number; see the migration `listing`.
    fn listing_next_number(year: diesel::sql_types::Integer) -> diesel::sql_types::Text;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(diesel::pg::Pg))]
struct ListingRow {
    id: Id<kinds::Listing>,
    version: Version,
    number: ListingNumber,
    organisation_id: Id<kinds::Organisation>,
    organisation_name: Line<200>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[diesel(embed)]
    content: ContentRow,
    #[diesel(embed)]
    state: StateRow,
}

/// What the owner writes, but for the contact.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listings, treat_none_as_null = true, check_for_backend(diesel::pg::Pg))]
struct ContentRow {
    kind: ListingKind,
    title: Line<200>,
    summary: Prose<2000>,
    description: Option<Prose<20000>>,
    keywords: Vec<Line<50>>,
    domain: Domain,
    ipc: Vec<Ipc>,
    region: Region,
    trl: Option<Trl>,
    stage: Option<Stage>,
    transfer_modes: Vec<TransferMode>,
    price_mode: Option<PriceMode>,
    price_fen: Option<Fen>,
    patents: Value,
    budget_min_fen: Option<Fen>,
    budget_max_fen: Option<Fen>,
    deadline: Option<NaiveDate>,
    reference: Option<Line<100>>,
    expires_on: Option<NaiveDate>,
    non_secret_declared: bool,
}

impl TryFrom<&Content> for ContentRow {
    type Error = Failure;

    fn try_from(content: &Content) -> Outcome<Self> {
        let content = content.clone();
        Ok(Self {
            kind: content.kind,
            title: content.title,
            summary: content.summary,
            description: content.description,
            keywords: content.keywords,
            domain: content.domain,
            ipc: content.ipc,
            region: content.region,
            trl: content.trl,
            stage: content.stage,
            transfer_modes: content.transfer_modes,
            price_mode: content.price.map(|price| price.mode),
            price_fen: content.price.and_then(|price| price.amount_fen),
            patents: serde_json::to_value(content.patents)?,
            budget_min_fen: content.budget.and_then(|budget| budget.min_fen),
            budget_max_fen: content.budget.and_then(|budget| budget.max_fen),
            deadline: content.deadline,
            reference: content.reference,
            expires_on: content.expires_on,
            non_secret_declared: content.non_secret_declared,
        })
    }
}

impl ContentRow {
    fn content(self, contact: Option<ContactRow>) -> Outcome<Content> {
        Ok(Content {
            kind: self.kind,
            title: self.title,
            summary: self.summary,
            description: self.description,
            keywords: self.keywords,
            domain: self.domain,
            ipc: self.ipc,
            region: self.region,
            trl: self.trl,
            stage: self.stage,
            transfer_modes: self.transfer_modes,
            price: Price::of(self.price_mode, self.price_fen),
            patents: serde_json::from_value(self.patents)?,
            budget: Budget::of(self.budget_min_fen, self.budget_max_fen),
            deadline: self.deadline,
            contact: contact.map(Contact::from),
            reference: self.reference,
            expires_on: self.expires_on,
            non_secret_declared: self.non_secret_declared,
        })
    }
}

/// Where it stands.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listings, treat_none_as_null = true, check_for_backend(diesel::pg::Pg))]
struct StateRow {
    status: ListingStatus,
    submitted_at: Option<DateTime<Utc>>,
    published_at: Option<DateTime<Utc>>,
    return_reasons: Option<Vec<Prose<500>>>,
    traded_contract_id: Option<Id<kinds::Contract>>,
}

impl From<&State> for StateRow {
    fn from(state: &State) -> Self {
        Self {
            status: state.status(),
            submitted_at: state.submitted_at(),
            published_at: state.published_at(),
            return_reasons: state.return_reasons().map(|reasons| reasons.as_slice().to_vec()),
            traded_contract_id: state.traded_contract_id(),
        }
    }
}

impl StateRow {
    /// The state that the columns tell of, if they tell of one.
    fn state(self) -> Option<State> {
        let Self { submitted_at, published_at, .. } = self;
        Some(match self.status {
            ListingStatus::Draft => State::Draft,
            ListingStatus::Submitted => State::Submitted { at: submitted_at? },
            ListingStatus::Published => {
                State::Published { submitted_at: submitted_at?, at: published_at? }
            }
            ListingStatus::Returned => State::Returned {
                submitted_at: submitted_at?,
                reasons: ReturnReasons::try_from(self.return_reasons?).ok()?,
            },
            ListingStatus::Withdrawn => State::Withdrawn { submitted_at, published_at },
            ListingStatus::Traded => State::Traded {
                submitted_at: submitted_at?,
                published_at: published_at?,
                contract_id: self.traded_contract_id?,
            },
            // No step leads here yet.
            ListingStatus::Suspended | ListingStatus::Reserved | ListingStatus::Expired => {
                return None;
            }
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listing_contacts, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct ContactRow {
    name: Line<100>,
    phone: Option<Phone>,
    email: Option<Email>,
}

impl From<ContactRow> for Contact {
    fn from(ContactRow { name, phone, email }: ContactRow) -> Self {
        Self { name, phone, email }
    }
}

impl From<Contact> for ContactRow {
    fn from(Contact { name, phone, email }: Contact) -> Self {
        Self { name, phone, email }
    }
}

fn listing_of(row: ListingRow, contact: Option<ContactRow>) -> Outcome<Listing> {
    let id = row.id;
    let state = row.state.state();
    Ok(Listing {
        id,
        version: row.version,
        number: row.number,
        organisation: Owner { id: row.organisation_id, name: row.organisation_name },
        content: row.content.content(contact)?,
        state: state.ok_or_else(|| anyhow!("{id:?} has facts of another state"))?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// A listing, as it is now.
pub(crate) async fn listing(conn: &mut Conn, id: Id<kinds::Listing>) -> Outcome<Listing> {
    let (row, contact) = dsl::listings
        .find(id)
        .left_join(listing_contacts::table)
        .select((ListingRow::as_select(), Option::<ContactRow>::as_select()))
        .first(conn)
        .await?;
    listing_of(row, contact)
}

/// A listing, locked until the transaction ends.
pub(crate) async fn listing_for_update(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
) -> Outcome<Listing> {
    let row: ListingRow =
        dsl::listings.find(id).select(ListingRow::as_select()).for_update().first(conn).await?;
    let contact = contact(conn, id).await?;
    listing_of(row, contact)
}

/// The listing to which its owner gave this number of its own.
pub(crate) async fn listing_by_reference(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<Option<Listing>> {
    let found = dsl::listings
        .filter(dsl::organisation_id.eq(owner))
        .filter(dsl::reference.eq(reference))
        .left_join(listing_contacts::table)
        .select((ListingRow::as_select(), Option::<ContactRow>::as_select()))
        .first(conn)
        .await
        .optional()?;
    found.map(|(row, contact)| listing_of(row, contact)).transpose()
}

/// Whose these listings are; unknown ids are left out.
pub(crate) async fn owners(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<(Id<kinds::Listing>, Id<kinds::Organisation>)>> {
    let owners = dsl::listings.filter(dsl::id.eq_any(ids)).select((dsl::id, dsl::organisation_id));
    Ok(owners.load(conn).await?)
}

/// The listings of these ids, locked in the order of their ids; unknown ids are left out.
pub(crate) async fn listings_for_update(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<Listing>> {
    let rows: Vec<ListingRow> = dsl::listings
        .filter(dsl::id.eq_any(ids))
        .order(dsl::id)
        .select(ListingRow::as_select())
        .for_update()
        .load(conn)
        .await?;
    let mut listings = Vec::with_capacity(rows.len());
    for row in rows {
        let contact = contact(conn, row.id).await?;
        listings.push(listing_of(row, contact)?);
    }
    Ok(listings)
}

async fn contact(conn: &mut Conn, id: Id<kinds::Listing>) -> Outcome<Option<ContactRow>> {
    let contact = listing_contacts::table.find(id).select(ContactRow::as_select());
    Ok(contact.first(conn).await.optional()?)
}

/// Adds a new listing, which gets its number.
pub(crate) async fn add_listing(conn: &mut Conn, new: NewListing) -> Outcome<Listing> {
    let year = civil_date(new.created_at).year();
    let added = diesel::insert_into(dsl::listings)
        .values((
            dsl::id.eq(new.id),
            dsl::version.eq(Version::FIRST),
            dsl::number.eq(listing_next_number(year)),
            dsl::organisation_id.eq(new.organisation.id),
            dsl::organisation_name.eq(&new.organisation.name),
            dsl::created_at.eq(new.created_at),
            dsl::updated_at.eq(new.created_at),
            ContentRow::try_from(&new.content)?,
            StateRow::from(&State::Draft),
        ))
        .returning(dsl::number)
        .get_result(conn)
        .await;
    let number = on_constraint(added, "listings_reference_key", || REFERENCE_TAKEN.refuse())?;
    let listing = new.numbered(number);
    save_contact(conn, &listing).await?;
    Ok(listing)
}

/// Adds many listings that are published since they were made, in this version; answers their
/// numbers, in the same order.
pub(crate) async fn add_published(
    conn: &mut Conn,
    listings: &[NewListing],
    version: Version,
) -> Outcome<Vec<ListingNumber>> {
    let (mut rows, mut contacts) = (Vec::new(), Vec::new());
    for new in listings {
        let at = new.created_at;
        rows.push((
            dsl::id.eq(new.id),
            dsl::version.eq(version),
            dsl::number.eq(listing_next_number(civil_date(at).year())),
            dsl::organisation_id.eq(new.organisation.id),
            dsl::organisation_name.eq(&new.organisation.name),
            dsl::created_at.eq(at),
            dsl::updated_at.eq(at),
            ContentRow::try_from(&new.content)?,
            StateRow::from(&State::Published { submitted_at: at, at }),
        ));
        let contact = new.content.contact.clone();
        contacts.extend(
            contact.map(|known| (listing_contacts::listing_id.eq(new.id), ContactRow::from(known))),
        );
    }
    let added: Result<Vec<(Id<kinds::Listing>, ListingNumber)>, _> =
        diesel::insert_into(dsl::listings)
            .values(rows)
            .returning((dsl::id, dsl::number))
            .get_results(conn)
            .await;
    let added = on_constraint(added, "listings_reference_key", || REFERENCE_TAKEN.refuse())?;
    diesel::insert_into(listing_contacts::table).values(contacts).execute(conn).await?;
    let mut numbers: HashMap<_, _> = added.into_iter().collect();
    let in_order = listings.iter().map(|new| numbers.remove(&new.id));
    Ok(in_order.collect::<Option<_>>().ok_or_else(|| anyhow!("a listing was not added"))?)
}

/// Saves what a listing says in its next version.
pub(crate) async fn save_content(
    conn: &mut Conn,
    before: Version,
    listing: &Listing,
) -> Outcome<()> {
    let saved = diesel::update(dsl::listings)
        .filter(dsl::id.eq(listing.id))
        .filter(dsl::version.eq(before))
        .set((
            dsl::version.eq(listing.version),
            dsl::updated_at.eq(listing.updated_at),
            ContentRow::try_from(&listing.content)?,
        ))
        .execute(conn)
        .await;
    let saved = on_constraint(saved, "listings_reference_key", || REFERENCE_TAKEN.refuse())?;
    expect_one(saved)?;
    save_contact(conn, listing).await
}

/// Saves where a listing stands in its next version.
pub(crate) async fn save_state(conn: &mut Conn, before: Version, listing: &Listing) -> Outcome<()> {
    let saved = diesel::update(dsl::listings)
        .filter(dsl::id.eq(listing.id))
        .filter(dsl::version.eq(before))
        .set((
            dsl::version.eq(listing.version),
            dsl::updated_at.eq(listing.updated_at),
            StateRow::from(&listing.state),
        ))
        .execute(conn)
        .await?;
    expect_one(saved)
}

fn expect_one(saved: usize) -> Outcome<()> {
    if saved == 1 { Ok(()) } else { Err(STALE.refuse().into()) }
}

async fn save_contact(conn: &mut Conn, listing: &Listing) -> Outcome<()> {
    let Some(contact) = &listing.content.contact else {
        diesel::delete(listing_contacts::table.find(listing.id)).execute(conn).await?;
        return Ok(());
    };
    diesel::insert_into(listing_contacts::table)
        .values((listing_contacts::listing_id.eq(listing.id), ContactRow::from(contact.clone())))
        .on_conflict(listing_contacts::listing_id)
        .do_update()
        .set(ContactRow::from(contact.clone()))
        .execute(conn)
        .await?;
    Ok(())
}
