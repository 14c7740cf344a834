//! `suspend_organisation`: an operator shuts it out; its people are signed out at once.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Prose, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{
    access,
    model::{Organisation, SessionEnd},
    store,
};

/// Suspends an organisation.
#[derive(Clone, Debug)]
pub struct SuspendOrganisation {
    /// Which one.
    pub id: Id<kinds::Organisation>,
    /// The version that the operator saw.
    pub version: Version,
    /// Why.
    pub reason: Prose<1000>,
}

impl Command for SuspendOrganisation {
    const ACT: &'static str = "suspend_organisation";
    type Output = Organisation;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Organisation> {
        let now = tx.now();
        let organisation = store::organisation_for_update(tx.conn(), self.id).await?;
        let relations = access::relations(tx.caller(), organisation.id);
        let permit = judge::<access::SuspendOrganisation>(tx.caller(), relations)?;
        expect_version(organisation.version, self.version)?;
        let (organisation, event) = organisation.suspend(&permit, self.reason, now)?;
        store::save_organisation(tx.conn(), self.version, &organisation).await?;

        // Rights first: whoever signs in meanwhile waits for it and then finds the suspension.
        let accounts = store::raise_rights(tx.conn(), organisation.id).await?;
        let ids: Vec<_> = accounts.iter().map(|(id, _)| *id).collect();
        let end = SessionEnd::OrganisationSuspended;
        let ended = store::end_sessions(tx.conn(), &ids, None, end, now).await?;

        let facts = json!({ "status": organisation.standing.status() });
        tx.record(organisation.id, organisation.version, facts);
        for (account, version) in accounts {
            tx.record(account, version, json!({ "rights": end }));
        }
        for session in ended {
            tx.record(session, Version::FIRST.next(), json!({ "ended_by": end }));
        }
        tx.announce(event);
        Ok(organisation)
    }
}
