//! Many listings at once: a statement for each table, not one for each listing.

use std::collections::HashMap;

use anyhow::anyhow;
use chrono::Datelike;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Id, Line, Version, civil_date, kinds};
use schema::listing::{
    listing_contacts, listing_reviews, listing_revisions, listing_sketches, listings::dsl,
};
use store::{Conn, Outcome, on_constraint};

use super::{
    listings::listing_next_number,
    rows::{ContactRow, ContentRow, StateRow, WholeRow},
};
use crate::{
    error::REFERENCE_TAKEN,
    model::{Listing, ListingNumber, NewListing, Sketch, State},
};

/// Adds many new listings in this version, each in its state; answers their numbers, in the same
/// order.
pub(crate) async fn add_listings(
    conn: &mut Conn,
    listings: &[NewListing],
    version: Version,
    state: impl Fn(&NewListing) -> State + Send,
) -> Outcome<Vec<ListingNumber>> {
    let (mut rows, mut contacts) = (Vec::new(), Vec::new());
    let (mut sketches, mut reviews) = (Vec::new(), Vec::new());
    for new in listings {
        let (at, state) = (new.created_at, state(new));
        rows.push((
            dsl::id.eq(new.id),
            dsl::version.eq(version),
            dsl::number.eq(listing_next_number(civil_date(at).year())),
            dsl::organisation_id.eq(new.organisation.id),
            dsl::organisation_name.eq(&new.organisation.name),
            dsl::created_at.eq(at),
            dsl::updated_at.eq(at),
            ContentRow::try_from(&new.content)?,
            StateRow::try_from(&state)?,
        ));
        sketches.push((
            listing_sketches::listing_id.eq(new.id),
            listing_sketches::bands.eq(Sketch::of(&new.content).bands()),
        ));
        if let State::Submitted { at } = state {
            let review =
                (listing_reviews::listing_id.eq(new.id), listing_reviews::submitted_at.eq(at));
            reviews.push(review);
        }
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
    diesel::insert_into(listing_sketches::table).values(sketches).execute(conn).await?;
    diesel::insert_into(listing_reviews::table).values(reviews).execute(conn).await?;
    let mut numbers: HashMap<_, _> = added.into_iter().collect();
    let in_order = listings.iter().map(|new| numbers.remove(&new.id));
    Ok(in_order.collect::<Option<_>>().ok_or_else(|| anyhow!("a listing was not added"))?)
}

/// The owner's listings under these numbers of its own, as they are now.
pub(crate) async fn listings_by_references(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    references: &[Line<100>],
) -> Outcome<HashMap<Line<100>, Listing>> {
    if references.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<WholeRow> = dsl::listings
        .filter(dsl::organisation_id.eq(owner))
        .filter(dsl::reference.eq_any(references))
        .left_join(listing_contacts::table)
        .left_join(listing_revisions::table)
        .select(WholeRow::as_select())
        .load(conn)
        .await?;
    let mut found = HashMap::new();
    for row in rows {
        let listing = row.listing()?;
        found.extend(listing.content.reference.clone().map(|reference| (reference, listing)));
    }
    Ok(found)
}

/// The listings of these ids with all that they say, in the order of the ids; unknown ids are left
/// out.
pub(crate) async fn listings_of(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<Listing>> {
    let rows: Vec<WholeRow> = dsl::listings
        .filter(dsl::id.eq_any(ids))
        .left_join(listing_contacts::table)
        .left_join(listing_revisions::table)
        .select(WholeRow::as_select())
        .load(conn)
        .await?;
    let mut found = HashMap::new();
    for row in rows {
        let listing = row.listing()?;
        found.insert(listing.id, listing);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
