//! An assessment of a contract: the frozen facts, and what the policy makes of them.

use chrono::NaiveDate;
use events::{ContractFacts, ContractParty};
use kernel::{Fen, Id, PartyRole, kinds, words};
use serde::{Deserialize, Serialize};

use crate::model::{
    Beneficiary, BeneficiaryRole, Broken, Broker, Buyer, Calculation, Compiled, ContractCase,
    PayableBefore,
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
    /// What was payable before the payment that it is made for, where three or more share a sum:
    /// only there may a larger sum leave somebody less.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payable_before: Vec<PayableBefore>,
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
            payable_before: Vec::new(),
        }
    }

    /// The same facts, made after `last`: if nothing but a payment lies between, what was payable
    /// stays so. Any other change settles anew what is due (A12).
    #[must_use]
    pub fn after(mut self, last: &Self, payable: impl Iterator<Item = PayableBefore>) -> Self {
        let unpaid = |facts: &Self| {
            let contract =
                ContractCase { paid_technology_amount_fen: Fen::ZERO, ..facts.contract.clone() };
            Self { contract, payable_before: Vec::new(), ..facts.clone() }
        };
        if unpaid(&self) != unpaid(last) {
            return self;
        }
        let (paid, before) = (&self.contract, &last.contract);
        self.payable_before =
            if paid.paid_technology_amount_fen == before.paid_technology_amount_fen {
                last.payable_before.clone()
            } else {
                payable.filter(|payable| self.is_shared_by_many(payable.beneficiary.role)).collect()
            };
        self
    }

    /// Two always share so that neither falls; among three or more a fen may move.
    fn is_shared_by_many(&self, role: BeneficiaryRole) -> bool {
        let sharers = match role {
            BeneficiaryRole::Buyer => {
                self.contract.buyers.iter().filter(|buyer| buyer.is_eligible()).count()
            }
            BeneficiaryRole::Broker => self.contract.brokers.len(),
            BeneficiaryRole::Applicant => 1,
        };
        sharers > 2
    }

    /// What the policy makes of them.
    ///
    /// # Errors
    /// Only if the policy itself is broken.
    pub fn assess(&self, policy: &Compiled) -> Result<Calculation, Broken> {
        let mut calculation = policy.calculate_contract(&self.contract)?;
        policy.keep_payable(&mut calculation, &self.payable_before)?;
        Ok(calculation)
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
    Buyer {
        funder: party.region.clone(),
        share_bp: party.share_bp,
        state_organ: party.state_organ,
        legal_person: party.legal_person,
    }
}

const fn broker(party: &ContractParty) -> Broker {
    Broker {
        share_bp: party.share_bp,
        affiliated: party.affiliated,
        intermediary: party.kind.is_intermediary(),
    }
}

#[cfg(test)]
mod tests {
    use kernel::{BasisPoints, ContractType, OrganisationKind, Region};
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::model::PolicyBook;

    fn organisation(n: u8) -> Id<kinds::Organisation> {
        Id::from_parts(1_700_000_000_000, &[n; 10])
    }

    fn party(role: PartyRole, n: u8, region: &str) -> ContractParty {
        ContractParty {
            role,
            organisation_id: organisation(n),
            name: format!("organisation {n}"),
            kind: match role {
                PartyRole::Seller => OrganisationKind::University,
                PartyRole::Buyer => OrganisationKind::Enterprise,
                PartyRole::Broker => OrganisationKind::BrokerAgency,
            },
            region: region.parse::<Region>().unwrap(),
            share_bp: BasisPoints::WHOLE,
            affiliated: false,
            state_organ: false,
            legal_person: true,
        }
    }

    fn facts() -> ContractFacts {
        ContractFacts {
            title: "光伏组件清洗技术开发".to_owned(),
            contract_type: ContractType::Development,
            subtype: None,
            parties: vec![
                party(PartyRole::Seller, 1, "110108"),
                party(PartyRole::Buyer, 2, "park-nanchuan"),
                party(PartyRole::Broker, 3, "630104"),
            ],
            related_parties: false,
            total_amount_fen: Fen::new(87_654_350).unwrap(),
            technology_amount_fen: Fen::new(87_654_350).unwrap(),
            paid_technology_amount_fen: Fen::new(1_234_567).unwrap(),
            signed_on: "2026-01-05".parse().unwrap(),
            recognised_on: Some("2026-02-10".parse().unwrap()),
            introduction_id: None,
            listing_ids: Vec::new(),
        }
    }

