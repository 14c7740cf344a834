//! The acts that change a contract, one file each: lock → permit → decide → save → announce.

mod apply_for_recognition;
mod create_contract;
mod enter_contracts;
mod offer_contract;
mod recognise_contract;
mod record_payment;
mod refuse_recognition;
mod request_supplement;
mod sign_contract;
mod update_contract;
mod withdraw_contract;

pub use apply_for_recognition::ApplyForRecognition;
pub use create_contract::CreateContract;
pub use enter_contracts::{Deal, EnterContracts};
pub use offer_contract::OfferContract;
pub use recognise_contract::RecogniseContract;
pub use record_payment::RecordPayment;
pub use refuse_recognition::RefuseRecognition;
pub use request_supplement::RequestSupplement;
pub use sign_contract::SignContract;
pub use update_contract::UpdateContract;
pub use withdraw_contract::WithdrawContract;

use kernel::{Act, Id, Permit, Version, kinds};
use serde_json::json;
use store::{Conn, Outcome, Tx};

use crate::{
    access,
    model::{Contract, Surroundings, UncheckedTerms},
    ports::Ports,
    store::{self as tables, Loaded},
};

/// Locks a contract for an act: the caller may know of it, may do the act, and means its present
/// version.
async fn open<A: Act>(
    tx: &mut Tx<'_>,
    id: Id<kinds::Contract>,
    if_match: Option<Version>,
) -> Outcome<(Loaded, Permit<A>)> {
    tx.actor()?;
    let loaded = tables::lock(tx.conn(), id).await?;
    access::may_know(tx.caller(), &loaded.contract)?;
    let permit = kernel::judge(tx.caller(), &access::relations(tx.caller(), &loaded.contract))?;
    if let Some(meant) = if_match {
        web::expect_version(loaded.contract.version, meant)?;
    }
    Ok((loaded, permit))
}

/// What is known of the things that some terms name.
async fn surroundings(
    conn: &mut Conn,
    ports: &dyn Ports,
    terms: &UncheckedTerms,
) -> Outcome<Surroundings> {
    let organisations = ports.organisations(conn, &terms.organisation_ids()).await?;
    let listings = ports.listings(conn, &terms.listing_ids).await?;
    let introduction = match terms.introduction_id {
        Some(id) => ports.introduction(conn, id).await?,
        None => None,
    };
    Ok(Surroundings { organisations, listings, introduction })
}

/// Saves and records a step of recognition that has just been taken.
async fn save_step(tx: &mut Tx<'_>, contract: &Contract, from: Version) -> Outcome<()> {
    let step = contract.signed().and_then(|signed| signed.recognition.newest());
    let step = step.ok_or_else(|| anyhow::anyhow!("a step of recognition was not taken"))?;
    tables::insert_step(tx.conn(), contract.id, step).await?;
    tables::save_state(tx.conn(), contract, from).await?;
    let facts = json!({ "recognition": step.facts.status(), "step": step.number });
    tx.record(contract.id, contract.version, facts);
    Ok(())
}
