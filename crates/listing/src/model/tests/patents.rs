//! Rights that are nothing to offer any longer, and readiness that is shown.

use super::*;

fn patent_of(number: &str, kind: &str, expires_on: Option<&str>) -> Patent {
    let expires_on: Option<chrono::NaiveDate> = expires_on.map(|day| day.parse().unwrap());
    serde_json::from_value(json!({
        "number": number, "kind": kind, "status": "granted", "expires_on": expires_on
    }))
    .unwrap()
}

#[test]
fn a_right_that_has_ended_cannot_be_offered() {
    let today = "2026-03-01".parse().unwrap();
    for (number, kind, expires_on, fault) in [
        ("CN201710601862.3", "invention", None, None),
        ("97101765.4", "invention", None, Some(("/patents/0/number", "patent_term_over"))),
        // An extended term is said.
        ("97101765.4", "invention", Some("2027-01-01"), None),
        (
            "CN201710601862.3",
            "invention",
            Some("2026-02-28"),
            Some(("/patents/0/expires_on", "patent_lapsed")),
        ),
        // The last day is one.
        ("CN201710601862.3", "invention", Some("2026-03-01"), None),
    ] {
        let mut offer = content(ListingKind::Patent);
        offer.patents = vec![patent_of(number, kind, expires_on)];
        assert!(offer.faults().is_empty(), "{number}");
        let faults = offer.faults_at_submission(today);
        assert_eq!(codes(&faults), fault.into_iter().collect::<Vec<_>>(), "{number}");
    }
}

#[test]
fn a_number_and_the_kind_of_right_agree() {
    let mut offer = content(ListingKind::Patent);
    offer.patents = vec![patent_of("CN201710601862.3", "design", None)];
    assert_eq!(codes(&offer.faults()), [("/patents/0/kind", "patent_kind_mismatch")]);
}

#[test]
fn no_day_is_of_a_year_that_nobody_plans_in() {
    let mut need = content(ListingKind::Need);
    need.deadline = Some("-5000-01-01".parse().unwrap());
    need.expires_on = Some("+12026-01-01".parse().unwrap());
    let out = "date_out_of_range";
    assert_eq!(codes(&need.faults()), [("/deadline", out), ("/expires_on", out)]);
    let mut offer = content(ListingKind::Patent);
    offer.patents = vec![patent_of("CN201710601862.3", "invention", Some("0001-01-01"))];
    assert_eq!(codes(&offer.faults()), [("/patents/0/expires_on", out)]);
}

#[test]
fn evidence_and_scale_are_of_a_level() {
    let mut offer = content(ListingKind::Result);
    offer.trl_scale = Some(TrlScale::Iso16290);
    offer.trl_evidence = Some("中试报告".parse().unwrap());
    assert!(offer.faults().is_empty());
    offer.trl = None;
    let faults = [("/trl_scale", "trl_required"), ("/trl_evidence", "trl_required")];
    assert_eq!(codes(&offer.faults()), faults);
}
