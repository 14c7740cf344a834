//! What events of other domains cause here. Each may come again.

use ::store::{Outcome, Tx};
use events::{ContractSigned, ListingPublished, OrganisationSuspended, OrganisationVerified};
use kernel::{Id, OrganisationKind, kinds};
use serde_json::json;

use crate::{
    model::introduction::{Step, StepKind},
    store,
};

/// A listing can be seen: it is to be found.
///
/// # Errors
/// If the database does not answer.
pub async fn learn_listing(tx: &mut Tx<'_>, event: &ListingPublished) -> Outcome<()> {
    store::learn_document(tx.conn(), event).await
}

/// A listing has been taken back or down, is held for a contract, dealt, or past its day: it is no
/// longer to be found.
///
/// # Errors
/// If the database does not answer.
pub async fn forget_listing(tx: &mut Tx<'_>, id: Id<kinds::Listing>) -> Outcome<()> {
    store::lose_document(tx.conn(), id).await
}

/// An organisation has been checked, or let in again: its listings are matched, and if it is a
/// broker, it may introduce others.
///
/// # Errors
/// If the database does not answer.
pub async fn learn_organisation(tx: &mut Tx<'_>, event: &OrganisationVerified) -> Outcome<()> {
    store::lift_suspension(tx.conn(), event.organisation_id).await?;
    match event.kind {
        OrganisationKind::BrokerAgency | OrganisationKind::IndividualBroker => {
            store::save_broker(tx.conn(), event).await
        }
        OrganisationKind::University
        | OrganisationKind::Institute
        | OrganisationKind::Enterprise
        | OrganisationKind::Government
        | OrganisationKind::Market => Ok(()),
    }
}

/// An organisation has been shut out: until it is verified again its listings match nothing, those
/// published meanwhile neither.
///
/// # Errors
/// If the database does not answer.
pub async fn leave_organisation_out(tx: &mut Tx<'_>, event: &OrganisationSuspended) -> Outcome<()> {
    store::add_suspension(tx.conn(), event.organisation_id).await
}

/// A contract has been signed that names an introduction: something came of it.
///
/// # Errors
/// If the database does not answer.
pub async fn mark_contracted(tx: &mut Tx<'_>, event: &ContractSigned) -> Outcome<()> {
    let Some(id) = event.contract.introduction_id else { return Ok(()) };
    let Some(introduction) = store::introduction_for_update(tx.conn(), id).await? else {
        tracing::warn!(%id, contract = %event.contract_id, "a contract names no introduction");
        return Ok(());
    };
    let (before, status, now) = (introduction.version, introduction.status(), tx.now());
    let Some(introduction) = introduction.contract(event.contract_id, now) else {
        tracing::info!(%id, %status, contract = %event.contract_id, "the introduction stays as it is");
        return Ok(());
    };
    store::save_introduction(tx.conn(), before, &introduction).await?;
    let step = Step {
        introduction_id: id,
        version: introduction.version,
        what: StepKind::Contracted,
        at: now,
        by: None,
    };
    store::add_step(tx.conn(), step).await?;
    let facts = json!({ "status": introduction.status(), "contract_id": event.contract_id });
    tx.record(id, introduction.version, facts);
    Ok(())
}
