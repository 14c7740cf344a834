//! Properties of the calculation, whatever the figures.

use kernel::{BasisPoints, ContractType, Fen, Region};
use proptest::prelude::*;

use crate::model::{
    Broker, Buyer, Calculation, Compiled, ContractCase, FrozenFacts, PayableBefore, PolicyBook,
};

fn policy() -> &'static Compiled {
    PolicyBook::built_in().unwrap().named("xining-2020").unwrap()
}

fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

/// Shares that add up to a whole, from cuts.
fn shares(mut cuts: Vec<u16>) -> Vec<BasisPoints> {
    cuts.sort_unstable();
    cuts.dedup();
    let mut from = 0;
    let mut shares = Vec::new();
    for to in cuts.into_iter().chain([10_000]) {
        shares.push(BasisPoints::new(to - from).unwrap());
        from = to;
    }
    shares
}

fn contract(amount: i64, paid: i64, buyers: Vec<u16>, brokers: Vec<u16>) -> ContractCase {
    let funders = ["630102", "630203", "park-ganhe", "630121", "110108"];
    let funder = |n: usize| funders[n % funders.len()].parse::<Region>().unwrap();
    ContractCase {
        contract_type: ContractType::Transfer,
        subtype: None,
        signed_on: "2026-01-05".parse().unwrap(),
        recognised_on: Some("2026-02-10".parse().unwrap()),
        total_amount_fen: fen(amount),
        technology_amount_fen: fen(amount),
        paid_technology_amount_fen: fen(paid),
        related_parties: false,
        buyers: shares(buyers)
            .into_iter()
            .enumerate()
            .map(|(n, share_bp)| Buyer {
                funder: funder(n),
                share_bp,
                state_organ: false,
                legal_person: true,
            })
            .collect(),
        brokers: shares(brokers)
            .into_iter()
            .map(|share_bp| Broker { share_bp, affiliated: false, intermediary: true })
            .collect(),
    }
}

fn total(calculation: &Calculation, rule: &str) -> (i64, i64) {
    let of_rule = calculation.awards.iter().filter(|award| award.rule == rule);
    of_rule.fold((0, 0), |(entitled, payable), award| {
        (entitled + award.entitlement_fen.fen(), payable + award.payable_now_fen.fen())
    })
}

const CAPS: [(&str, i64, i64); 2] =
    [("art6-buyer", 300, 10_000_000), ("art6-broker", 100, 5_000_000)];

fn eligible_points(contract: &ContractCase) -> i128 {
    let eligible = contract.buyers.iter().filter(|buyer| buyer.funder.funder().is_some());
    eligible.map(|buyer| i128::from(buyer.share_bp.points())).sum()
}

prop_compose! {
    fn a_contract()(
        amount in 1_i64..2_000_000_000,
        part in 0_i64..=10_000,
        buyers in proptest::collection::vec(1_u16..10_000, 0..6),
        brokers in proptest::collection::vec(1_u16..10_000, 0..6),
    ) -> ContractCase {
        contract(amount, amount / 10_000 * part, buyers, brokers)
    }
}

