//! `put_listing_by_reference`: an editor says what its organisation's listing under a number of its
//! own says, whether it is there yet or not.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use kernel::{Fault, Line, Refusal};
use web::{Precondition, invalid};

use super::{create_listing::begin, update_listing::rewrite};
use crate::{
    Ports, access,
    error::kind_fixed,
    model::{Content, Listing},
    store,
};

/// Writes a listing under its owner's own number.
#[derive(Clone)]
pub struct PutListing {
    ports: Arc<dyn Ports>,
    reference: Line<100>,
    supposed: Precondition,
    content: Content,
}

/// A listing that says what it was meant to say.
#[derive(Clone, Debug)]
pub struct Written {
    /// The listing.
    pub listing: Listing,
    /// Was it made just now?
    pub is_new: bool,
}

impl PutListing {
    /// Makes the command.
    ///
    /// # Errors
    /// 422 `invalid` if the content names another reference.
    pub fn new(
        ports: Arc<dyn Ports>,
        reference: Line<100>,
        supposed: Precondition,
        content: Content,
    ) -> Outcome<Self> {
        if content.reference.as_ref().is_some_and(|named| *named != reference) {
            return Err(other_reference().into());
        }
        let content = Content { reference: Some(reference.clone()), ..content };
        Ok(Self { ports, reference, supposed, content })
    }

    /// Replaces everything that its owner says in the listing, or wants a published one to say
    /// next; writes nothing if that is what it says already.
    async fn replace(self, tx: &mut Tx<'_>, listing: Listing) -> Outcome<Listing> {
        let present = listing.next_content();
        if *present == self.content {
            return Ok(listing);
        }
        if present.kind != self.content.kind {
            return Err(other_kind().into());
        }
        let permit = access::permit::<access::UpdateListing>(tx.caller(), &listing)?;
        let changes = present.changes_to(self.content.clone());
        rewrite(tx, &permit, listing, changes).await
    }
}

impl Command for PutListing {
    const ACT: &'static str = "put_listing_by_reference";
    type Output = Written;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Written> {
        let (own, _) = access::own::<access::PutListingByReference>(tx.caller())?;
        let present =
            store::listing_by_reference_for_update(tx.conn(), own, &self.reference).await?;
        self.supposed.expect(present.as_ref().map(|listing| listing.version))?;
        let Some(present) = present else {
            let (own, permit) = access::own::<access::CreateListing>(tx.caller())?;
            let ports = Arc::clone(&self.ports);
            let listing = begin(tx, ports.as_ref(), &permit, own, self.content).await?;
            return Ok(Written { listing, is_new: true });
        };
        Ok(Written { listing: self.replace(tx, present).await?, is_new: false })
    }
}

fn other_reference() -> Refusal {
    let fault = Fault::new(
        "reference_differs",
        "须与地址中的编号相同,或不填写",
        "leave it out, or give the reference of the address",
    );
    invalid().at("/reference", fault)
}

fn other_kind() -> Refusal {
    invalid().at("/kind", kind_fixed())
}
