//! Contracts that were made elsewhere: many are entered at once, as far as each has come. Every
//! step is taken by the one who may take it, and recorded and announced as if it were taken here.

use std::sync::Arc;

use anyhow::anyhow;
use chrono::Datelike;
use kernel::{Act, Actor, Caller, PartyRole, Permit, Relation, judge};
use serde_json::json;
use store::{Command, Outcome, Tx};

use super::{create_contract::facts, save_step, surroundings};
use crate::{
    access,
    model::{
        Contract, ContractNumber, Document, NewPayment, Payment, Recognised, Surroundings,
        UncheckedTerms, WorkingDays,
    },
    ports::Ports,
    store as tables,
};

/// Enters many contracts at once.
#[derive(Clone)]
pub struct EnterContracts {
    /// The contracts.
    pub deals: Arc<[Deal]>,
    /// Answers about others.
    pub ports: Arc<dyn Ports>,
}

/// A contract, and how far it has come.
#[derive(Clone, Debug)]
pub struct Deal {
    /// What the parties agree.
    pub terms: UncheckedTerms,
    /// Who signs for each party, in the order of the parties; the first has drafted it.
    pub signatories: Vec<Actor>,
    /// Was it offered for signature?
    pub offered: bool,
    /// Has every party signed it?
    pub signed: bool,
    /// Has recognition been applied for?
    pub applied: bool,
    /// What the registrar has recognised, and who that was.
    pub recognised: Option<(Actor, Recognised)>,
    /// What has been paid.
    pub payment: Option<NewPayment>,
}

impl Deal {
    /// Who signs for the first party of this role.
    fn signatory(&self, role: PartyRole) -> Outcome<Actor> {
        let mut parties = self.terms.parties.iter().zip(&self.signatories);
        let found = parties.find(|(party, _)| party.role == role).map(|(_, actor)| *actor);
        Ok(found.ok_or_else(|| anyhow!("nobody signs as {role}"))?)
    }
}

impl Command for EnterContracts {
    const ACT: &'static str = "enter_contracts";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        for deal in self.deals.iter() {
            let around = surroundings(tx.conn(), &*self.ports, &deal.terms).await?;
            enter(tx, deal, &around).await?;
        }
        Ok(self.deals.len())
    }
}

async fn enter(tx: &mut Tx<'_>, deal: &Deal, around: &Surroundings) -> Outcome<()> {
    let drafter = *deal.signatories.first().ok_or_else(|| anyhow!("nobody drafts"))?;
    let contract = draft(tx, deal, drafter, around).await?;
    if !deal.offered {
        return Ok(());
    }
    let mut contract = offer(tx, contract, drafter, around).await?;
    if !deal.signed {
        return Ok(());
    }
    for signatory in &deal.signatories {
        contract = sign(tx, contract, *signatory, around).await?;
    }
    if deal.applied {
        contract = recognise(tx, contract, deal).await?;
    }
    if let Some(payment) = &deal.payment {
        pay(tx, contract, deal, payment.clone()).await?;
    }
    Ok(())
}

/// May this person do the act to the contract?
fn permit<A: Act>(by: Actor, contract: &Contract) -> Outcome<Permit<A>> {
    let caller = Caller::SignedIn(by);
    Ok(judge(&caller, &access::relations(&caller, contract))?)
}

async fn draft(
    tx: &mut Tx<'_>,
    deal: &Deal,
    by: Actor,
    around: &Surroundings,
) -> Outcome<Contract> {
    let party = deal.terms.party(by.organisation);
    let relation = party.map_or(Relation::Stranger, |party| access::relation(party.role));
    let permit = judge(&Caller::SignedIn(by), &[relation])?;
    let terms = deal.terms.clone().check(around)?;
    let serial = tables::next_serial(tx.conn()).await?;
    let number = ContractNumber::new(tx.today().year(), serial);
    let contract = Contract::draft(&permit, tx.new_id(), number, terms, by.organisation, tx.now());
    tables::insert(tx.conn(), &contract).await?;
    tx.record(contract.id, contract.version, facts(&contract));
    Ok(contract)
}

