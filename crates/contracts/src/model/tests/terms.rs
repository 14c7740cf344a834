use kernel::{Change, Refusal};
use proptest::prelude::*;

use super::*;
use crate::model::{Due, PaymentTerm, Subtype, TermsChange};

fn faults(terms: UncheckedTerms, around: &Surroundings) -> Vec<(String, String)> {
    let refusal: Refusal = match terms.check(around) {
        Ok(_) => return Vec::new(),
        Err(refusal) => refusal,
    };
    assert_eq!(refusal.reason.code, "invalid");
    refusal.fields.into_iter().map(|field| (field.pointer, field.fault.code)).collect()
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[test]
fn terms_that_do_not_hold_together_are_refused_field_by_field() {
    type Break = fn(&mut UncheckedTerms);
    let cases: [(Break, &str, &str); 21] = [
        (|t| t.subtype = Some(Subtype::TechnicalTraining), "/subtype", "subtype_of_other_type"),
        (|t| t.total_amount_fen = fen(120_000_001), "/total_amount_fen", "amounts_do_not_add_up"),
        (|t| t.non_technology_items.clear(), "/total_amount_fen", "amounts_do_not_add_up"),
        (
            |t| {
                t.technology_amount_fen = fen(0);
                t.non_technology_items[0].amount_fen = fen(120_000_000);
            },
            "/technology_amount_fen",
            "amount_zero",
        ),
        (
            |t| {
                t.non_technology_items[0].amount_fen = fen(0);
                t.total_amount_fen = fen(100_000_000);
            },
            "/non_technology_items/0/amount_fen",
            "amount_zero",
        ),
        (|t| t.ends_on = "2026-03-31".parse().unwrap(), "/ends_on", "ends_before_start"),
        (|t| t.ends_on = "2200-01-01".parse().unwrap(), "/ends_on", "date_out_of_range"),
        (|t| t.starts_on = "0001-01-01".parse().unwrap(), "/starts_on", "date_out_of_range"),
        (|t| t.parties[0].share_bp = share(9_999), "/parties", "shares_do_not_add_up"),
        (
            |t| {
                t.introduction_id = None;
                t.parties[2] = party(PartyRole::Seller, BROKER, 0);
            },
            "/parties/2/share_bp",
            "share_out_of_range",
        ),
        (|t| t.parties[0].affiliated = Some(false), "/parties/0/affiliated", "only_for_brokers"),
        (|t| t.parties[2].affiliated = None, "/parties/2/affiliated", "required"),
        (|t| t.listing_ids.push(id(21)), "/listing_ids/1", "twice"),
        (|t| t.listing_ids.push(id(22)), "/listing_ids/1", "listing_of_others"),
        (|t| t.clauses = vec![t.clauses[0].clone(); 201], "/clauses", "too_many"),
        (
            |t| {
                let due = Due::Milestone("验收".parse().unwrap());
                t.payment_terms.push(PaymentTerm { due, amount_fen: fen(1) });
            },
            "/payment_terms",
            "payment_terms_do_not_add_up",
        ),
        (
            |t| {
                let due = Due::On("9999-01-01".parse().unwrap());
                t.payment_terms.push(PaymentTerm { due, amount_fen: t.total_amount_fen });
            },
            "/payment_terms/0/due_on",
            "date_out_of_range",
        ),
        (
            |t| {
                t.parties[0].share_bp = share(5_000);
                t.parties.push(party(PartyRole::Seller, 7, 5_000));
            },
            "/parties/3/organisation_id",
            "unknown_organisation",
        ),
        (
            |t| {
                t.parties[0].share_bp = share(5_000);
                t.parties.push(party(PartyRole::Seller, SELLER, 5_000));
            },
            "/parties/3/organisation_id",
            "twice",
        ),
        (
            |t| {
                t.introduction_id = None;
                t.listing_ids.clear();
                t.parties.remove(0);
            },
            "/parties",
            "party_missing",
        ),
        (
            |t| {
                t.introduction_id = None;
                t.parties.remove(1);
            },
            "/parties",
            "party_missing",
        ),
    ];
    for (index, (spoil, pointer, code)) in cases.into_iter().enumerate() {
        let mut terms = unchecked();
        spoil(&mut terms);
        assert_eq!(faults(terms, &around()), one(pointer, code), "case {index}");
    }
    assert_eq!(faults(unchecked(), &around()), []);
}

#[test]
fn every_fault_is_told_at_once() {
    let mut terms = unchecked();
    terms.total_amount_fen = fen(1);
    terms.ends_on = "2020-01-01".parse().unwrap();
    terms.parties[1].share_bp = share(1);
    let codes: Vec<_> = faults(terms, &around()).into_iter().map(|(_, code)| code).collect();
    assert_eq!(
        codes,
        [
            "shares_do_not_add_up",
            "technology_above_total",
            "amounts_do_not_add_up",
            "ends_before_start"
        ]
    );
}

#[test]
fn at_most_twenty_parties_of_a_role() {
    let mut around = around();
    let mut terms = unchecked();
    terms.introduction_id = None;
    for n in 50..70 {
        let facts = around.organisations[&id(BUYER)].clone();
        around.organisations.insert(id(n), facts);
        terms.parties.push(party(PartyRole::Buyer, n, 1));
    }
    assert_eq!(faults(terms.clone(), &around), one("/parties", "too_many"));
    terms.parties.pop();
    terms.parties[1].share_bp = share(10_000 - 19);
    assert_eq!(faults(terms, &around), []);
}

#[test]
fn the_introduction_is_accepted_and_of_these_parties() {
    use IntroductionStatus::{Closed, Contracted, Declined, Lapsed, Proposed};
    for status in [Proposed, Declined, Lapsed, Contracted, Closed] {
        let mut around = around();
        around.introduction.as_mut().unwrap().status = status;
        let found = faults(unchecked(), &around);
        assert_eq!(found, one("/introduction_id", "introduction_not_accepted"), "{status}");
        assert_eq!(
            around.expect_ready(&terms()).unwrap_err().reason.code,
            "introduction_does_not_fit"
        );
    }
    type Break = fn(&mut Surroundings);
    let others: [Break; 4] = [
        |a| a.introduction = None,
        |a| a.introduction.as_mut().unwrap().need_organisation_id = id(SELLER),
        |a| a.introduction.as_mut().unwrap().offer_organisation_id = id(8),
        |a| a.introduction.as_mut().unwrap().broker_id = Some(id(8)),
    ];
    for spoil in others {
        let mut around = around();
        spoil(&mut around);
        let found = faults(unchecked(), &around);
        assert_eq!(found, one("/introduction_id", "introduction_of_others"));
    }
}

#[test]
fn a_broker_without_an_introduction_is_allowed_and_shown() {
    let mut terms = unchecked();
    terms.introduction_id = None;
    assert!(terms.clone().check(&around()).unwrap().has_broker_without_introduction());
    assert!(!self::terms().has_broker_without_introduction());
    terms.parties.pop();
    assert!(!terms.check(&around()).unwrap().has_broker_without_introduction());
}

#[test]
fn a_broker_is_an_intermediary_or_a_technology_broker() {
    for kind in OrganisationKind::ALL.iter().copied() {
        let mut around = around();
        around.organisations.get_mut(&id(BROKER)).unwrap().identity.kind = kind;
        let found = faults(unchecked(), &around);
        let ready = around.expect_ready(&terms());
        if matches!(kind, OrganisationKind::BrokerAgency | OrganisationKind::IndividualBroker) {
            assert_eq!((found, ready), (vec![], Ok(())), "{kind}");
        } else {
            assert_eq!(found, one("/parties/2/role", "not_an_intermediary"), "{kind}");
            assert_eq!(ready.unwrap_err().fields[0].pointer, "/parties/2/role", "{kind}");
        }
    }
}

#[test]
fn only_what_is_on_the_market_is_offered_for_signature() {
    for (status, code) in [
        (ListingStatus::Draft, Some("listing_not_published")),
        (ListingStatus::Submitted, Some("listing_not_published")),
        (ListingStatus::Returned, Some("listing_not_published")),
        (ListingStatus::Published, None),
        (ListingStatus::Reserved, None),
        (ListingStatus::Suspended, Some("listing_suspended")),
        (ListingStatus::Withdrawn, Some("listing_withdrawn")),
        (ListingStatus::Expired, Some("listing_expired")),
        (ListingStatus::Traded, Some("listing_traded")),
    ] {
        let mut around = around();
        around.listings.get_mut(&id(21)).unwrap().status = status;
        assert_eq!(faults(unchecked(), &around), [], "a draft may name it: {status}");
        let told = around.expect_ready(&terms()).map_err(|refusal| {
            assert_eq!(refusal.reason.code, "listing_not_available");
            assert_eq!(refusal.fields[0].pointer, "/listing_ids/0");
            refusal.fields[0].fault.code.clone()
        });
        assert_eq!(told.err().as_deref(), code, "{status}");
    }
}

#[test]
fn a_transfer_takes_what_is_sold_and_every_contract_the_need_that_it_meets() {
    let mut around = around();
    around.listings.insert(id(22), listing(BUYER, ListingKind::Need));
    around.listings.insert(id(23), listing(BUYER, ListingKind::Patent));
    around.listings.insert(id(24), listing(SELLER, ListingKind::Challenge));
    around.listings.insert(id(25), listing(BROKER, ListingKind::Result));
    around.listings.insert(id(26), listing(SELLER, ListingKind::Patent));
    let mut terms = unchecked();
    terms.listing_ids = (21..=26).map(id).collect();
    for contract_type in ContractType::ALL.iter().copied() {
        terms.contract_type = contract_type;
        let sold: &[u8] =
            if contract_type == ContractType::Transfer { &[21, 22, 26] } else { &[22] };
        let sold: Vec<_> = sold.iter().copied().map(id).collect();
        assert_eq!(around.dealt(&terms), sold, "{contract_type}");
    }
}

#[test]
fn only_verified_parties_are_offered_a_contract() {
    let mut around = around();
    around.organisations.get_mut(&id(BUYER)).unwrap().verified = false;
    let refusal = around.expect_ready(&terms()).unwrap_err();
    assert_eq!(refusal.reason.code, "organisation_not_verified");
    assert!(refusal.detail.unwrap().zh.contains("西宁光能"));
    assert!(self::around().expect_ready(&terms()).is_ok());
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let unchanged = TermsChange::default().apply(&terms());
    assert_eq!(unchanged, unchecked());
    let change = TermsChange {
        subtype: Change::Clear,
        introduction_id: Change::Clear,
        clauses: Change::Clear,
        related_parties: Some(true),
        ..TermsChange::default()
    };
    let changed = change.apply(&terms());
    assert_eq!((changed.subtype, changed.introduction_id), (None, None));
    assert!(changed.clauses.is_empty() && changed.related_parties);
    assert_eq!(changed.title, unchecked().title);
}

fn priced(technology: i64, items: &[i64], total: i64) -> UncheckedTerms {
    let item =
        |sum: &i64| NonTechnologyItem { what: "设备".parse().unwrap(), amount_fen: fen(*sum) };
    UncheckedTerms {
        technology_amount_fen: fen(technology),
        non_technology_items: items.iter().map(item).collect(),
        total_amount_fen: fen(total),
        ..unchecked()
    }
}

proptest! {
    #[test]
    fn amounts_are_right_exactly_if_they_add_up(
        technology in 1_i64..1_000_000_000_000,
        items in proptest::collection::vec(1_i64..1_000_000_000_000, 0..20),
        off in -3_i64..=3,
    ) {
        let sum = technology + items.iter().sum::<i64>();
        let total = (sum + off).max(0);
        let right = priced(technology, &items, total).check(&around()).is_ok();
        prop_assert_eq!(right, total == sum);
    }

    #[test]
    fn shares_are_right_exactly_if_they_are_a_whole(
        first in 0_u16..=10_000, off in 0_u16..=1,
    ) {
        let mut terms = unchecked();
        let second = (10_000 - first).saturating_sub(off);
        terms.parties[1].share_bp = share(first);
        terms.parties.push(party(PartyRole::Buyer, 4, second));
        let mut around = around();
        let facts = around.organisations[&id(BUYER)].clone();
        around.organisations.insert(id(4), facts);
        let sum = u32::from(first) + u32::from(second);
        let whole = sum == 10_000 && first > 0 && second > 0;
        prop_assert_eq!(terms.check(&around).is_ok(), whole);
    }
}

#[test]
fn sums_at_the_edge_of_what_money_can_be() {
    let most = 1_000_000_000_000_000;
    assert!(priced(most, &[], most).check(&around()).is_ok());
    assert!(priced(1, &[], 1).check(&around()).is_ok());
    let beyond = priced(most, &[1], most);
    assert_eq!(faults(beyond, &around()), one("/total_amount_fen", "amounts_do_not_add_up"));
}
