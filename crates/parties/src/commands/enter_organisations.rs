//! Organisations that were checked elsewhere: an operator enters many at once, each with the
//! account that founds it.

use ::store::{Command, Outcome, Tx};
use events::OrganisationVerified;
use kernel::{Id, Relation, judge, kinds};
use serde_json::json;

use super::Founder;
use crate::{
    access,
    model::{Organisation, Registration},
    store,
};

/// Enters many organisations at once, verified.
#[derive(Clone)]
pub struct EnterOrganisations {
    /// Each organisation and its founder.
    pub organisations: Vec<(Registration, Founder)>,
}

/// An organisation that was entered.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The organisation.
    pub organisation: Organisation,
    /// Its founder's account.
    pub founder: Id<kinds::Account>,
}

impl Command for EnterOrganisations {
    const ACT: &'static str = "enter_organisations";
    type Output = Vec<Entered>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Vec<Entered>> {
        judge::<access::VerifyOrganisation>(tx.caller(), &[Relation::Stranger])?;
        let now = tx.now();
        let mut entered = Vec::with_capacity(self.organisations.len());
        for (registration, founder) in self.organisations {
            let organisation = Organisation::enter(tx.new_id(), registration, now);
            store::add_organisation(tx.conn(), &organisation).await?;
            let account = founder.account(tx.new_id(), &organisation);
            store::add_account(tx.conn(), &account, now).await?;
            let facts = json!({
                "kind": organisation.kind,
                "region": organisation.region,
                "status": organisation.standing.status(),
            });
            tx.record(organisation.id, organisation.version, facts);
            tx.record(account.id, account.version, account.facts());
            tx.announce(OrganisationVerified {
                organisation_id: organisation.id,
                name: organisation.name.to_string(),
                kind: organisation.kind,
                region: organisation.region.clone(),
            });
            entered.push(Entered { organisation, founder: account.id });
        }
        Ok(entered)
    }
}
