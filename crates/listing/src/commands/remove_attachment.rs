//! `remove_attachment`: its owner takes a file away, in whatever state the listing is; that there
//! was one stays in the audit trail.

use ::store::{Command, Outcome, Tx, refusals::NOT_FOUND};
use kernel::{Id, kinds};
use serde_json::json;

use crate::{access, store};

/// Takes a file away.
#[derive(Clone, Copy, Debug)]
pub struct RemoveAttachment {
    /// The listing.
    pub listing_id: Id<kinds::Listing>,
    /// Which file.
    pub id: Id<kinds::Attachment>,
}

impl Command for RemoveAttachment {
    const ACT: &'static str = "remove_attachment";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let listing = store::listing_for_update(tx.conn(), self.listing_id).await?;
        access::permit::<access::RemoveAttachment>(tx.caller(), &listing)?;
        let (owner, now) = (listing.organisation.id, tx.now());
        let only = Some(self.id);
        let gone = store::remove_attachments(tx.conn(), owner, listing.id, only, now).await?;
        if gone.is_empty() {
            return Err(NOT_FOUND.refuse().into());
        }
        let version = store::save_step(tx.conn(), listing.id, listing.version, now).await?;
        tx.record(
            listing.id,
            version,
            json!({ "attachment_removed": self.id, "changed": ["attachments"] }),
        );
        Ok(())
    }
}