    /// Decisions are checked years later: what is stored must come out again, byte for byte. If
    /// this fails, the change alters what decisions of the past say when they are run again; the
    /// digest may only be renewed while no decision has been made.
    #[test]
    fn running_an_assessment_again_gives_the_same_bytes() {
        let policy = PolicyBook::built_in().unwrap().named("xining-2020@1").unwrap();
        let frozen = FrozenFacts::new(&facts(), AssessmentKind::Computed);
        let result = serde_json::to_value(frozen.assess(policy).unwrap()).unwrap();

        let stored: FrozenFacts =
            serde_json::from_value(serde_json::to_value(&frozen).unwrap()).unwrap();
        assert_eq!(serde_json::to_vec(&stored).unwrap(), serde_json::to_vec(&frozen).unwrap());
        let again = serde_json::to_value(stored.assess(policy).unwrap()).unwrap();
        let bytes = serde_json::to_vec(&again).unwrap();
        assert_eq!(bytes, serde_json::to_vec(&result).unwrap());
        assert_eq!(hex::encode(Sha256::digest(&bytes)), DECIDED);
    }

    const DECIDED: &str = "68382c132c10cdeab8cf7a5b2e9419de95ae6c81d2f35c5bd189d4968db5c0df";

    #[test]
    fn a_projection_takes_the_day_of_signing_for_that_of_recognition() {
        let projected = FrozenFacts::new(&facts(), AssessmentKind::Projected);
        assert_eq!(projected.contract.recognised_on, Some("2026-01-05".parse().unwrap()));
    }

    /// A19: a buyer is a legal person and no state organ; a broker is an intermediary.
    #[test]
    fn who_is_no_beneficiary_is_told_why() {
        use OrganisationKind as Kind;
        let policy = PolicyBook::built_in().unwrap().named("xining-2020@1").unwrap();
        let missed = |place: usize, kind: OrganisationKind| {
            let mut facts = facts();
            facts.parties[place].kind = kind;
            facts.parties[place].legal_person = kind.is_legal_person();
            facts.parties[place].state_organ = kind == Kind::Government;
            let frozen = FrozenFacts::new(&facts, AssessmentKind::Computed);
            let missed = frozen.assess(policy).unwrap().not_awarded;
            missed.into_iter().map(|missed| (missed.rule, missed.reason)).collect::<Vec<_>>()
        };
        let of = |rule: &str, reason: &str| (rule.to_owned(), reason.to_owned());
        for kind in Kind::ALL.iter().copied() {
            let buyer = match kind {
                Kind::IndividualBroker | Kind::Government => vec![
                    of("art6-buyer", "buyer_not_eligible"),
                    of("art6-broker", "buyer_not_eligible"),
                ],
                Kind::University
                | Kind::Institute
                | Kind::Enterprise
                | Kind::BrokerAgency
                | Kind::Market => vec![],
            };
            assert_eq!(missed(1, kind), buyer, "a buyer who is {kind}");
            let broker = match kind {
                Kind::BrokerAgency | Kind::IndividualBroker => vec![],
                Kind::University
                | Kind::Institute
                | Kind::Enterprise
                | Kind::Government
                | Kind::Market => vec![of("art6-broker", "broker_not_eligible")],
            };
            assert_eq!(missed(2, kind), broker, "a broker who is {kind}");
        }
    }

    #[test]
    fn awards_find_their_organisations_by_role_and_order() {
        let frozen = FrozenFacts::new(&facts(), AssessmentKind::Computed);
        let of = |role, index| frozen.organisation(Beneficiary { role, index });
        assert_eq!(of(BeneficiaryRole::Buyer, 0), Some(organisation(2)));
        assert_eq!(of(BeneficiaryRole::Broker, 0), Some(organisation(3)));
        assert_eq!(of(BeneficiaryRole::Buyer, 1), None);
        assert_eq!(frozen.parties().count(), 3);
    }
}
