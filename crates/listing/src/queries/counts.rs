//! What everybody may know of an organisation's listings, and of all there are.

use ::store::{Conn, Outcome};
use chrono::{DateTime, Utc};
use kernel::{Domain, Id, ListingKind, ListingStatus, kinds};

use crate::store;

/// How many public listings of an organisation are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingCount {
    /// Where they stand: published, reserved or traded.
    pub status: ListingStatus,
    /// What they are.
    pub kind: ListingKind,
    /// Their field.
    pub domain: Domain,
    /// How many.
    pub count: i64,
}

/// How many listings of an organisation everybody may know of.
///
/// # Errors
/// If the database does not answer.
pub async fn listing_counts(
    conn: &mut Conn,
    organisation: Id<kinds::Organisation>,
) -> Outcome<Vec<ListingCount>> {
    let counts = store::listing_counts(conn, organisation).await?.into_iter();
    let counts =
        counts.map(|(status, kind, domain, count)| ListingCount { status, kind, domain, count });
    Ok(counts.collect())
}

/// The first of every so many listings that everybody may read, in the order of their ids.
///
/// # Errors
/// If the database does not answer.
pub async fn public_firsts(conn: &mut Conn, every: i64) -> Outcome<Vec<Id<kinds::Listing>>> {
    store::public_firsts(conn, every).await
}

/// Listings that everybody may read, in the order of their ids from one on, and when they changed,
/// last.
///
/// # Errors
/// If the database does not answer.
pub async fn public_listings(
    conn: &mut Conn,
    from: Id<kinds::Listing>,
    most: i64,
) -> Outcome<Vec<(Id<kinds::Listing>, DateTime<Utc>)>> {
    store::public_listings(conn, from, most).await
}
