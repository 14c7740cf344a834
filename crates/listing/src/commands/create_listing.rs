//! `create_listing`: an editor begins a draft for its own organisation.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use anyhow::anyhow;
use kernel::{Id, judge, kinds};
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

    async fn owner(&self, tx: &mut Tx<'_>, id: Id<kinds::Organisation>) -> Outcome<Owner> {
        let facts = self.ports.organisation(tx.conn(), id).await?;
        let facts = facts.ok_or_else(|| anyhow!("an actor's {id:?} is unknown"))?;
        Ok(Owner { id: facts.id, name: facts.name })
    }
}

impl Command for CreateListing {
    const ACT: &'static str = "create_listing";
    type Output = Listing;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Listing> {
        let own = tx.actor()?.organisation;
        let permit =
            judge::<access::CreateListing>(tx.caller(), access::relations(tx.caller(), own))?;
        let owner = self.owner(tx, own).await?;
        let draft = NewListing::draft(&permit, tx.new_id(), owner, self.content, tx.now())?;
        let listing = store::add_listing(tx.conn(), draft).await?;
        let facts = json!({
            "number": listing.number,
            "kind": listing.content.kind,
            "status": listing.state.status(),
        });
        tx.record(listing.id, listing.version, facts);
        Ok(listing)
    }
}
