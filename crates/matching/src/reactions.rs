//! What events of other domains cause here. Each may come again.

use ::store::{Outcome, Tx};
use events::{
    ContractSigned, ListingPublished, ListingTraded, ListingWithdrawn, OrganisationVerified,
};
use kernel::OrganisationKind;
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

/// A listing has been withdrawn: it is no longer to be found.
///
/// # Errors
/// If the database does not answer.
pub async fn forget_listing(tx: &mut Tx<'_>, event: &ListingWithdrawn) -> Outcome<()> {
    store::lose_document(tx.conn(), event.listing_id).await
}

/// A listing has been dealt: it is no longer to be found.
///
/// # Errors
/// If the database does not answer.
pub async fn forget_traded(tx: &mut Tx<'_>, event: &ListingTraded) -> Outcome<()> {
    store::lose_document(tx.conn(), event.listing_id).await
}

/// An organisation has been checked: if it is a broker, it may introduce others.
///
/// # Errors
/// If the database does not answer.
pub async fn learn_broker(tx: &mut Tx<'_>, event: &OrganisationVerified) -> Outcome<()> {
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
