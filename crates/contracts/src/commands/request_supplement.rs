//! Sending an application back for what is missing.

use kernel::{Id, Prose, Version, kinds};
use store::{Command, Outcome, Tx};

use super::{open, save_step};
use crate::{access, queries::Dossier};

/// Ask the applicant for more; the period of decision begins anew with the next application.
#[derive(Clone, Debug)]
pub struct RequestSupplement {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
    /// What is missing.
    pub what: Prose<2000>,
}

impl Command for RequestSupplement {
    const ACT: &'static str = "request_supplement";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) =
            open::<access::RequestSupplement>(tx, self.id, Some(self.if_match)).await?;
        let from = loaded.contract.version;
        let contract = loaded.contract.request_supplement(&permit, self.what, actor.account, at)?;
        save_step(tx, &contract, from).await?;
        Ok(Dossier::frozen(contract, loaded.payments))
    }
}
