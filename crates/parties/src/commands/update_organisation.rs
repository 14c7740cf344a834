//! `update_organisation`: its administrator or an operator changes its profile.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{
    access,
    model::{Changes, Organisation},
    store,
};

/// Changes an organisation's profile.
#[derive(Clone, Debug)]
pub struct UpdateOrganisation {
    /// Which one.
    pub id: Id<kinds::Organisation>,
    /// The version that was read.
    pub version: Version,
    /// What changes.
    pub changes: Changes,
}

impl Command for UpdateOrganisation {
    const ACT: &'static str = "update_organisation";
    type Output = Organisation;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Organisation> {
        let organisation = store::organisation_for_update(tx.conn(), self.id).await?;
        let relations = access::relations(tx.caller(), organisation.id);
        let permit = judge::<access::UpdateOrganisation>(tx.caller(), relations)?;
        expect_version(organisation.version, self.version)?;
        let before = organisation.clone();
        let organisation = organisation.update(&permit, self.changes)?;
        store::save_organisation(tx.conn(), self.version, &organisation).await?;
        let facts = json!({
            "name_changed": before.name != organisation.name,
            "region": organisation.region,
            "contact_changed": before.contact != organisation.contact,
        });
        tx.record(organisation.id, organisation.version, facts);
        Ok(organisation)
    }
}