proptest! {
    #[test]
    fn sums_hold_together(contract in a_contract()) {
        prop_assert!(contract.faults().is_empty());
        let calculation = policy().calculate_contract(&contract).unwrap();
        for award in &calculation.awards {
            prop_assert!(award.payable_now_fen <= award.entitlement_fen);
            prop_assert!(!award.entitlement_fen.is_zero());
            let funded: i64 = award.funding.iter().map(|part| part.amount_fen.fen()).sum();
            prop_assert_eq!(funded, award.payable_now_fen.fen());
            let (city, district) = (award.funding[0].amount_fen, award.funding[1].amount_fen);
            prop_assert!(city <= district && district.fen() - city.fen() <= 1);
        }
        for (rule, rate, cap) in CAPS {
            let (entitled, payable) = total(&calculation, rule);
            prop_assert!(payable <= entitled && entitled <= cap);
            // What is payable in all is the rate of what is paid, rounded once: no fen is lost or
            // made by splitting, unless whole parts are too small for an award.
            let exact = i128::from(contract.paid_technology_amount_fen.fen())
                * eligible_points(&contract) * i128::from(rate);
            let half_up = ((2 * exact + 100_000_000) / 200_000_000).min(i128::from(cap));
            let small = calculation.not_awarded.iter().any(|n| n.reason == "rounds_to_zero");
            prop_assert!(small || calculation.awards.is_empty() || i128::from(payable) == half_up);
        }
    }

    #[test]
    fn the_whole_is_the_rate_of_the_eligible_part_rounded_once(contract in a_contract()) {
        let calculation = policy().calculate_contract(&contract).unwrap();
        let points = eligible_points(&contract);
        for (rule, rate, cap) in CAPS {
            let exact = i128::from(contract.technology_amount_fen.fen()) * points * i128::from(rate);
            let half_up = (2 * exact + 100_000_000) / 200_000_000;
            let expected = half_up.min(i128::from(cap));
            let zero_parts = calculation.not_awarded.iter()
                .filter(|n| n.rule == rule && n.reason == "rounds_to_zero").count();
            let (entitled, _) = total(&calculation, rule);
            let none = calculation.awards.is_empty();
            prop_assert!(i128::from(entitled) == expected || zero_parts > 0 || none);
        }
    }

    #[test]
    fn paying_more_never_makes_less_payable(
        contract in a_contract(), more in 0_i64..1_000_000_000,
    ) {
        let mut later = contract.clone();
        later.paid_technology_amount_fen = fen(contract.paid_technology_amount_fen.fen() + more);
        let before = policy().calculate_contract(&contract).unwrap();
        let after = policy().calculate_contract(&later).unwrap();
        for (rule, _, _) in CAPS {
            let ((e1, p1), (e2, p2)) = (total(&before, rule), total(&after, rule));
            prop_assert_eq!(e1, e2);
            prop_assert!(p2 >= p1);
        }
    }

    #[test]
    fn fully_paid_is_fully_payable(contract in a_contract()) {
        let mut paid = contract;
        paid.paid_technology_amount_fen = paid.technology_amount_fen;
        for award in policy().calculate_contract(&paid).unwrap().awards {
            prop_assert_eq!(award.payable_now_fen, award.entitlement_fen);
        }
    }

    /// However it is paid, and however many share, also if some parts lapse.
    #[test]
    fn what_is_payable_stays_payable_and_is_all_in_the_end(
        case in a_contract(),
        affiliated in proptest::collection::vec(proptest::bool::ANY, 6),
        cuts in proptest::collection::vec(0_i64..=10_000, 0..12),
        small in proptest::bool::ANY,
    ) {
        let mut case = case;
        if small {
            let amount = case.technology_amount_fen.fen() % 20_000 + 1;
            (case.total_amount_fen, case.technology_amount_fen) = (fen(amount), fen(amount));
        }
        for (broker, affiliated) in case.brokers.iter_mut().zip(affiliated) {
            broker.affiliated = affiliated;
        }
        let amount = case.technology_amount_fen.fen();
        let mut paid: Vec<i64> = cuts.into_iter().map(|cut| amount * cut / 10_000).collect();
        paid.push(amount);
        paid.sort_unstable();
        pay_in_turn(&case, &paid)?;
    }

    #[test]
    fn instalments_come_to_the_same_as_one_payment(
        amount in 1_i64..500_000_000, cuts in proptest::collection::vec(1_i64..500_000_000, 0..5),
    ) {
        let mut paid: Vec<i64> = cuts.into_iter().filter(|cut| *cut < amount).collect();
        paid.sort_unstable();
        paid.push(amount);
        let payable = |paid: i64| {
            let calculation = policy().calculate_contract(&contract(amount, paid, vec![], vec![]));
            total(&calculation.unwrap(), "art6-buyer").1
        };
        let mut sum = 0;
        let mut before = 0;
        for part in paid {
            let now = payable(part);
            prop_assert!(now >= before);
            sum += now - before;
            before = now;
        }
        prop_assert_eq!(sum, payable(amount));
    }
}

