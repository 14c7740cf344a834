//! `put_protected_description`: its owner writes what only those see whom it lets.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Prose, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    access,
    model::{Visibility, expect_declared, expect_open_for},
    queries::Protected,
    store,
};

/// Writes the protected description, or takes it away.
#[derive(Clone, Debug)]
pub struct PutProtectedDescription {
    /// The listing.
    pub id: Id<kinds::Listing>,
    /// The version that the owner means.
    pub version: Version,
    /// What it says from now on; nothing takes it away.
    pub description: Option<Prose<20000>>,
    /// Does the owner declare that nothing in it is a state secret?
    pub declared: bool,
}

impl Command for PutProtectedDescription {
    const ACT: &'static str = "put_protected_description";
    type Output = Protected;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Protected> {
        let (listing, _permit) =
            listing_for::<access::PutProtectedDescription>(tx, self.id, self.version).await?;
        expect_open_for(Visibility::Protected, listing.state.status())?;
        if self.description.is_some() {
            expect_declared(self.declared, listing.state.status())?;
        }
        let (now, description) = (tx.now(), self.description);
        store::save_protected_description(tx.conn(), listing.id, description.as_ref(), now).await?;
        let version = store::save_step(tx.conn(), listing.id, listing.version, now).await?;
        // That it has changed, and not what it says.
        let facts = json!({
            "changed": ["protected_description"], "non_secret_declared": self.declared,
        });
        tx.record(listing.id, version, facts);
        Ok(Protected { listing_id: listing.id, version, description })
    }
}
