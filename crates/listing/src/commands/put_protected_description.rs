//! `put_protected_description`: its owner writes what only those see whom it lets.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Prose, Version, kinds};
use serde_json::json;

use super::listing_for;
use crate::{
    access,
    model::{Visibility, expect_open_for},
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
}

impl Command for PutProtectedDescription {
    const ACT: &'static str = "put_protected_description";
    type Output = Protected;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Protected> {
        let (listing, _permit) =
            listing_for::<access::PutProtectedDescription>(tx, self.id, self.version).await?;
        expect_open_for(Visibility::Protected, listing.state.status())?;
        let (now, description) = (tx.now(), self.description);
        store::save_protected_description(tx.conn(), listing.id, description.as_ref(), now).await?;
        let version = store::save_step(tx.conn(), listing.id, listing.version, now).await?;
        // That it has changed, and not what it says.
        tx.record(listing.id, version, json!({ "changed": ["protected_description"] }));
        Ok(Protected { listing_id: listing.id, version, description })
    }
}