fn frozen(contract: ContractCase) -> FrozenFacts {
    let (buyer_ids, broker_ids, seller_ids) = (Vec::new(), Vec::new(), Vec::new());
    FrozenFacts { contract, buyer_ids, broker_ids, seller_ids, payable_before: Vec::new() }
}

/// What is payable of each award.
fn payables(calculation: &Calculation) -> Vec<PayableBefore> {
    let payable = |award: &crate::model::Award| PayableBefore {
        rule: award.rule.clone(),
        beneficiary: award.beneficiary,
        payable_fen: award.payable_now_fen,
    };
    calculation.awards.iter().map(payable).collect()
}

/// Assesses a contract after each payment, and checks what each assessment leaves of the last.
fn pay_in_turn(case: &ContractCase, paid: &[i64]) -> Result<(), TestCaseError> {
    let mut last: Option<(FrozenFacts, Calculation)> = None;
    for paid in paid {
        let mut facts = frozen(case.clone());
        facts.contract.paid_technology_amount_fen = fen(*paid);
        let split = policy().calculate_contract(&facts.contract).unwrap();
        if let Some((before, told)) = &last {
            facts = facts.after(before, payables(told).into_iter());
        }
        let now = facts.assess(policy()).unwrap();
        prop_assert_eq!(now.awards.len(), split.awards.len());
        for award in &now.awards {
            prop_assert!(award.payable_now_fen <= award.entitlement_fen);
            let funded: i64 = award.funding.iter().map(|part| part.amount_fen.fen()).sum();
            prop_assert_eq!(funded, award.payable_now_fen.fen());
            prop_assert_eq!(
                award.explanation.last().unwrap().result_fen,
                Some(award.payable_now_fen)
            );
            let whole = *paid == case.technology_amount_fen.fen();
            prop_assert!(!whole || award.payable_now_fen == award.entitlement_fen);
        }
        if let Some((_, told)) = &last {
            for (now, before) in now.awards.iter().zip(&told.awards) {
                prop_assert_eq!(now.beneficiary, before.beneficiary);
                prop_assert!(now.payable_now_fen >= before.payable_now_fen);
            }
        }
        for (rule, rate, cap) in CAPS {
            let (kept, split) = (total(&now, rule).1, total(&split, rule).1);
            let lapses = now.not_awarded.iter().any(|missed| missed.rule == rule);
            prop_assert!(kept == split || lapses && kept > split, "{rule}: {kept} for {split}");
            let exact = i128::from(*paid) * eligible_points(case) * i128::from(rate);
            let most = ((2 * exact + 100_000_000) / 200_000_000).min(i128::from(cap));
            prop_assert!(i128::from(kept) <= most);
        }
        last = Some((facts, now));
    }
    Ok(())
}

