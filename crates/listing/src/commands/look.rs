//! Looks at what is protected: judged, recorded and given in one transaction, so that none is
//! given that is not recorded. The owner's own people need no record.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use anyhow::anyhow;
use kernel::{Act, Id, kinds};

use crate::{
    Ports, access,
    model::{Attachment, Listing, Looked},
    queries::{self, Protected},
    store::{self, Look},
};

/// Whoever looks, and by which request.
#[derive(Clone)]
pub struct Onlooker {
    /// Tells the onlooker's organisation's name.
    pub ports: Arc<dyn Ports>,
    /// Which request.
    pub request_id: String,
}

impl Onlooker {
    /// Judges the act `A`, and records the look.
    async fn look<A: Act>(
        self,
        tx: &mut Tx<'_>,
        listing: &Listing,
        attachment: Option<&Attachment>,
    ) -> Outcome<()> {
        let (caller, today, owner) = (*tx.caller(), tx.today(), listing.organisation.id);
        let status = listing.state.status();
        let grant = queries::grant(tx.conn(), &caller, listing.id, status, today).await?;
        access::permit_protected::<A>(&caller, owner, grant.is_some())?;
        if caller.acts_for(owner) {
            return Ok(());
        }
        let actor = tx.actor()?;
        let organisation = self.ports.organisation(tx.conn(), actor.organisation).await?;
        let organisation = organisation.ok_or_else(|| anyhow!("an actor's organisation"))?;
        let what = if attachment.is_some() { Looked::Attachment } else { Looked::Description };
        let look = Look {
            listing_id: listing.id,
            at: tx.now(),
            account_id: actor.account,
            organisation_id: actor.organisation,
            organisation_name: organisation.name,
            disclosure_id: grant,
            what,
            attachment_id: attachment.map(|attachment| attachment.id),
            attachment_title: attachment.map(|attachment| attachment.title.clone()),
            request_id: self.request_id,
        };
        store::add_look(tx.conn(), &look).await
    }
}

/// Looks at the protected description.
#[derive(Clone)]
pub struct LookAtDescription {
    /// The listing.
    pub id: Id<kinds::Listing>,
    /// Who looks.
    pub onlooker: Onlooker,
}

impl Command for LookAtDescription {
    const ACT: &'static str = "get_protected_description";
    type Output = Protected;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Protected> {
        tx.actor()?;
        let caller = *tx.caller();
        let (listing, _) = queries::listing(tx.conn(), &caller, self.id).await?;
        self.onlooker.look::<access::GetProtectedDescription>(tx, &listing, None).await?;
        let description = store::protected_description(tx.conn(), listing.id).await?;
        Ok(Protected { listing_id: listing.id, version: listing.version, description })
    }
}

/// Looks at a protected file.
#[derive(Clone)]
pub struct LookAtAttachment {
    /// The listing.
    pub listing_id: Id<kinds::Listing>,
    /// Which file.
    pub id: Id<kinds::Attachment>,
    /// Who looks.
    pub onlooker: Onlooker,
}

impl Command for LookAtAttachment {
    const ACT: &'static str = "download_attachment";
    type Output = Attachment;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Attachment> {
        let caller = *tx.caller();
        let (listing, _) = queries::listing(tx.conn(), &caller, self.listing_id).await?;
        let attachment = store::attachment(tx.conn(), listing.id, self.id).await?;
        self.onlooker
            .look::<access::DownloadProtectedAttachment>(tx, &listing, Some(&attachment))
            .await?;
        Ok(attachment)
    }
}
