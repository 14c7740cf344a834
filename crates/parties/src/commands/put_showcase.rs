//! `put_showcase`, `remove_showcase`: an organisation presents itself to everybody, or no longer.

use ::store::{Command, Outcome, Tx, refusals::NOT_FOUND};
use kernel::{Act, Field, Id, OrganisationStatus, Version, judge, kinds};
use serde_json::json;
use web::{expect_version, invalid};

use crate::{
    access, error,
    model::{Organisation, Showcase, Standing},
    store,
};

/// An organisation presents itself.
#[derive(Clone, Debug)]
pub struct PutShowcase {
    /// Which one.
    pub id: Id<kinds::Organisation>,
    /// The version that its administrator saw.
    pub version: Version,
    /// How.
    pub showcase: Showcase,
}

impl Command for PutShowcase {
    const ACT: &'static str = "put_showcase";
    type Output = (Organisation, Showcase);

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<(Organisation, Showcase)> {
        let organisation = step::<access::PutShowcase>(tx, self.id, self.version).await?;
        let faults = self.showcase.faults();
        if !faults.is_empty() {
            let fields = faults.into_iter().map(|(pointer, fault)| Field { pointer, fault });
            return Err(kernel::Refusal { fields: fields.collect(), ..invalid() }.into());
        }
        if !matches!(organisation.standing, Standing::Verified { .. }) {
            // A name is for those who are known to be who they say.
            return Err(error::invalid_state(
                organisation.standing.status(),
                &[OrganisationStatus::Verified],
            )
            .into());
        }
        let now = tx.now();
        store::save_showcase(tx.conn(), organisation.id, &self.showcase, now).await?;
        let facts = json!({ "showcase": self.showcase.short_name });
        tx.record(organisation.id, organisation.version, facts);
        Ok((organisation, self.showcase))
    }
}

/// An organisation no longer presents itself.
#[derive(Clone, Copy, Debug)]
pub struct RemoveShowcase {
    /// Which one.
    pub id: Id<kinds::Organisation>,
    /// The version that its administrator saw.
    pub version: Version,
}

impl Command for RemoveShowcase {
    const ACT: &'static str = "remove_showcase";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let organisation = step::<access::RemoveShowcase>(tx, self.id, self.version).await?;
        if !store::remove_showcase(tx.conn(), organisation.id).await? {
            return Err(NOT_FOUND.refuse().into());
        }
        tx.record(organisation.id, organisation.version, json!({ "showcase": null }));
        Ok(())
    }
}

/// The organisation in its next version, if the caller may do the act `A` to it.
async fn step<A: Act>(
    tx: &mut Tx<'_>,
    id: Id<kinds::Organisation>,
    version: Version,
) -> Outcome<Organisation> {
    let before = store::organisation_for_update(tx.conn(), id).await?;
    judge::<A>(tx.caller(), access::relations(tx.caller(), before.id))?;
    expect_version(before.version, version)?;
    let organisation = Organisation { version: before.version.next(), ..before };
    store::save_organisation(tx.conn(), version, &organisation).await?;
    Ok(organisation)
}
