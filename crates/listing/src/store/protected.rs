//! What is protected of a listing, and who looked at it.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, pg::Pg, prelude::*, select};
use diesel_async::RunQueryDsl;
use kernel::{Id, Line, Prose, Version, kinds};
use schema::{
    disclosure::{
        listing_attachments as attachments, listing_looks as looks, listing_protected as protected,
    },
    listing::listings,
};
use store::{Conn, Outcome, refusals::STALE};

use crate::model::{Looked, Visibility};

/// The protected description of a listing, if there is one.
pub(crate) async fn protected_description(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
) -> Outcome<Option<Prose<20000>>> {
    let description = protected::table.find(listing).select(protected::description);
    Ok(description.first(conn).await.optional()?)
}

/// Writes the protected description of a listing that is locked, or takes it away.
pub(crate) async fn save_protected_description(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    description: Option<&Prose<20000>>,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let Some(description) = description else {
        diesel::delete(protected::table.find(listing)).execute(conn).await?;
        return Ok(());
    };
    let written = (protected::description.eq(description), protected::updated_at.eq(now));
    diesel::insert_into(protected::table)
        .values((protected::listing_id.eq(listing), written))
        .on_conflict(protected::listing_id)
        .do_update()
        .set(written)
        .execute(conn)
        .await?;
    Ok(())
}

/// Is anything of the listing protected?
pub(crate) async fn has_protected(conn: &mut Conn, listing: Id<kinds::Listing>) -> Outcome<bool> {
    let description = protected::table.find(listing);
    let files = attachments::table
        .filter(attachments::listing_id.eq(listing))
        .filter(attachments::visibility.eq(Visibility::Protected));
    Ok(select(exists(description)).get_result::<bool>(conn).await?
        || select(exists(files)).get_result::<bool>(conn).await?)
}

/// The next version of a listing that is locked, of which only what stands beside its row changes.
pub(crate) async fn save_step(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
    before: Version,
    now: DateTime<Utc>,
) -> Outcome<Version> {
    let next = before.next();
    let saved = diesel::update(listings::table)
        .filter(listings::id.eq(id))
        .filter(listings::version.eq(before))
        .set((listings::version.eq(next), listings::updated_at.eq(now)))
        .execute(conn)
        .await?;
    if saved == 1 { Ok(next) } else { Err(STALE.refuse().into()) }
}

/// A look at what is protected.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = looks, check_for_backend(Pg))]
pub(crate) struct Look {
    pub(crate) listing_id: Id<kinds::Listing>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) account_id: Id<kinds::Account>,
    pub(crate) organisation_id: Id<kinds::Organisation>,
    pub(crate) organisation_name: Line<200>,
    pub(crate) disclosure_id: Option<Id<kinds::Disclosure>>,
    pub(crate) what: Looked,
    pub(crate) attachment_id: Option<Id<kinds::Attachment>>,
    pub(crate) attachment_title: Option<Line<200>>,
    pub(crate) request_id: String,
}

/// Records a look; of the looks of an account at the same thing in a minute the first is enough.
pub(crate) async fn add_look(conn: &mut Conn, look: &Look) -> Outcome<()> {
    diesel::insert_into(looks::table).values(look).on_conflict_do_nothing().execute(conn).await?;
    Ok(())
}

/// The looks at what is protected of a listing, newest first, and, if asked, how many in all.
pub(crate) async fn looks(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    after: Option<i64>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<(i64, Look)>, Option<i64>)> {
    let of_listing = looks::table.filter(looks::listing_id.eq(listing));
    let rows = of_listing
        .filter(looks::id.lt(after.unwrap_or(i64::MAX)))
        .order(looks::id.desc())
        .limit(limit)
        .select((looks::id, Look::as_select()))
        .load(conn)
        .await?;
    let total = if count { Some(of_listing.count().get_result(conn).await?) } else { None };
    Ok((rows, total))
}