/// The Alabama paradox: of 10 fen the third gets 2, of 11 fen only 1.
#[test]
fn a_fen_that_was_payable_stays_payable_and_is_explained() {
    let mut case = contract(10_000, 1_000, vec![], vec![4_286, 8_572]);
    let of_brokers = |calculation: &Calculation| -> Vec<i64> {
        let brokers = calculation.awards.iter().filter(|award| award.rule == "art6-broker");
        brokers.map(|award| award.payable_now_fen.fen()).collect()
    };
    let before = frozen(case.clone());
    let told = before.assess(policy()).unwrap();
    assert_eq!(of_brokers(&told), [4, 4, 2]);

    case.paid_technology_amount_fen = fen(1_100);
    assert_eq!(of_brokers(&policy().calculate_contract(&case).unwrap()), [5, 5, 1]);
    let facts = frozen(case.clone()).after(&before, payables(&told).into_iter());
    let kept = facts.assess(policy()).unwrap();
    assert_eq!(of_brokers(&kept), [5, 4, 2]);
    let formulas: Vec<&str> = kept
        .awards
        .iter()
        .filter(|award| award.rule == "art6-broker")
        .map(|award| award.explanation[award.explanation.len() - 2].formula.as_str())
        .collect();
    assert_eq!(formulas[1..], ["5 − 1 = 4", "max(1, 2) = 2"]);
    let stored: FrozenFacts =
        serde_json::from_value(serde_json::to_value(&facts).unwrap()).unwrap();
    assert_eq!(stored.assess(policy()).unwrap(), kept, "run again it gives the same");

    // A payment that is not for technology changes nothing, and neither do its facts.
    let again = frozen(case.clone()).after(&facts, payables(&kept).into_iter());
    assert_eq!(again, facts);
    // Whatever else has changed settles anew what is due.
    case.related_parties = true;
    let anew = frozen(case).after(&facts, payables(&kept).into_iter());
    assert_eq!(anew.payable_before, []);
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let case = contract(123_456_789, 50_000_000, vec![2_000, 7_000], vec![4_000]);
    let bytes = || serde_json::to_vec(&policy().calculate_contract(&case).unwrap()).unwrap();
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_park_may_give_more_than_its_half() {
    let mut more = policy().policy.clone();
    let parts = crate::model::Parts { city: 2, district: 3 };
    more.parameters.funding_of.insert("park-ganhe".parse().unwrap(), parts);
    let more = Compiled::new(more).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut case = contract(300_000_000, 300_000_000, vec![], vec![]);
    case.buyers[0].funder = "park-ganhe".parse().unwrap();
    let calculation = more.calculate_contract(&case).unwrap();
    let amounts: Vec<i64> =
        calculation.awards[0].funding.iter().map(|part| part.amount_fen.fen()).collect();
    assert_eq!(amounts, [3_600_000, 5_400_000]);
}

/// With shares such as these, the remainders of a smaller sum favour other parts than those of the
/// whole: nobody gets more than their part of the whole, and no fen is lost.
#[test]
fn what_is_payable_is_split_within_the_parts_of_the_entitlement() {
    let case = contract(1_122, 1_049, vec![], vec![1_509, 5_968, 8_463]);
    let calculation = policy().calculate_contract(&case).unwrap();
    let brokers: Vec<(i64, i64)> = calculation
        .awards
        .iter()
        .filter(|award| award.rule == "art6-broker")
        .map(|award| (award.entitlement_fen.fen(), award.payable_now_fen.fen()))
        .collect();
    assert!(brokers.iter().all(|(entitled, payable)| payable <= entitled), "{brokers:?}");
    assert_eq!(brokers.iter().map(|(_, payable)| payable).sum::<i64>(), 10);
}

/// The facts of conditions are those that the calculation gives, whatever the case.
#[test]
fn every_named_fact_is_given_with_its_kind() {
    use super::{CONTRACT_FACTS, application, facts_of};
    let case = contract(1, 0, vec![], vec![]);
    assert_eq!(policy().facts(&case).names(), CONTRACT_FACTS);
    let asked = policy().policy.examples.iter().filter_map(|example| {
        let asked = example.request.get("application")?;
        let instrument = serde_json::from_value(asked["instrument"].clone()).unwrap();
        Some((instrument, asked["facts"].clone()))
    });
    for (instrument, facts) in asked {
        let asked = crate::model::Application::read(instrument, facts).unwrap();
        assert_eq!(application::facts(&asked).names(), facts_of(instrument), "{instrument}");
    }
}

#[test]
fn a_buyer_whose_share_does_not_count_is_told_why() {
    let mut case = contract(1_000_000, 0, vec![5_000], vec![]);
    case.buyers[0].state_organ = true;
    case.buyers[1].funder = "630121".parse().unwrap();
    let left_out = |case: &ContractCase| {
        let calculation = policy().calculate_contract(case).unwrap();
        let buyers = calculation.not_awarded.into_iter().filter(|n| n.rule == "art6-buyer");
        buyers.map(|n| (n.beneficiary.unwrap().index, n.reason)).collect::<Vec<_>>()
    };
    assert_eq!(left_out(&case), [(0, "buyer_not_eligible".to_owned())]);
    case.buyers[0].state_organ = false;
    case.buyers[0].legal_person = false;
    assert_eq!(left_out(&case), [(0, "buyer_not_eligible".to_owned())]);
    case.buyers[0].funder = "110108".parse().unwrap();
    assert_eq!(left_out(&case), [(0, "buyer_outside_territory".to_owned())]);
}
