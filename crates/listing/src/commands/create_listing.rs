//! `create_listing`: an editor begins a draft for its own organisation.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use anyhow::anyhow;
use kernel::{Id, Permit, kinds};
use serde_json::json;

use crate::{
    Ports, access,
    model::{Content, Listing, NewListing, Owner},
    store,
};

/// Begins a draft.
#[derive(Clone)]
pub struct CreateListing {
    ports: Arc<dyn Ports>,
    content: Content,
}

impl CreateListing {
    /// Makes the command.
    #[must_use]
    pub const fn new(ports: Arc<dyn Ports>, content: Content) -> Self {
        Self { ports, content }
    }
}

impl Command for CreateListing {
    const ACT: &'static str = "create_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let (own, permit) = access::own::<access::CreateListing>(tx.caller())?;
        begin(tx, self.ports.as_ref(), &permit, own, self.content).await
    }
}

/// Begins a draft for the organisation.
pub(super) async fn begin(
    tx: &mut Tx<'_>,
    ports: &dyn Ports,
    permit: &Permit<access::CreateListing>,
    own: Id<kinds::Organisation>,
    content: Content,
) -> Outcome<Listing> {
    let facts = ports.organisation(tx.conn(), own).await?;
    let facts = facts.ok_or_else(|| anyhow!("an actor's {own:?} is unknown"))?;
    let owner = Owner { id: facts.id, name: facts.name };
    let draft = NewListing::draft(permit, tx.new_id(), owner, content, tx.now())?;
    let listing = store::add_listing(tx.conn(), draft).await?;
    let facts = json!({
        "number": listing.number,
        "kind": listing.content.kind,
        "status": listing.state.status(),
    });
    tx.record(listing.id, listing.version, facts);
    Ok(listing)
}
