//! Altering a draft.

use std::sync::Arc;

use kernel::{Fault, Id, Version, kinds};
use store::{Command, Outcome, Tx};

use super::{create_contract::facts, open, surroundings};
use crate::{access, model::TermsChange, ports::Ports, queries::Dossier, store as tables};

/// Alter some terms of a draft.
#[derive(Clone)]
pub struct UpdateContract {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
    /// What is to change.
    pub change: TermsChange,
    /// Answers about others.
    pub ports: Arc<dyn Ports>,
}

impl Command for UpdateContract {
    const ACT: &'static str = "update_contract";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let actor = tx.actor()?;
        let (loaded, permit) = open::<access::Update>(tx, self.id, Some(self.if_match)).await?;
        loaded.contract.expect_draft()?;

        let terms = self.change.apply(&loaded.contract.terms);
        let around = surroundings(tx.conn(), &*self.ports, &terms).await?;
        let terms = terms.check(&around)?;
        if terms.party(actor.organisation).is_none() {
            return Err(web::invalid().at("/parties", own_organisation_missing()).into());
        }
        let from = loaded.contract.version;
        let contract = loaded.contract.revise(&permit, terms)?;

        tables::save_terms(tx.conn(), &contract, from).await?;
        tx.record(contract.id, contract.version, facts(&contract));
        Ok(Dossier { identities: around.identities(), contract, payments: loaded.payments })
    }
}

fn own_organisation_missing() -> Fault {
    Fault::new(
        "own_organisation_missing",
        "本单位须为合同的一方",
        "your own organisation must stay a party",
    )
}
