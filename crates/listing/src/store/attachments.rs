//! Files of listings, how much an organisation keeps, and contents whose row is gone.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use kernel::{FileType, Id, Line, Sha256, kinds};
use schema::disclosure::{
    listing_attachments as attachments, listing_removed_attachments as removed,
    listing_storage as storage, listing_store_mark as mark,
};
use store::{Conn, Outcome};
use uuid::Uuid;

use crate::{
    error::TOO_MANY_ATTACHMENTS,
    model::{Attachment, MOST_ATTACHMENTS, Visibility},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments, check_for_backend(Pg))]
struct AttachmentRow {
    id: Id<kinds::Attachment>,
    listing_id: Id<kinds::Listing>,
    visibility: Visibility,
    title: Line<200>,
    file_name: Line<200>,
    file_type: FileType,
    size: i64,
    sha256: Vec<u8>,
    added_at: DateTime<Utc>,
}

impl From<Attachment> for AttachmentRow {
    fn from(one: Attachment) -> Self {
        Self {
            id: one.id,
            listing_id: one.listing_id,
            visibility: one.visibility,
            title: one.title,
            file_name: one.file_name,
            file_type: one.file_type,
            size: one.size,
            sha256: one.sha256.0.to_vec(),
            added_at: one.added_at,
        }
    }
}

impl TryFrom<AttachmentRow> for Attachment {
    type Error = store::Failure;

    fn try_from(row: AttachmentRow) -> Outcome<Self> {
        let digest: Result<[u8; 32], _> = row.sha256.try_into();
        let digest = digest.map_err(|_| anyhow::anyhow!("{:?} has no SHA-256", row.id))?;
        Ok(Self {
            id: row.id,
            listing_id: row.listing_id,
            visibility: row.visibility,
            title: row.title,
            file_name: row.file_name,
            file_type: row.file_type,
            size: row.size,
            sha256: Sha256(digest),
            added_at: row.added_at,
        })
    }
}

/// The files of a listing, oldest first.
pub(crate) async fn attachments(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
) -> Outcome<Vec<Attachment>> {
    let rows: Vec<AttachmentRow> = attachments::table
        .filter(attachments::listing_id.eq(listing))
        .order(attachments::id)
        .select(AttachmentRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Attachment::try_from).collect()
}

/// A file of a listing.
pub(crate) async fn attachment(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    id: Id<kinds::Attachment>,
) -> Outcome<Attachment> {
    let row: AttachmentRow = attachments::table
        .find(id)
        .filter(attachments::listing_id.eq(listing))
        .select(AttachmentRow::as_select())
        .first(conn)
        .await?;
    row.try_into()
}

/// How many files a listing has, and how many bytes an organisation keeps.
pub(crate) async fn kept(
    conn: &mut Conn,
    listing: Id<kinds::Listing>,
    organisation: Id<kinds::Organisation>,
) -> Outcome<(i64, i64)> {
    let count = attachments::table.filter(attachments::listing_id.eq(listing)).count();
    let count = count.get_result(conn).await?;
    let bytes = storage::table.find(organisation).select(storage::bytes);
    let bytes: Option<i64> = bytes.first(conn).await.optional()?;
    Ok((count, bytes.unwrap_or(0)))
}

/// Adds a file to a listing that is locked; answers how many bytes its owner keeps now.
///
/// 409 `too_many_attachments` if the listing has as many as it may have.
pub(crate) async fn add_attachment(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    attachment: Attachment,
) -> Outcome<i64> {
    let taken: Vec<i32> = attachments::table
        .filter(attachments::listing_id.eq(attachment.listing_id))
        .select(attachments::slot)
        .load(conn)
        .await?;
    let slots = 1..=i32::try_from(MOST_ATTACHMENTS).unwrap_or(i32::MAX);
    let free = slots.into_iter().find(|slot| !taken.contains(slot));
    let slot = free.ok_or_else(|| TOO_MANY_ATTACHMENTS.refuse())?;
    let size = attachment.size;
    diesel::insert_into(attachments::table)
        .values((attachments::slot.eq(slot), AttachmentRow::from(attachment)))
        .execute(conn)
        .await?;
    Ok(diesel::insert_into(storage::table)
        .values((storage::organisation_id.eq(owner), storage::bytes.eq(size)))
        .on_conflict(storage::organisation_id)
        .do_update()
        .set(storage::bytes.eq(storage::bytes + size))
        .returning(storage::bytes)
        .get_result(conn)
        .await?)
}

/// Takes files from a listing that is locked: one of them, or all. Their contents are removed
/// after the commit.
pub(crate) async fn remove_attachments(
    conn: &mut Conn,
    owner: Id<kinds::Organisation>,
    listing: Id<kinds::Listing>,
    only: Option<Id<kinds::Attachment>>,
    now: DateTime<Utc>,
) -> Outcome<Vec<Id<kinds::Attachment>>> {
    let of_listing = attachments::listing_id.eq(listing);
    let gone: Vec<(Id<kinds::Attachment>, i64)> = match only {
        Some(id) => {
            let one = attachments::table.filter(of_listing).filter(attachments::id.eq(id));
            diesel::delete(one)
                .returning((attachments::id, attachments::size))
                .get_results(conn)
                .await?
        }
        None => {
            diesel::delete(attachments::table.filter(of_listing))
                .returning((attachments::id, attachments::size))
                .get_results(conn)
                .await?
        }
    };
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let freed: i64 = gone.iter().map(|(_, size)| size).sum();
    let rows: Vec<_> =
        gone.iter().map(|(id, _)| (removed::id.eq(*id), removed::removed_at.eq(now))).collect();
    diesel::insert_into(removed::table).values(rows).execute(conn).await?;
    diesel::update(storage::table.find(owner))
        .set(storage::bytes.eq(storage::bytes - freed))
        .execute(conn)
        .await?;
    Ok(gone.into_iter().map(|(id, _)| id).collect())
}

/// The mark of the store of contents; made if there is none yet.
pub(crate) async fn store_mark(conn: &mut Conn) -> Outcome<Uuid> {
    diesel::insert_into(mark::table)
        .values(mark::single.eq(true))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(mark::table.select(mark::mark).first(conn).await?)
}

/// Does any row name a content?
pub(crate) async fn names_contents(conn: &mut Conn) -> Outcome<bool> {
    Ok(diesel::select(exists(attachments::table.select(attachments::id))).get_result(conn).await?)
}

/// Contents whose row is gone, the longest gone first.
pub(crate) async fn removed(conn: &mut Conn, most: i64) -> Outcome<Vec<Id<kinds::Attachment>>> {
    let oldest = removed::table.order(removed::removed_at).select(removed::id).limit(most);
    Ok(oldest.load(conn).await?)
}

/// Their contents are gone, too.
pub(crate) async fn forget_removed(
    conn: &mut Conn,
    ids: &[Id<kinds::Attachment>],
) -> Outcome<usize> {
    let gone = removed::table.filter(removed::id.eq_any(ids));
    Ok(diesel::delete(gone).execute(conn).await?)
}

/// Which of these have a row.
pub(crate) async fn known_attachments(
    conn: &mut Conn,
    ids: &[Id<kinds::Attachment>],
) -> Outcome<Vec<Id<kinds::Attachment>>> {
    let known = attachments::table.filter(attachments::id.eq_any(ids)).select(attachments::id);
    Ok(known.load(conn).await?)
}
