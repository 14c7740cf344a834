//! Recognising and registering a contract.

use kernel::{Id, Version, kinds};
use store::{Command, Outcome, Tx};

use super::{open, save_step};
use crate::{access, model::Recognised, queries::Dossier};

/// Recognise a contract, with the type and the technology amount that the registrar finds right.
#[derive(Clone, Debug)]
pub struct RecogniseContract {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
    /// What is recognised.
    pub recognised: Recognised,
}

impl Command for RecogniseContract {
    const ACT: &'static str = "recognise_contract";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) = open::<access::Recognise>(tx, self.id, Some(self.if_match)).await?;
        let from = loaded.contract.version;
        let (contract, event) =
            loaded.contract.recognise(&permit, self.recognised, actor.account, at)?;
        save_step(tx, &contract, from).await?;
        tx.announce(event);
        Ok(Dossier::frozen(contract, loaded.payments))
    }
}
