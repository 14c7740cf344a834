//! Asking the registrar to recognise a contract.

use kernel::{Id, Version, kinds};
use store::{Command, Outcome, Tx};

use super::{open, save_step};
use crate::{access, model::WorkingDays, queries::Dossier};

/// Apply for recognition, for the first time, after a supplement was requested, or after a
/// refusal; the period of decision begins anew.
#[derive(Clone, Debug)]
pub struct ApplyForRecognition {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
}

impl Command for ApplyForRecognition {
    const ACT: &'static str = "apply_for_recognition";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) =
            open::<access::ApplyForRecognition>(tx, self.id, Some(self.if_match)).await?;
        let from = loaded.contract.version;
        let calendar = WorkingDays::official();
        let contract =
            loaded.contract.apply_for_recognition(&permit, calendar, actor.account, at)?;
        save_step(tx, &contract, from).await?;
        Ok(Dossier::frozen(contract, loaded.payments))
    }
}
