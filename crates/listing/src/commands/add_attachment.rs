//! `add_attachment`: its owner adds a file, of which the content is kept already.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use ::store::{Command, Conn, Outcome, Tx};
use kernel::{Caller, FileType, Id, Line, Sha256, kinds};
use serde_json::json;

use crate::{
    access,
    error::{STORAGE_FULL, TOO_MANY_ATTACHMENTS},
    model::{Attachment, Listing, MOST_ATTACHMENTS, Visibility, expect_declared, expect_open_for},
    store,
};

/// Adds a file.
#[derive(Clone, Debug)]
pub struct AddAttachment {
    /// The listing.
    pub listing_id: Id<kinds::Listing>,
    /// The id under which the content is kept.
    pub id: Id<kinds::Attachment>,
    /// Who sees it.
    pub visibility: Visibility,
    /// What it is about.
    pub title: Line<200>,
    /// How it is called.
    pub file_name: Line<200>,
    /// What it is.
    pub file_type: FileType,
    /// How many bytes.
    pub size: i64,
    /// Their digest.
    pub sha256: Sha256,
    /// How many bytes its owner may keep.
    pub allowance: i64,
    /// Does its owner declare that nothing in it is a state secret?
    pub declared: bool,
    /// Turns true when the command runs: a request that is repeated under its key is answered
    /// without it, and its content is then of no use.
    pub ran: Arc<AtomicBool>,
}

impl Command for AddAttachment {
    const ACT: &'static str = "add_attachment";
    type Output = (Attachment, Listing);

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<(Attachment, Listing)> {
        self.ran.store(true, Ordering::Relaxed);
        let listing = store::listing_for_update(tx.conn(), self.listing_id).await?;
        access::permit::<access::AddAttachment>(tx.caller(), &listing)?;
        expect_open_for(self.visibility, listing.state.status())?;
        expect_declared(self.declared, listing.state.status())?;
        let attachment = Attachment {
            id: self.id,
            listing_id: listing.id,
            visibility: self.visibility,
            title: self.title,
            file_name: self.file_name,
            file_type: self.file_type,
            size: self.size,
            sha256: self.sha256,
            added_at: tx.now(),
        };
        let owner = listing.organisation.id;
        let kept = store::add_attachment(tx.conn(), owner, attachment.clone()).await?;
        if kept > self.allowance {
            return Err(STORAGE_FULL.refuse().into());
        }
        let now = tx.now();
        let version = store::save_step(tx.conn(), listing.id, listing.version, now).await?;
        // Neither title nor name: they may be protected.
        let facts = json!({
            "attachment_added": attachment.id, "visibility": attachment.visibility,
            "file_type": attachment.file_type, "size": attachment.size,
            "changed": [changed(attachment.visibility)], "non_secret_declared": self.declared,
        });
        tx.record(listing.id, version, facts);
        Ok((attachment, Listing { version, updated_at: now, ..listing }))
    }
}

/// What changes of a listing with a file.
const fn changed(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "attachments",
        Visibility::Protected => "protected_attachments",
    }
}

/// Would a file of so many bytes be refused whatever it is? Asked before it is on its way.
///
/// # Errors
/// 401, 403, 404 as the command; 409 if the listing or its owner has too much already.
pub async fn expect_room(
    conn: &mut Conn,
    caller: &Caller,
    listing_id: Id<kinds::Listing>,
    announced: i64,
    allowance: i64,
) -> Outcome<()> {
    let listing = store::listing(conn, listing_id).await?;
    access::permit::<access::AddAttachment>(caller, &listing)?;
    // Every state that is open for a public file is open for a protected one.
    expect_open_for(Visibility::Protected, listing.state.status())?;
    let (count, bytes) = store::kept(conn, listing_id, listing.organisation.id).await?;
    if count >= i64::try_from(MOST_ATTACHMENTS).unwrap_or(i64::MAX) {
        return Err(TOO_MANY_ATTACHMENTS.refuse().into());
    }
    if bytes.saturating_add(announced) > allowance {
        return Err(STORAGE_FULL.refuse().into());
    }
    Ok(())
}
