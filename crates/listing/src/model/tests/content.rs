//! What a listing may say.

use super::*;

#[test]
fn what_is_submitted_is_declared_and_not_past() {
    let mut need = content(ListingKind::Need);
    need.non_secret_declared = false;
    need.deadline = Some("2026-02-28".parse().unwrap());
    need.expires_on = Some("2026-02-01".parse().unwrap());
    // In Shanghai it is already the first of March.
    let today = kernel::civil_date("2026-02-28T16:00:00Z".parse().unwrap());
    assert_eq!(
        codes(&need.faults_at_submission(today)),
        [
            ("/non_secret_declared", "declaration_required"),
            ("/deadline", "date_passed"),
            ("/expires_on", "date_passed"),
        ]
    );
    // A day that has begun is not over.
    need.deadline = Some(today);
    need.expires_on = None;
    need.non_secret_declared = true;
    assert!(need.faults_at_submission(today).is_empty());
}

#[test]
fn all_faults_are_named_at_once() {
    let mut offer = content(ListingKind::Patent);
    offer.patents[0].status = PatentStatus::Lapsed;
    offer.patents.push(patent());
    offer.price = Some(Price { mode: PriceMode::Fixed, amount_fen: None });
    offer.budget = Budget::of(Some(Fen::ZERO), None);
    offer.deadline = Some("2026-05-01".parse().unwrap());
    offer.keywords = vec!["锂".parse().unwrap(), "锂".parse().unwrap()];
    offer.transfer_modes = vec![TransferMode::Equity, TransferMode::Equity];
    offer.ipc = vec!["C01D".parse().unwrap(); 21];
    assert_eq!(
        codes(&offer.faults()),
        [
            ("/budget", "only_for_needs"),
            ("/deadline", "only_for_needs"),
            ("/price/amount_fen", "required"),
            ("/patents/1", "duplicate"),
            ("/patents/0/status", "patent_lapsed"),
            ("/keywords/1", "duplicate"),
            ("/ipc", "too_many"),
            ("/transfer_modes/1", "duplicate"),
        ]
    );
}

#[test]
fn needs_have_a_budget_and_offers_a_price() {
    for kind in [ListingKind::Need, ListingKind::Challenge] {
        let mut need = content(kind);
        need.price = Price::of(Some(PriceMode::Negotiable), None);
        need.patents = vec![patent()];
        need.budget = Some(Budget {
            min_fen: Some(Fen::new(2).unwrap()),
            max_fen: Some(Fen::new(1).unwrap()),
        });
        assert_eq!(
            codes(&need.faults()),
            [
                ("/price", "not_for_needs"),
                ("/patents", "not_for_needs"),
                ("/budget/max_fen", "budget_reversed"),
            ]
        );
    }
    let mut need = content(ListingKind::Need);
    need.budget = Some(Budget { min_fen: None, max_fen: None });
    assert_eq!(codes(&need.faults()), [("/budget", "required")]);
}

#[test]
fn a_patent_listing_names_a_patent() {
    let mut offer = content(ListingKind::Patent);
    offer.patents.clear();
    assert_eq!(codes(&offer.faults()), [("/patents", "required")]);
    assert!(content(ListingKind::Result).faults().is_empty());
}
