//! Taking an offered text back.

use std::sync::Arc;

use kernel::{Id, Version, kinds};
use serde_json::json;
use store::{Command, Outcome, Tx};

use super::open;
use crate::{
    access,
    ports::Ports,
    queries::Dossier,
    store::{self as tables, Loaded},
};

/// Make an offered contract a draft again; signatures under its text are void, and kept.
#[derive(Clone)]
pub struct WithdrawContract {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
    /// Answers about others.
    pub ports: Arc<dyn Ports>,
}

impl Command for WithdrawContract {
    const ACT: &'static str = "withdraw_contract";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (loaded, permit) = open::<access::Withdraw>(tx, self.id, Some(self.if_match)).await?;
        let from = loaded.contract.version;
        let (contract, event) = loaded.contract.withdraw(&permit)?;

        tables::thaw_parties(tx.conn(), self.id).await?;
        tables::save_state(tx.conn(), &contract, from).await?;
        let facts = json!({ "status": contract.state.status(),
                            "void_document": contract.documents });
        tx.record(contract.id, contract.version, facts);
        tx.announce(event);
        let loaded = Loaded { contract, payments: loaded.payments };
        Dossier::of(tx.conn(), &*self.ports, loaded).await
    }
}
