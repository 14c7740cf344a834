//! Signing for one's own organisation.

use std::sync::Arc;

use kernel::{Id, Sha256, Version, kinds};
use serde_json::json;
use store::{Command, Outcome, Tx};

use super::open;
use crate::{access, model::Surroundings, ports::Ports, queries::Dossier, store as tables};

/// Sign the text that has this digest. Two parties may sign at once: the second waits for the
/// first, finds its signature there, and whichever is the last completes the contract.
#[derive(Clone)]
pub struct SignContract {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// What is signed: this is what the signatory has read, and what no other version has.
    pub document_sha256: Sha256,
    /// Which version of it is meant, if that matters.
    pub if_match: Option<Version>,
    /// Tells who is verified.
    pub ports: Arc<dyn Ports>,
}

impl Command for SignContract {
    const ACT: &'static str = "sign_contract";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) = open::<access::Sign>(tx, self.id, self.if_match).await?;
        let from = loaded.contract.version;
        let parties = loaded.contract.terms.organisation_ids();
        let organisations = self.ports.organisations(tx.conn(), &parties).await?;
        let around = Surroundings { organisations, ..Surroundings::default() };
        let (contract, event) =
            loaded.contract.sign(&permit, actor, self.document_sha256, &around, at)?;
        let offered = contract.offered();
        let (offered, signature) = offered
            .and_then(|offered| Some((offered, offered.signature_of(actor.organisation)?)))
            .ok_or_else(|| anyhow::anyhow!("a signature was not made"))?;

        let number = offered.document_number;
        tables::insert_signature(tx.conn(), self.id, number, offered.sha256, signature).await?;
        if event.is_some() {
            tables::take_listings(tx.conn(), self.id).await?;
        }
        tables::save_state(tx.conn(), &contract, from).await?;
        let facts = json!({ "status": contract.state.status(), "document": number,
                            "document_sha256": offered.sha256,
                            "organisation_id": actor.organisation });
        tx.record(contract.id, contract.version, facts);
        if let Some(event) = event {
            tx.announce(event);
        }
        Ok(Dossier::frozen(contract, loaded.payments))
    }
}
