//! Freezing a text and asking every party to sign it.

use std::sync::Arc;

use kernel::{Id, Version, kinds};
use serde_json::json;
use store::{Command, Outcome, Tx};

use super::{open, surroundings};
use crate::{access, model::Document, ports::Ports, queries::Dossier, store as tables};

/// Freeze a draft and offer it for signature.
#[derive(Clone)]
pub struct OfferContract {
    /// Which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant.
    pub if_match: Version,
    /// Answers about others.
    pub ports: Arc<dyn Ports>,
}

impl Command for OfferContract {
    const ACT: &'static str = "offer_contract";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) = open::<access::Offer>(tx, self.id, Some(self.if_match)).await?;
        loaded.contract.expect_draft()?;

        let around = surroundings(tx.conn(), &*self.ports, &loaded.contract.terms).await?;
        around.expect_ready(&loaded.contract.terms)?;
        let identities = around.identities();
        let document = Document::freeze(&loaded.contract, &identities)?;
        let from = loaded.contract.version;
        let by = actor.organisation;
        let (contract, event) =
            loaded.contract.offer(&permit, &document, identities.clone(), by, at)?;

        tables::insert_document(tx.conn(), self.id, &document, actor.account, at).await?;
        tables::freeze_parties(tx.conn(), self.id, &identities).await?;
        tables::note_dealt(tx.conn(), self.id, &around.dealt(&contract.terms)).await?;
        tables::save_state(tx.conn(), &contract, from).await?;
        let facts = json!({ "status": contract.state.status(), "document": document.number,
                            "document_sha256": document.sha256 });
        tx.record(contract.id, contract.version, facts);
        tx.announce(event);
        Ok(Dossier::frozen(contract, loaded.payments))
    }
}
