//! What the terms of a contract name outside of it: parties, listings, an introduction.

use std::collections::BTreeMap;

use kernel::{
    Fault, Id, IntroductionStatus, PartyRole, Refusal,
    kinds::{Listing, Organisation},
};

use crate::{
    error::{Faults, INTRODUCTION_DOES_NOT_FIT, ORGANISATION_NOT_VERIFIED},
    model::{Identities, Identity, Terms, UncheckedTerms},
};

/// What a contract has to know of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationFacts {
    /// What identifies it.
    pub identity: Identity,
    /// Has the market verified it, and not suspended it since?
    pub verified: bool,
}

/// What a contract has to know of the introduction that it came of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntroductionFacts {
    /// Where it stands.
    pub status: IntroductionStatus,
    /// Whose need it is.
    pub need_organisation_id: Id<Organisation>,
    /// Whose result or patent it is.
    pub offer_organisation_id: Id<Organisation>,
    /// The broker who brought them together, if any.
    pub broker_id: Option<Id<Organisation>>,
}

/// What is known of the things that some terms name; what is not here is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The parties.
    pub organisations: BTreeMap<Id<Organisation>, OrganisationFacts>,
    /// Whose the listings are.
    pub listing_owners: BTreeMap<Id<Listing>, Id<Organisation>>,
    /// The introduction.
    pub introduction: Option<IntroductionFacts>,
}

impl Surroundings {
    /// What identifies the parties now.
    #[must_use]
    pub fn identities(&self) -> Identities {
        let facts = self.organisations.iter();
        facts.map(|(id, facts)| (*id, facts.identity.clone())).collect()
    }

    /// Adds what does not fit between these terms and what they name. Unknown things are at fault
    /// like those of others, so that nobody learns which there are.
    pub(crate) fn find_faults(&self, terms: &UncheckedTerms, faults: &mut Faults) {
        for (index, party) in terms.parties.iter().enumerate() {
            if !self.organisations.contains_key(&party.organisation_id) {
                let fault = Fault::new(
                    "unknown_organisation",
                    "没有此单位",
                    "there is no such organisation",
                );
                faults.add(format!("/parties/{index}/organisation_id"), fault);
            }
        }
        for (index, listing) in terms.listing_ids.iter().enumerate() {
            let owner = self.listing_owners.get(listing);
            if owner.and_then(|owner| terms.party(*owner)).is_none() {
                faults.add(format!("/listing_ids/{index}"), listing_of_others());
            }
        }
        if let Some(fault) = self.introduction_fault(terms) {
            faults.add("/introduction_id", fault);
        }
    }

    /// May these terms be offered for signature now?
    ///
    /// # Errors
    /// 409 `organisation_not_verified` naming the parties, or `introduction_does_not_fit`.
    pub(crate) fn expect_ready(&self, terms: &Terms) -> Result<(), Refusal> {
        self.expect_verified(&terms.organisation_ids())?;
        match self.introduction_fault(terms) {
            None => Ok(()),
            Some(fault) => Err(INTRODUCTION_DOES_NOT_FIT.because(fault.words.zh, fault.words.en)),
        }
    }

    /// Has the market verified all of these organisations, and suspended none since? Those of which
    /// nothing is known do not count as verified.
    ///
    /// # Errors
    /// 409 `organisation_not_verified` naming those that are not.
    pub(crate) fn expect_verified(&self, ids: &[Id<Organisation>]) -> Result<(), Refusal> {
        let facts = |id| self.organisations.get(id);
        let unverified: Vec<_> = ids
            .iter()
            .filter(|id| !facts(id).is_some_and(|organisation| organisation.verified))
            .map(|id| facts(id).map_or_else(|| id.to_string(), |known| known.identity.name.clone()))
            .collect();
        if unverified.is_empty() {
            return Ok(());
        }
        Err(ORGANISATION_NOT_VERIFIED.because(
            format!("尚未通过核验或已停用:{}", unverified.join("、")),
            format!("not verified, or suspended: {}", unverified.join(", ")),
        ))
    }

    fn introduction_fault(&self, terms: &UncheckedTerms) -> Option<Fault> {
        terms.introduction_id?;
        let is = |organisation: Id<Organisation>, role: PartyRole| {
            terms.party(organisation).is_some_and(|party| party.role == role)
        };
        let ours = self.introduction.as_ref().filter(|introduction| {
            is(introduction.need_organisation_id, PartyRole::Buyer)
                && is(introduction.offer_organisation_id, PartyRole::Seller)
                && introduction.broker_id.is_none_or(|broker| is(broker, PartyRole::Broker))
        });
        match ours.map(|introduction| introduction.status) {
            None => Some(introduction_of_others()),
            Some(IntroductionStatus::Accepted) => None,
            Some(
                status @ (IntroductionStatus::Proposed
                | IntroductionStatus::Declined
                | IntroductionStatus::Lapsed
                | IntroductionStatus::Contracted
                | IntroductionStatus::Closed),
            ) => Some(Fault::new(
                "introduction_not_accepted",
                format!("撮合须为“双方已接受”,现为“{}”", status.label().zh),
                format!("the introduction must be accepted, not {}", status.label().en),
            )),
        }
    }
}

fn listing_of_others() -> Fault {
    Fault::new(
        "listing_of_others",
        "没有此挂牌信息,或其不属于合同任何一方",
        "there is no such listing, or it belongs to no party of the contract",
    )
}

fn introduction_of_others() -> Fault {
    Fault::new(
        "introduction_of_others",
        "没有此撮合,或其需求方、供给方、经纪方与合同的买方、卖方、经纪方不符",
        "there is no such introduction, or its need side, offer side and broker are not a buyer, \
         a seller and a broker of the contract",
    )
}
