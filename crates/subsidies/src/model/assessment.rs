//! An assessment of a contract: the frozen facts, and what the policy makes of them.

use chrono::NaiveDate;
use events::{ContractFacts, ContractParty};
use kernel::{Id, PartyRole, kinds, words};
use serde::{Deserialize, Serialize};

use crate::model::{
    Beneficiary, BeneficiaryRole, Broken, Broker, Buyer, Calculation, Compiled, ContractCase,
};

words! {
    /// What an assessment is made for.
    pub enum AssessmentKind {
        /// At signing: what recognition would bring.
        Projected = "projected", "预估", "projected";
        /// Since recognition.
        Computed = "computed", "已核算", "computed";
    }
}

/// The facts of an assessment, frozen: running it again gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenFacts {
    /// The contract, as the calculation sees it.
    pub contract: ContractCase,
    /// Its buyers, in order.
    pub buyer_ids: Vec<Id<kinds::Organisation>>,
    /// Its brokers, in order.
    pub broker_ids: Vec<Id<kinds::Organisation>>,
    /// Its sellers, in order.
    pub seller_ids: Vec<Id<kinds::Organisation>>,
}

impl FrozenFacts {
    /// What is frozen of a contract's facts; a projection takes the day of signing for that of
    /// recognition.
    #[must_use]
    pub fn new(facts: &ContractFacts, kind: AssessmentKind) -> Self {
        let of = |role: PartyRole| facts.parties.iter().filter(move |party| party.role == role);
        let ids = |role| of(role).map(|party| party.organisation_id).collect();
        let recognised_on: Option<NaiveDate> = match kind {
            AssessmentKind::Projected => Some(facts.signed_on),
            AssessmentKind::Computed => facts.recognised_on,
        };
        Self {
            contract: ContractCase {
                contract_type: facts.contract_type,
                subtype: facts.subtype.clone(),
                signed_on: facts.signed_on,
                recognised_on,
                total_amount_fen: facts.total_amount_fen,
                technology_amount_fen: facts.technology_amount_fen,
                paid_technology_amount_fen: facts.paid_technology_amount_fen,
                related_parties: facts.related_parties,
                buyers: of(PartyRole::Buyer).map(buyer).collect(),
                brokers: of(PartyRole::Broker).map(broker).collect(),
            },
            buyer_ids: ids(PartyRole::Buyer),
            broker_ids: ids(PartyRole::Broker),
            seller_ids: ids(PartyRole::Seller),
        }
    }

    /// What the policy makes of them.
    ///
    /// # Errors
    /// Only if the policy itself is broken.
    pub fn assess(&self, policy: &Compiled) -> Result<Calculation, Broken> {
        policy.calculate_contract(&self.contract)
    }

    /// The organisation that benefits.
    #[must_use]
    pub fn organisation(&self, beneficiary: Beneficiary) -> Option<Id<kinds::Organisation>> {
        let ids = match beneficiary.role {
            BeneficiaryRole::Buyer => &self.buyer_ids,
            BeneficiaryRole::Broker => &self.broker_ids,
            BeneficiaryRole::Applicant => return None,
        };
        ids.get(beneficiary.index).copied()
    }

    /// Every party.
    pub fn parties(&self) -> impl Iterator<Item = Id<kinds::Organisation>> {
        self.buyer_ids.iter().chain(&self.broker_ids).chain(&self.seller_ids).copied()
    }
}

fn buyer(party: &ContractParty) -> Buyer {
    Buyer { funder: party.region.clone(), share_bp: party.share_bp, state_organ: party.state_organ }
}

const fn broker(party: &ContractParty) -> Broker {
    Broker { share_bp: party.share_bp, affiliated: party.affiliated }
}
