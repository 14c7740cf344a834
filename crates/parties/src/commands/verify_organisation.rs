//! `verify_organisation`: an operator has checked that it is what it says.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{access, model::Organisation, store};

/// Verifies an organisation, or lets a suspended one in again.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOrganisation {
    /// Which one.
    pub id: Id<kinds::Organisation>,
    /// The version that was checked.
    pub version: Version,
}

impl Command for VerifyOrganisation {
    const ACT: &'static str = "verify_organisation";
    type Output = Organisation;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Organisation> {
        let organisation = store::organisation_for_update(tx.conn(), self.id).await?;
        let relations = access::relations(tx.caller(), organisation.id);
        let permit = judge::<access::VerifyOrganisation>(tx.caller(), relations)?;
        expect_version(organisation.version, self.version)?;
        let (organisation, event) = organisation.verify(&permit, tx.now())?;
        store::save_organisation(tx.conn(), self.version, &organisation).await?;
        let facts = json!({ "status": organisation.standing.status() });
        tx.record(organisation.id, organisation.version, facts);
        tx.announce(event);
        Ok(organisation)
    }
}
