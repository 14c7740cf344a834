//! Refusing to recognise a contract.

use kernel::{Id, Version, kinds};
use store::{Command, Outcome, Tx};

use super::{open, save_step};
use crate::{access, model::RecognitionRefusal, queries::Dossier};

/// Refuse to recognise a contract, for listed reasons; the applicant may apply again.
#[derive(Clone, Debug)]
pub struct RefuseRecognition {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
    /// Why.
    pub refusal: RecognitionRefusal,
}

impl Command for RefuseRecognition {
    const ACT: &'static str = "refuse_recognition";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) =
            open::<access::RefuseRecognition>(tx, self.id, Some(self.if_match)).await?;
        let from = loaded.contract.version;
        let (contract, event) =
            loaded.contract.refuse_recognition(&permit, self.refusal, actor.account, at)?;
        save_step(tx, &contract, from).await?;
        tx.announce(event);
        Ok(Dossier::frozen(contract, loaded.payments))
    }
}
