//! Drafting a contract.

use std::sync::Arc;

use chrono::Datelike;
use kernel::Relation;
use serde_json::json;
use store::{Command, Outcome, Tx};

use super::surroundings;
use crate::{
    access,
    model::{Contract, ContractNumber, UncheckedTerms},
    ports::Ports,
    queries::Dossier,
    store as tables,
};

/// Draft a contract with these terms, to which the caller's organisation is a party.
#[derive(Clone)]
pub struct CreateContract {
    /// What the parties agree.
    pub terms: UncheckedTerms,
    /// Answers about others.
    pub ports: Arc<dyn Ports>,
}

impl Command for CreateContract {
    const ACT: &'static str = "create_contract";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let actor = tx.actor()?;
        let party = self.terms.party(actor.organisation);
        let relation = party.map_or(Relation::Stranger, |party| access::relation(party.role));
        let permit = kernel::judge(tx.caller(), &[relation])?;

        let around = surroundings(tx.conn(), &*self.ports, &self.terms).await?;
        let terms = self.terms.check(&around)?;
        let serial = tables::next_serial(tx.conn()).await?;
        let number = ContractNumber::new(tx.today().year(), serial);
        let (id, at) = (tx.new_id(), tx.now());
        let contract = Contract::draft(&permit, id, number, terms, actor.organisation, at);

        tables::insert(tx.conn(), &contract).await?;
        tx.record(contract.id, contract.version, facts(&contract));
        Ok(Dossier { identities: around.identities(), contract, payments: Vec::new() })
    }
}

/// What the audit trail keeps of terms: who deals for how much; the words are in the contract.
pub(super) fn facts(contract: &Contract) -> serde_json::Value {
    let terms = &contract.terms;
    json!({
        "number": contract.number,
        "type": terms.contract_type,
        "organisation_ids": terms.organisation_ids(),
        "introduction_id": terms.introduction_id,
        "total_amount_fen": terms.total_amount_fen,
        "technology_amount_fen": terms.technology_amount_fen,
        "related_parties": terms.related_parties,
    })
}
