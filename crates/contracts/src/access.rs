//! Who may do what.

use kernel::{Caller, Grant, PartyRole, Refusal, Relation, Role, acts};

use crate::model::{Contract, Document};

acts! {
    /// Draft a contract to which one's own organisation is a party.
    Create = "create_contract" [
        Grant::RoleIn(Role::Editor, Relation::Seller),
        Grant::RoleIn(Role::Editor, Relation::Buyer),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Alter a draft.
    Update = "update_contract" [
        Grant::RoleIn(Role::Editor, Relation::Seller),
        Grant::RoleIn(Role::Editor, Relation::Buyer),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Read a contract.
    Read = "get_contract" [
        Grant::In(Relation::Seller),
        Grant::In(Relation::Buyer),
        Grant::In(Relation::Broker),
        Grant::Role(Role::Registrar),
        Grant::Role(Role::Reviewer),
        Grant::Role(Role::Approver),
        Grant::Role(Role::Auditor),
    ];
    /// Read a frozen text to which one's own organisation was a party.
    ReadDocument = "get_contract_document" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Registrar),
        Grant::Role(Role::Reviewer),
        Grant::Role(Role::Approver),
        Grant::Role(Role::Auditor),
    ];
    /// List the contracts that one may read.
    List = "list_contracts" [Grant::SignedIn];
    /// Freeze the text and ask for signatures.
    Offer = "offer_contract" [
        Grant::RoleIn(Role::Editor, Relation::Seller),
        Grant::RoleIn(Role::Editor, Relation::Buyer),
        Grant::RoleIn(Role::Editor, Relation::Broker),
        Grant::RoleIn(Role::Signatory, Relation::Seller),
        Grant::RoleIn(Role::Signatory, Relation::Buyer),
        Grant::RoleIn(Role::Signatory, Relation::Broker),
    ];
    /// Sign for one's own organisation.
    Sign = "sign_contract" [
        Grant::RoleIn(Role::Signatory, Relation::Seller),
        Grant::RoleIn(Role::Signatory, Relation::Buyer),
        Grant::RoleIn(Role::Signatory, Relation::Broker),
    ];
    /// Take an offered text back to a draft.
    Withdraw = "withdraw_contract" [
        Grant::RoleIn(Role::Editor, Relation::Seller),
        Grant::RoleIn(Role::Editor, Relation::Buyer),
        Grant::RoleIn(Role::Editor, Relation::Broker),
        Grant::RoleIn(Role::Signatory, Relation::Seller),
        Grant::RoleIn(Role::Signatory, Relation::Buyer),
        Grant::RoleIn(Role::Signatory, Relation::Broker),
    ];
    /// Ask the registrar to recognise a signed contract.
    ApplyForRecognition = "apply_for_recognition" [
        Grant::RoleIn(Role::Editor, Relation::Applicant),
        Grant::RoleIn(Role::Signatory, Relation::Applicant),
    ];
    /// Send an application back for what is missing.
    RequestSupplement = "request_supplement" [Grant::Role(Role::Registrar)];
    /// Recognise and register a contract.
    Recognise = "recognise_contract" [Grant::Role(Role::Registrar)];
    /// Refuse to.
    RefuseRecognition = "refuse_recognition" [Grant::Role(Role::Registrar)];
    /// Record what has been paid: by whom received it, or by the registrar who has seen the proof.
    RecordPayment = "record_payment" [
        Grant::RoleIn(Role::Editor, Relation::Seller),
        Grant::Role(Role::Registrar),
    ];
}

/// How a party of this role stands to its contract.
#[must_use]
pub const fn relation(role: PartyRole) -> Relation {
    match role {
        PartyRole::Seller => Relation::Seller,
        PartyRole::Buyer => Relation::Buyer,
        PartyRole::Broker => Relation::Broker,
    }
}

/// How the caller stands to a contract.
#[must_use]
pub fn relations(caller: &Caller, contract: &Contract) -> Vec<Relation> {
    let party = caller.actor().and_then(|actor| contract.terms.party(actor.organisation));
    let Some(party) = party else { return vec![Relation::Stranger] };
    let mut relations = vec![relation(party.role)];
    if contract.applicant_role() == party.role {
        relations.push(Relation::Applicant);
    }
    relations
}

/// How the caller stands to a frozen text: parties may have come and gone since.
#[must_use]
pub fn to_document(caller: &Caller, document: &Document) -> Relation {
    let own = document.organisation_ids.iter().any(|party| caller.acts_for(*party));
    if own { Relation::Own } else { Relation::Stranger }
}

/// May the caller know of this contract?
///
/// # Errors
/// 401 if nobody has signed in, else 404: strangers do not learn that there is such a contract.
pub fn may_know(caller: &Caller, contract: &Contract) -> Result<(), Refusal> {
    match kernel::judge::<Read>(caller, &relations(caller, contract)) {
        Ok(_) => Ok(()),
        Err(refusal) if caller.actor().is_none() => Err(refusal),
        Err(_) => Err(store::refusals::NOT_FOUND.refuse()),
    }
}

/// May the caller read everybody's contracts?
#[must_use]
pub fn reads_all(caller: &Caller) -> bool {
    kernel::judge::<Read>(caller, &[]).is_ok()
}
