//! `cancel_listing_import`: an editor calls off what its organisation brings in.

use ::store::{Command, Outcome, Tx, refusals::NOT_FOUND};
use kernel::{Id, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{access, model::Import, store};

/// Calls an import off.
#[derive(Clone, Copy, Debug)]
pub struct CancelListingImport {
    /// Which one.
    pub id: Id<kinds::ListingImport>,
    /// The version that is meant.
    pub version: Version,
}

impl Command for CancelListingImport {
    const ACT: &'static str = "cancel_listing_import";
    type Output = Import;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Import> {
        let import = store::import_for_update(tx.conn(), self.id).await?;
        let owner = import.actor.organisation;
        if !tx.caller().acts_for(owner) {
            return Err(NOT_FOUND.refuse().into());
        }
        let relations = access::relations(tx.caller(), owner);
        let permit = judge::<access::CancelListingImport>(tx.caller(), relations)?;
        expect_version(import.version, self.version)?;
        let import = import.cancel(&permit, tx.now())?;
        store::save_import(tx.conn(), &import).await?;
        tx.record(import.id, import.version, json!({ "status": import.status }));
        Ok(import)
    }
}
