//! What a contract does, in the domain's words.

mod document;
mod money;
mod states;
mod terms;

use chrono::{DateTime, Utc};
use kernel::{
    Act, Actor, BasisPoints, Caller, ContractType, Domain, Fen, Id, IntroductionStatus, Kind,
    ListingKind, ListingStatus, OrganisationKind, PartyRole, Permit, Relation, Role, RoleSet,
    kinds::{self, Organisation},
};

use super::{
    Clause, Contract, ContractNumber, Document, Identities, Identity, IntroductionFacts,
    ListingFacts, NonTechnologyItem, OrganisationFacts, Party, Surroundings, Terms, UncheckedTerms,
    WorkingDays,
};

pub(super) const SELLER: u8 = 1;
pub(super) const BUYER: u8 = 2;
pub(super) const BROKER: u8 = 3;

pub(super) fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_parts(1_000, &[n; 10])
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn now() -> DateTime<Utc> {
    at("2026-03-02T02:00:00Z")
}

pub(super) fn fen(sum: i64) -> Fen {
    Fen::new(sum).unwrap()
}

pub(super) fn share(points: u16) -> BasisPoints {
    BasisPoints::new(points).unwrap()
}

pub(super) fn party(role: PartyRole, organisation: u8, points: u16) -> Party {
    let affiliated = (role == PartyRole::Broker).then_some(false);
    Party { role, organisation_id: id(organisation), share_bp: share(points), affiliated }
}

/// A transfer for 1,200,000 yuan, of which 1,000,000 for technology, with a broker who has
/// introduced the two.
pub(super) fn unchecked() -> UncheckedTerms {
    UncheckedTerms {
        contract_type: ContractType::Transfer,
        subtype: Some(super::Subtype::PatentRightTransfer),
        title: "封装技术转让合同".parse().unwrap(),
        domain: Domain::SolarEnergy,
        listing_ids: vec![id(21)],
        introduction_id: Some(id(31)),
        parties: vec![
            party(PartyRole::Seller, SELLER, 10_000),
            party(PartyRole::Buyer, BUYER, 10_000),
            party(PartyRole::Broker, BROKER, 10_000),
        ],
        total_amount_fen: fen(120_000_000),
        technology_amount_fen: fen(100_000_000),
        non_technology_items: vec![NonTechnologyItem {
            what: "试验设备".parse().unwrap(),
            amount_fen: fen(20_000_000),
        }],
        related_parties: false,
        payment_terms: Vec::new(),
        starts_on: "2026-04-01".parse().unwrap(),
        ends_on: "2028-03-31".parse().unwrap(),
        clauses: vec![Clause {
            heading: "交付".parse().unwrap(),
            text: "卖方应交付全部资料。\n\t以清单为准。".parse().unwrap(),
        }],
    }
}

pub(super) fn identity(name: &str, region: &str) -> Identity {
    Identity {
        name: name.to_owned(),
        kind: OrganisationKind::Enterprise,
        credit_code: None,
        region: region.parse().unwrap(),
        state_organ: false,
    }
}

pub(super) fn listing(owner: u8, kind: ListingKind) -> ListingFacts {
    ListingFacts { organisation_id: id(owner), kind, status: ListingStatus::Published }
}

pub(super) fn around() -> Surroundings {
    let organisations = [
        (SELLER, "青海大学", "630105"),
        (BUYER, "西宁光能", "park-nanchuan"),
        (BROKER, "高原技术经纪", "630104"),
    ];
    let facts = |(n, name, region)| {
        let mut identity = identity(name, region);
        if n == BROKER {
            identity.kind = OrganisationKind::BrokerAgency;
        }
        (id::<Organisation>(n), OrganisationFacts { identity, verified: true })
    };
    Surroundings {
        organisations: organisations.into_iter().map(facts).collect(),
        listings: [(id(21), listing(SELLER, ListingKind::Result))].into_iter().collect(),
        introduction: Some(IntroductionFacts {
            status: IntroductionStatus::Accepted,
            need_organisation_id: id(BUYER),
            offer_organisation_id: id(SELLER),
            broker_id: Some(id(BROKER)),
        }),
    }
}

pub(super) fn identities() -> Identities {
    around().identities()
}

pub(super) fn terms() -> Terms {
    unchecked().check(&around()).unwrap()
}

pub(super) fn actor(organisation: u8, roles: &[Role]) -> Actor {
    Actor {
        account: id::<kinds::Account>(organisation.saturating_add(100)),
        organisation: id(organisation),
        roles: roles.iter().copied().collect::<RoleSet>(),
        session: id(9),
        rights_version: 1,
    }
}

/// A permit for any act: of somebody who holds every role and stands in every relation.
pub(super) fn permit<A: Act>() -> Permit<A> {
    kernel::judge(&Caller::SignedIn(actor(SELLER, Role::ALL)), Relation::ALL).unwrap()
}

pub(super) fn draft() -> Contract {
    let number = ContractNumber::new(2026, 123);
    Contract::draft(&permit(), id(41), number, terms(), id(SELLER), now())
}

pub(super) fn offered() -> Contract {
    let document = Document::freeze(&draft(), &identities()).unwrap();
    draft().offer(&permit(), &document, identities(), id(SELLER), now()).unwrap().0
}

pub(super) fn sign(contract: Contract, organisation: u8) -> Contract {
    let sha256 = contract.offered().unwrap().sha256;
    let by = actor(organisation, &[Role::Signatory]);
    contract.sign(&permit(), by, sha256, &around(), now()).unwrap().0
}

pub(super) fn signed() -> Contract {
    sign(sign(sign(offered(), SELLER), BUYER), BROKER)
}

pub(super) fn applied() -> Contract {
    signed().apply_for_recognition(&permit(), WorkingDays::official(), id(101), now()).unwrap()
}

#[test]
fn the_database_knows_the_same_words() {
    let migration = include_str!("../../../../../migrations/40_contracts/up.sql");
    let subtypes = super::Subtype::ALL.iter().map(|word| format!("'{word}'"));
    let domains = Domain::ALL.iter().map(|word| format!("'{word}'"));
    for word in subtypes.chain(domains) {
        assert!(migration.contains(&word), "{word}");
    }
    for reason in super::RefusalReason::ALL {
        assert!(migration.contains(reason.as_str()), "{reason}");
    }
}
