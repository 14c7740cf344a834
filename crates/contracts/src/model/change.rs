//! A change of some terms of a draft.

use chrono::NaiveDate;
use kernel::{
    Change, ContractType, Domain, Fen, Id, Line,
    kinds::{Introduction, Listing},
};

use crate::model::{Clause, NonTechnologyItem, Party, PaymentTerm, Subtype, Terms, UncheckedTerms};

/// What is to become of the terms; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermsChange {
    /// The type of contract.
    pub contract_type: Option<ContractType>,
    /// The sub-type.
    pub subtype: Change<Subtype>,
    /// The title.
    pub title: Option<Line<200>>,
    /// The field of technology.
    pub domain: Option<Domain>,
    /// What is dealt.
    pub listing_ids: Change<Vec<Id<Listing>>>,
    /// The introduction that the contract came of.
    pub introduction_id: Change<Id<Introduction>>,
    /// The parties.
    pub parties: Option<Vec<Party>>,
    /// The whole sum.
    pub total_amount_fen: Option<Fen>,
    /// The part paid for technology.
    pub technology_amount_fen: Option<Fen>,
    /// The other parts.
    pub non_technology_items: Change<Vec<NonTechnologyItem>>,
    /// Are buyer and seller related parties?
    pub related_parties: Option<bool>,
    /// When what is to be paid.
    pub payment_terms: Change<Vec<PaymentTerm>>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What else is agreed.
    pub clauses: Change<Vec<Clause>>,
}

impl TermsChange {
    /// The terms after the change, to be checked anew.
    #[must_use]
    pub fn apply(self, terms: &Terms) -> UncheckedTerms {
        let old = UncheckedTerms::clone(terms);
        UncheckedTerms {
            contract_type: self.contract_type.unwrap_or(old.contract_type),
            subtype: self.subtype.apply(old.subtype),
            title: self.title.unwrap_or(old.title),
            domain: self.domain.unwrap_or(old.domain),
            listing_ids: self.listing_ids.apply_to(old.listing_ids),
            introduction_id: self.introduction_id.apply(old.introduction_id),
            parties: self.parties.unwrap_or(old.parties),
            total_amount_fen: self.total_amount_fen.unwrap_or(old.total_amount_fen),
            technology_amount_fen: self.technology_amount_fen.unwrap_or(old.technology_amount_fen),
            non_technology_items: self.non_technology_items.apply_to(old.non_technology_items),
            related_parties: self.related_parties.unwrap_or(old.related_parties),
            payment_terms: self.payment_terms.apply_to(old.payment_terms),
            starts_on: self.starts_on.unwrap_or(old.starts_on),
            ends_on: self.ends_on.unwrap_or(old.ends_on),
            clauses: self.clauses.apply_to(old.clauses),
        }
    }
}
