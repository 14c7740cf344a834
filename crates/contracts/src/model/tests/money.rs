use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::model::{NewPayment, Paid, Recognised, State};

fn payment(paid_on: &str, amount: i64, technology: i64) -> NewPayment {
    NewPayment {
        paid_on: paid_on.parse().unwrap(),
        amount_fen: fen(amount),
        technology_amount_fen: fen(technology),
        reference: None,
    }
}

fn record(contract: Contract, payment: &NewPayment) -> Result<Contract, Vec<(String, String)>> {
    match contract.record_payment(&permit(), id(51), payment, now()) {
        Ok((contract, _)) => Ok(contract),
        Err(refusal) => {
            Err(refusal.fields.into_iter().map(|field| (field.pointer, field.fault.code)).collect())
        }
    }
}

fn paid(contract: &Contract) -> Paid {
    contract.signed().unwrap().paid
}

fn recognised_as(contract: Contract, technology: i64) -> Contract {
    let recognised = Recognised {
        contract_type: ContractType::Transfer,
        subtype: None,
        technology_amount_fen: fen(technology),
        registration_number: "20266301000001".parse().unwrap(),
        remarks: None,
    };
    contract.recognise(&permit(), recognised, id(101), now()).unwrap().0
}

#[test]
fn a_payment_that_cannot_be_is_refused() {
    for (payment, pointer, code) in [
        (payment("2026-03-02", 0, 0), "/amount_fen", "amount_zero"),
        (payment("2026-03-02", 1, 2), "/technology_amount_fen", "technology_above_amount"),
        (payment("2026-03-03", 1, 1), "/paid_on", "date_in_the_future"),
        (payment("1949-10-01", 1, 1), "/paid_on", "date_out_of_range"),
        (payment("2026-03-02", 120_000_001, 0), "/amount_fen", "paid_above_contract"),
        (
            payment("2026-03-02", 110_000_000, 100_000_001),
            "/technology_amount_fen",
            "paid_above_contract",
        ),
    ] {
        let faults = record(signed(), &payment).unwrap_err();
        assert_eq!(faults, [(pointer.to_owned(), code.to_owned())]);
    }
}

#[test]
fn today_is_the_day_in_shanghai() {
    let contract = signed();
    let late = at("2026-03-02T16:30:00Z");
    let tomorrow = payment("2026-03-03", 1, 1);
    assert!(contract.record_payment(&permit(), id(51), &tomorrow, late).is_ok());
}

#[test]
fn payments_reach_the_total_and_go_no_further() {
    let contract = record(signed(), &payment("2026-03-01", 60_000_000, 50_000_000)).unwrap();
    let contract = record(contract, &payment("2026-03-02", 60_000_000, 50_000_000)).unwrap();
    assert_eq!(paid(&contract).amount_fen, fen(120_000_000));
    assert_eq!(paid(&contract).technology_amount_fen, fen(100_000_000));
    assert!(record(contract, &payment("2026-03-02", 1, 0)).is_err());
}

#[test]
fn a_contract_keeps_at_most_a_thousand_payments() {
    let mut contract = signed();
    for n in 1..=1000 {
        contract = record(contract, &payment("2026-03-02", 2, 1)).unwrap();
        assert_eq!(paid(&contract).payments, n);
    }
    let one_more = payment("2026-03-02", 2, 1);
    let refusal = contract.record_payment(&permit(), id(51), &one_more, now()).unwrap_err();
    assert_eq!(refusal.reason.code, "too_many_payments");
}

#[test]
fn once_recognised_the_recognised_amount_is_the_limit() {
    let more = recognised_as(applied(), 110_000_000);
    assert!(record(more, &payment("2026-03-01", 110_000_000, 110_000_000)).is_ok());
    let less = recognised_as(applied(), 50_000_000);
    assert!(record(less.clone(), &payment("2026-03-01", 60_000_000, 50_000_001)).is_err());
    assert!(record(less, &payment("2026-03-01", 60_000_000, 50_000_000)).is_ok());
}

#[test]
fn what_was_paid_before_recognition_settled_on_less_stays_but_counts_no_further() {
    let contract = record(applied(), &payment("2026-03-01", 80_000_000, 80_000_000)).unwrap();
    let contract = recognised_as(contract, 50_000_000);
    let State::Signed(signed) = &contract.state else { panic!("signed") };
    assert_eq!(signed.facts(&contract.terms).paid_technology_amount_fen, fen(50_000_000));
    assert!(record(contract.clone(), &payment("2026-03-01", 10, 1)).is_err());
    let contract = record(contract, &payment("2026-03-01", 40_000_000, 0)).unwrap();
    assert_eq!(paid(&contract).amount_fen, fen(120_000_000));
}

#[test]
fn the_market_is_told_of_a_payment_with_the_sums() {
    let contract = record(signed(), &payment("2026-03-01", 30, 20)).unwrap();
    let one_more = payment("2026-03-01", 5, 4);
    let (_, event) = contract.record_payment(&permit(), id(52), &one_more, now()).unwrap();
    assert_eq!((event.amount_fen, event.technology_amount_fen), (fen(5), fen(4)));
    assert_eq!(event.contract.paid_technology_amount_fen, fen(24));
    assert_eq!(event.payment_id, id(52));
}

proptest! {
    #[test]
    fn no_run_of_payments_exceeds_what_was_agreed(
        payments in proptest::collection::vec((0_i64..80_000_000, 0_i64..80_000_000), 1..20),
    ) {
        let mut contract = signed();
        let (mut sum, mut technology) = (0, 0);
        for (amount, part) in payments {
            let before = paid(&contract);
            match record(contract.clone(), &payment("2026-03-01", amount, part)) {
                Ok(after) => {
                    contract = after;
                    sum += amount;
                    technology += part;
                }
                Err(faults) => {
                    prop_assert!(!faults.is_empty());
                    let fits = amount > 0 && part <= amount
                        && before.amount_fen.fen() + amount <= 120_000_000
                        && before.technology_amount_fen.fen() + part <= 100_000_000;
                    prop_assert!(!fits, "{amount} of which {part} after {before:?}");
                }
            }
            prop_assert_eq!(paid(&contract).amount_fen, fen(sum));
            prop_assert_eq!(paid(&contract).technology_amount_fen, fen(technology));
            prop_assert!(sum <= 120_000_000 && technology <= 100_000_000 && technology <= sum);
        }
    }

    #[test]
    fn a_deadline_is_a_working_day_and_has_that_many_before_it(
        offset in 0_u64..2_400, days in 1_u32..40,
    ) {
        let calendar = WorkingDays::official();
        let first: NaiveDate = "2020-01-01".parse().unwrap();
        let from = first + chrono::Days::new(offset);
        let last = calendar.deadline(from, days);
        prop_assert!(last > from && calendar.is_working_day(last));
        let between = from.iter_days().skip(1).take_while(|day| *day <= last);
        let counted = between.filter(|day| calendar.is_working_day(*day)).count();
        prop_assert_eq!(counted, usize::try_from(days).unwrap());
    }
}
