//! What the terms of a contract name outside of it: parties, listings, an introduction.

use std::collections::BTreeMap;

use kernel::{
    Fault, Id, IntroductionStatus, ListingKind, ListingStatus, PartyRole, Refusal,
    kinds::{Listing, Organisation},
};

use crate::{
    error::{Faults, INTRODUCTION_DOES_NOT_FIT, LISTING_NOT_AVAILABLE, ORGANISATION_NOT_VERIFIED},
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

/// What a contract has to know of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingFacts {
    /// Whose it is.
    pub organisation_id: Id<Organisation>,
    /// What it is.
    pub kind: ListingKind,
    /// Where it stands.
    pub status: ListingStatus,
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
    /// What is dealt.
    pub listings: BTreeMap<Id<Listing>, ListingFacts>,
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
        self.find_false_brokers(terms, faults);
        for (index, listing) in terms.listing_ids.iter().enumerate() {
            if self.owned(*listing, terms).is_none() {
                faults.add(format!("/listing_ids/{index}"), listing_of_others());
            }
        }
        if let Some(fault) = self.introduction_fault(terms) {
            faults.add("/introduction_id", fault);
        }
    }

    /// Art. 6 rewards intermediaries and technology brokers: nobody else is a broker.
    fn find_false_brokers(&self, terms: &UncheckedTerms, faults: &mut Faults) {
        for (index, party) in terms.parties.iter().enumerate() {
            let facts = self.organisations.get(&party.organisation_id);
            let stranger = facts.filter(|facts| !facts.identity.kind.is_intermediary());
            if let Some(facts) = stranger.filter(|_| party.role == PartyRole::Broker) {
                let kind = facts.identity.kind.label();
                let fault = Fault::new(
                    "not_an_intermediary",
                    format!("经纪方须为科技中介服务机构或个人技术经纪人,而非{}", kind.zh),
                    format!(
                        "a broker is a broker agency or an individual broker, not: {}",
                        kind.en
                    ),
                );
                faults.add(format!("/parties/{index}/role"), fault);
            }
        }
    }

    /// May these terms be offered for signature now?
    ///
    /// # Errors
    /// 422 `invalid` for a broker who is none; 409 `organisation_not_verified` naming the parties,
    /// `listing_not_available` naming the listings, or `introduction_does_not_fit`.
    pub(crate) fn expect_ready(&self, terms: &Terms) -> Result<(), Refusal> {
        let mut faults = Faults::default();
        self.find_false_brokers(terms, &mut faults);
        faults.into_result()?;
        self.expect_verified(&terms.organisation_ids())?;
        self.expect_available(terms)?;
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

    /// What is dealt must be on the market, or held for a deal.
    fn expect_available(&self, terms: &UncheckedTerms) -> Result<(), Refusal> {
        let faults = terms.listing_ids.iter().enumerate().filter_map(|(index, listing)| {
            let fault = match self.owned(*listing, terms) {
                None => listing_of_others(),
                Some((facts, _)) => not_available(facts.status)?,
            };
            Some((format!("/listing_ids/{index}"), fault))
        });
        let mut faults = faults.peekable();
        if faults.peek().is_none() {
            return Ok(());
        }
        let refusal = LISTING_NOT_AVAILABLE.refuse();
        Err(faults.fold(refusal, |refusal, (pointer, fault)| refusal.at(pointer, fault)))
    }

    /// The listings that are off the market once every party has signed.
    pub(crate) fn dealt(&self, terms: &UncheckedTerms) -> Vec<Id<Listing>> {
        let is_dealt = |listing: &Id<Listing>| {
            self.owned(*listing, terms)
                .is_some_and(|(facts, owner)| facts.kind.is_dealt_by(owner, terms.contract_type))
        };
        terms.listing_ids.iter().copied().filter(is_dealt).collect()
    }

    /// A listing of one of the parties, and what its owner is in the contract.
    fn owned(
        &self,
        listing: Id<Listing>,
        terms: &UncheckedTerms,
    ) -> Option<(ListingFacts, PartyRole)> {
        let facts = self.listings.get(&listing)?;
        Some((*facts, terms.party(facts.organisation_id)?.role))
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

/// Why a listing cannot be dealt now. What has not been published is its owner's business: no more
/// is said of it.
fn not_available(status: ListingStatus) -> Option<Fault> {
    let code = match status {
        ListingStatus::Published | ListingStatus::Reserved => return None,
        ListingStatus::Draft | ListingStatus::Submitted | ListingStatus::Returned => {
            return Some(Fault::new(
                "listing_not_published",
                "此挂牌信息尚未发布",
                "this listing has not been published",
            ));
        }
        ListingStatus::Suspended => "listing_suspended",
        ListingStatus::Withdrawn => "listing_withdrawn",
        ListingStatus::Expired => "listing_expired",
        ListingStatus::Traded => "listing_traded",
    };
    let label = status.label();
    Some(Fault::new(
        code,
        format!("此挂牌信息须为“已发布”或“洽谈中”,现为“{}”", label.zh),
        format!("this listing must be published or reserved, and is {}", label.en),
    ))
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
