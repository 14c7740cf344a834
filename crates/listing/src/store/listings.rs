//! The listings: read, locked, added, saved.

use std::collections::HashMap;

use chrono::Datelike;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Id, ListingKind, ListingStatus, Version, civil_date, kinds};
use schema::listing::{
    listing_contacts, listing_reviews, listing_revisions, listing_sketches, listings::dsl,
};
use store::{Conn, Outcome, on_constraint, refusals::STALE};

use super::rows::{
    ContactRow, ContentRow, HangingRow, ListingRow, RevisionRow, StateRow, WholeRow,
};
use crate::{
    error::REFERENCE_TAKEN,
    model::{Listing, NewListing, Sketch, State},
};

diesel::define_sql_function! {
    /// The next human number; see the migration `listing`.
    fn listing_next_number(year: diesel::sql_types::Integer) -> diesel::sql_types::Text;
}

/// A listing, as it is now.
pub(crate) async fn listing(conn: &mut Conn, id: Id<kinds::Listing>) -> Outcome<Listing> {
    let row: WholeRow = dsl::listings
        .find(id)
        .left_join(listing_contacts::table)
        .left_join(listing_revisions::table)
        .select(WholeRow::as_select())
        .first(conn)
        .await?;
    row.listing()
}

/// A listing, locked until the transaction ends.
pub(crate) async fn listing_for_update(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
) -> Outcome<Listing> {
    let locked = listings_for_update(conn, &[id]).await?.pop();
    Ok(locked.ok_or(diesel::result::Error::NotFound)?)
}

/// Whose these listings are, what they are and where they stand; unknown ids are left out.
pub(crate) async fn standings(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<(Id<kinds::Listing>, Id<kinds::Organisation>, ListingKind, ListingStatus)>> {
    let listings = dsl::listings.filter(dsl::id.eq_any(ids));
    let columns = (dsl::id, dsl::organisation_id, dsl::kind, dsl::status);
    Ok(listings.select(columns).load(conn).await?)
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
    let mut hanging: HashMap<_, _> = dsl::listings
        .filter(dsl::id.eq_any(ids))
        .left_join(listing_contacts::table)
        .left_join(listing_revisions::table)
        .select((dsl::id, HangingRow::as_select()))
        .load::<(Id<kinds::Listing>, HangingRow)>(conn)
        .await?
        .into_iter()
        .collect();
    rows.into_iter()
        .map(|row| {
            let hanging = hanging.remove(&row.id).unwrap_or_default();
            WholeRow { row, hanging }.listing()
        })
        .collect()
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
            StateRow::try_from(&State::Draft)?,
        ))
        .returning(dsl::number)
        .get_result(conn)
        .await;
    let number = on_constraint(added, "listings_reference_key", || REFERENCE_TAKEN.refuse())?;
    let listing = new.numbered(number);
    save_sketch(conn, &listing).await?;
    save_contact(conn, &listing).await?;
    Ok(listing)
}

/// Saves a listing in its next version: what has changed since it was locked, and nothing else.
pub(crate) async fn save(conn: &mut Conn, before: &Listing, listing: &Listing) -> Outcome<()> {
    if before.content.contact != listing.content.contact {
        save_contact(conn, listing).await?;
    }
    if (&before.content.title, &before.content.summary)
        != (&listing.content.title, &listing.content.summary)
    {
        save_sketch(conn, listing).await?;
    }
    if before.state.revision() != listing.state.revision() {
        save_revision(conn, listing).await?;
    }
    if before.waits_since() != listing.waits_since() {
        save_review(conn, listing).await?;
    }
    save_row(conn, before, listing).await
}

async fn save_row(conn: &mut Conn, before: &Listing, listing: &Listing) -> Outcome<()> {
    let row = dsl::listings.filter(dsl::id.eq(listing.id)).filter(dsl::version.eq(before.version));
    let stepped = (
        dsl::version.eq(listing.version),
        dsl::updated_at.eq(listing.updated_at),
        dsl::organisation_name.eq(&listing.organisation.name),
        StateRow::try_from(&listing.state)?,
    );
    let saved = if before.content == listing.content {
        diesel::update(row).set(stepped).execute(conn).await
    } else {
        let content = ContentRow::try_from(&listing.content)?;
        diesel::update(row).set((stepped, content)).execute(conn).await
    };
    let saved = on_constraint(saved, "listings_reference_key", || REFERENCE_TAKEN.refuse())?;
    if saved == 1 { Ok(()) } else { Err(STALE.refuse().into()) }
}

async fn save_sketch(conn: &mut Conn, listing: &Listing) -> Outcome<()> {
    let bands = Sketch::of(&listing.content).bands();
    diesel::insert_into(listing_sketches::table)
        .values((listing_sketches::listing_id.eq(listing.id), listing_sketches::bands.eq(&bands)))
        .on_conflict(listing_sketches::listing_id)
        .do_update()
        .set(listing_sketches::bands.eq(&bands))
        .execute(conn)
        .await?;
    Ok(())
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

async fn save_revision(conn: &mut Conn, listing: &Listing) -> Outcome<()> {
    let Some(revision) = listing.state.revision() else {
        diesel::delete(listing_revisions::table.find(listing.id)).execute(conn).await?;
        return Ok(());
    };
    let row = || RevisionRow::try_from(revision);
    diesel::insert_into(listing_revisions::table)
        .values((listing_revisions::listing_id.eq(listing.id), row()?))
        .on_conflict(listing_revisions::listing_id)
        .do_update()
        .set(row()?)
        .execute(conn)
        .await?;
    Ok(())
}

/// What waits again is for anybody to take on, first come first served.
async fn save_review(conn: &mut Conn, listing: &Listing) -> Outcome<()> {
    diesel::delete(listing_reviews::table.find(listing.id)).execute(conn).await?;
    let Some(since) = listing.waits_since() else { return Ok(()) };
    diesel::insert_into(listing_reviews::table)
        .values((
            listing_reviews::listing_id.eq(listing.id),
            listing_reviews::submitted_at.eq(since),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