async fn offer(
    tx: &mut Tx<'_>,
    contract: Contract,
    by: Actor,
    around: &Surroundings,
) -> Outcome<Contract> {
    around.expect_ready(&contract.terms)?;
    let permit = permit(by, &contract)?;
    let (at, from, identities) = (tx.now(), contract.version, around.identities());
    let document = Document::freeze(&contract, &identities)?;
    let (contract, event) =
        contract.offer(&permit, &document, identities.clone(), by.organisation, at)?;
    tables::insert_document(tx.conn(), contract.id, &document, by.account, at).await?;
    tables::freeze_parties(tx.conn(), contract.id, &identities).await?;
    tables::note_dealt(tx.conn(), contract.id, &around.dealt(&contract.terms)).await?;
    tables::save_state(tx.conn(), &contract, from).await?;
    let facts = json!({ "status": contract.state.status(), "document": document.number,
                        "document_sha256": document.sha256 });
    tx.record(contract.id, contract.version, facts);
    tx.announce(event);
    Ok(contract)
}

async fn sign(
    tx: &mut Tx<'_>,
    contract: Contract,
    by: Actor,
    around: &Surroundings,
) -> Outcome<Contract> {
    let (permit, from, at) = (permit(by, &contract)?, contract.version, tx.now());
    let offered = contract.offered().map(|offered| (offered.sha256, offered.document_number));
    let (sha256, number) = offered.ok_or_else(|| anyhow!("no text waits for signatures"))?;
    let (contract, event) = contract.sign(&permit, by, sha256, around, at)?;
    let signature = contract.offered().and_then(|offered| offered.signature_of(by.organisation));
    let signature = signature.ok_or_else(|| anyhow!("a signature was not made"))?;
    tables::insert_signature(tx.conn(), contract.id, number, sha256, signature).await?;
    if event.is_some() {
        tables::take_listings(tx.conn(), contract.id).await?;
    }
    tables::save_state(tx.conn(), &contract, from).await?;
    let facts = json!({ "status": contract.state.status(), "document": number,
                        "document_sha256": sha256, "organisation_id": by.organisation });
    tx.record(contract.id, contract.version, facts);
    if let Some(event) = event {
        tx.announce(event);
    }
    Ok(contract)
}

/// The application, and the registrar's decision, if there is one.
async fn recognise(tx: &mut Tx<'_>, contract: Contract, deal: &Deal) -> Outcome<Contract> {
    let at = tx.now();
    let applicant = deal.signatory(contract.applicant_role())?;
    let (permit_to_apply, from) = (permit(applicant, &contract)?, contract.version);
    let calendar = WorkingDays::official();
    let contract =
        contract.apply_for_recognition(&permit_to_apply, calendar, applicant.account, at)?;
    save_step(tx, &contract, from).await?;
    let Some((registrar, recognised)) = &deal.recognised else { return Ok(contract) };
    let (permit, from) = (permit(*registrar, &contract)?, contract.version);
    let (contract, event) =
        contract.recognise(&permit, recognised.clone(), registrar.account, at)?;
    save_step(tx, &contract, from).await?;
    tx.announce(event);
    Ok(contract)
}

async fn pay(tx: &mut Tx<'_>, contract: Contract, deal: &Deal, payment: NewPayment) -> Outcome<()> {
    let seller = deal.signatory(PartyRole::Seller)?;
    let (permit, from, at) = (permit(seller, &contract)?, contract.version, tx.now());
    let id = tx.new_id();
    let (contract, event) = contract.record_payment(&permit, id, &payment, at)?;
    let payment = Payment { id, payment, recorded_at: at, account_id: seller.account };
    tables::insert_payment(tx.conn(), contract.id, &payment).await?;
    tables::save_state(tx.conn(), &contract, from).await?;
    let facts = json!({ "payment_id": id, "paid_on": payment.payment.paid_on,
                        "amount_fen": payment.payment.amount_fen,
                        "technology_amount_fen": payment.payment.technology_amount_fen });
    tx.record(contract.id, contract.version, facts);
    tx.announce(event);
    Ok(())
}
