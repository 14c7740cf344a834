use kernel::{ContractStatus, PartyRole, RecognitionStatus, Refusal, Role, Sha256, Version};

use super::*;
use crate::model::{
    NewPayment, Recognised, RecognitionRefusal, RefusalGround, RefusalReason, StepFacts,
    decision_days,
};

fn recognised_as(technology: i64) -> Recognised {
    Recognised {
        contract_type: ContractType::Transfer,
        subtype: None,
        technology_amount_fen: fen(technology),
        registration_number: "2026630100000123".parse().unwrap(),
        remarks: None,
    }
}

fn refusal(reasons: &[RefusalReason]) -> RecognitionRefusal {
    let ground = |reason: &RefusalReason| RefusalGround { reason: *reason, text: None };
    RecognitionRefusal { reasons: reasons.iter().map(ground).collect() }
}

fn payment(amount: i64) -> NewPayment {
    NewPayment {
        paid_on: "2026-03-01".parse().unwrap(),
        amount_fen: fen(amount),
        technology_amount_fen: fen(amount),
        reference: None,
    }
}

fn recognised() -> Contract {
    applied().recognise(&permit(), recognised_as(90_000_000), id(101), now()).unwrap().0
}

fn supplement_requested() -> Contract {
    let what = "请补充材料".parse().unwrap();
    applied().request_supplement(&permit(), what, id(101), now()).unwrap()
}

fn refused() -> Contract {
    let why = refusal(&[RefusalReason::ApprovalMissing]);
    applied().refuse_recognition(&permit(), why, id(101), now()).unwrap().0
}

type Transition = (&'static str, fn(Contract) -> Result<Contract, Refusal>);

const TRANSITIONS: [Transition; 9] = [
    ("revise", |c| c.revise(&permit(), terms())),
    ("offer", |c| {
        let document = Document::freeze(&c, &identities()).unwrap();
        Ok(c.offer(&permit(), &document, identities(), id(SELLER), now())?.0)
    }),
    ("sign", |c| {
        let sha256 = c.offered().map_or(Sha256([0; 32]), |offered| offered.sha256);
        Ok(c.sign(&permit(), actor(SELLER, &[Role::Signatory]), sha256, &around(), now())?.0)
    }),
    ("withdraw", |c| Ok(c.withdraw(&permit())?.0)),
    ("apply", |c| c.apply_for_recognition(&permit(), WorkingDays::official(), id(101), now())),
    ("request_supplement", |c| {
        c.request_supplement(&permit(), "请补充材料".parse().unwrap(), id(101), now())
    }),
    ("recognise", |c| Ok(c.recognise(&permit(), recognised_as(1), id(101), now())?.0)),
    ("refuse", |c| {
        let why = refusal(&[RefusalReason::ApprovalMissing]);
        Ok(c.refuse_recognition(&permit(), why, id(101), now())?.0)
    }),
    ("record_payment", |c| Ok(c.record_payment(&permit(), id(51), &payment(1), now())?.0)),
];

#[test]
fn each_transition_works_in_its_states_and_in_no_other() {
    type InState = (&'static str, fn() -> Contract, &'static [&'static str]);
    let states: [InState; 7] = [
        ("draft", draft, &["revise", "offer"]),
        ("offered", offered, &["sign", "withdraw"]),
        ("signed", signed, &["apply", "record_payment"]),
        ("applied", applied, &["request_supplement", "recognise", "refuse", "record_payment"]),
        ("supplement_requested", supplement_requested, &["apply", "record_payment"]),
        ("recognised", recognised, &["record_payment"]),
        ("refused", refused, &["apply", "record_payment"]),
    ];
    for (state, make, works) in states {
        for (name, transition) in TRANSITIONS {
            let before = make();
            match transition(before.clone()) {
                Ok(after) => {
                    assert!(works.contains(&name), "{name} worked in {state}");
                    assert_eq!(after.version, before.version.next(), "{name} in {state}");
                    assert_eq!((after.id, after.number), (before.id, before.number));
                }
                Err(refusal) => {
                    assert!(!works.contains(&name), "{name} in {state}: {refusal}");
                    assert_eq!(refusal.reason.code, "invalid_state", "{name} in {state}");
                    assert!(refusal.detail.is_some(), "the states it would work in are named");
                }
            }
        }
    }
}

#[test]
fn a_contract_is_signed_when_every_party_has_signed_brokers_too() {
    let contract = sign(sign(offered(), BUYER), BROKER);
    assert_eq!(contract.state.status(), ContractStatus::Offered);
    let sha256 = contract.offered().unwrap().sha256;
    let seller = actor(SELLER, &[Role::Signatory]);
    // Half past midnight in Shanghai is still the day before in UTC.
    let late = at("2026-03-05T16:30:00Z");
    let (contract, event) = contract.sign(&permit(), seller, sha256, &around(), late).unwrap();
    let event = event.unwrap();
    assert_eq!(contract.signed().unwrap().on.to_string(), "2026-03-06");
    assert_eq!(event.contract.signed_on.to_string(), "2026-03-06");
    let roles: Vec<_> = event.contract.parties.iter().map(|party| party.role).collect();
    assert_eq!(roles, [PartyRole::Seller, PartyRole::Buyer, PartyRole::Broker]);
    assert_eq!(event.contract.technology_amount_fen, fen(100_000_000));
    assert_eq!(event.contract.introduction_id, Some(id(31)));
}

#[test]
fn a_party_signs_once_and_only_what_it_has_read() {
    let contract = sign(offered(), SELLER);
    let sha256 = contract.offered().unwrap().sha256;
    let code = |contract: Contract, organisation, sha256| {
        let by = actor(organisation, &[Role::Signatory]);
        contract.sign(&permit(), by, sha256, &around(), now()).unwrap_err().reason.code
    };
    assert_eq!(code(contract.clone(), SELLER, sha256), "already_signed");
    assert_eq!(code(contract, BUYER, Sha256([7; 32])), "document_changed");
}

#[test]
fn nobody_signs_who_is_suspended_and_nobody_completes_a_contract_with_who_is() {
    let mut around = around();
    around.organisations.get_mut(&id(BUYER)).unwrap().verified = false;
    let sign = |contract: &Contract, organisation| {
        let sha256 = contract.offered().unwrap().sha256;
        let by = actor(organisation, &[Role::Signatory]);
        contract.clone().sign(&permit(), by, sha256, &around, now())
    };
    let one = offered();
    let refusal = sign(&one, BUYER).unwrap_err();
    assert_eq!(refusal.reason.code, "organisation_not_verified");
    let (two, _) = sign(&one, SELLER).unwrap();
    let all_but_one = super::sign(two, BUYER);
    let refusal = sign(&all_but_one, BROKER).unwrap_err();
    assert_eq!(refusal.reason.code, "organisation_not_verified");
    let told = refusal.detail.unwrap();
    assert!(told.zh.contains("西宁光能") && told.en.contains("西宁光能"), "{told:?}");
    let nothing_known = Surroundings::default();
    let by = actor(SELLER, &[Role::Signatory]);
    let sha256 = one.offered().unwrap().sha256;
    let refusal = one.sign(&permit(), by, sha256, &nothing_known, now()).unwrap_err();
    assert_eq!(refusal.reason.code, "organisation_not_verified");
}

#[test]
fn signatures_under_a_withdrawn_text_do_not_count_for_the_next() {
    let first = sign(offered(), SELLER);
    let draft = first.clone().withdraw(&permit()).unwrap().0;
    assert_eq!(draft.state.status(), ContractStatus::Draft);
    assert_eq!(draft.documents, 1);
    let document = Document::freeze(&draft, &identities()).unwrap();
    assert_eq!(document.number, 2);
    let (again, event) =
        draft.offer(&permit(), &document, identities(), id(SELLER), now()).unwrap();
    assert!(again.offered().unwrap().signatures.is_empty());
    assert_ne!(again.offered().unwrap().sha256, first.offered().unwrap().sha256);
    assert_eq!(event.document_sha256, document.sha256);
    assert_eq!(event.organisation_ids.len(), 3);
}

#[test]
fn the_registrar_decides_within_fifteen_working_days_or_thirty_for_large_contracts() {
    for (technology, days) in
        [(1, 15), (499_999_999, 15), (500_000_000, 30), (1_000_000_000_000_000, 30)]
    {
        assert_eq!(decision_days(fen(technology)), days, "{technology} fen");
    }
    let signed = applied().signed().unwrap().clone();
    assert_eq!(signed.recognition.decide_by().unwrap().to_string(), "2026-03-23");
}

#[test]
fn a_supplement_restarts_the_clock() {
    let contract = supplement_requested();
    assert_eq!(contract.signed().unwrap().recognition.decide_by(), None);
    let later = at("2026-03-10T02:00:00Z");
    let calendar = WorkingDays::official();
    let contract = contract.apply_for_recognition(&permit(), calendar, id(101), later).unwrap();
    let recognition = &contract.signed().unwrap().recognition;
    assert_eq!(recognition.decide_by().unwrap().to_string(), "2026-03-31");
    let path: Vec<_> = recognition.steps().iter().map(|s| (s.number, s.facts.status())).collect();
    assert_eq!(
        path,
        [
            (1, RecognitionStatus::Applied),
            (2, RecognitionStatus::SupplementRequested),
            (3, RecognitionStatus::Applied)
        ]
    );
}

#[test]
fn what_is_recognised_is_what_the_market_is_told() {
    let as_licence = Recognised {
        contract_type: ContractType::Licence,
        subtype: Some(crate::model::Subtype::PatentLicenceSole),
        ..recognised_as(110_000_000)
    };
    let (contract, event) =
        applied().recognise(&permit(), as_licence, id(101), at("2026-03-09T16:00:00Z")).unwrap();
    assert_eq!(event.contract.contract_type, ContractType::Licence);
    assert_eq!(event.contract.subtype.as_deref(), Some("patent_licence_sole"));
    assert_eq!(event.contract.technology_amount_fen, fen(110_000_000));
    assert_eq!(event.contract.recognised_on.unwrap().to_string(), "2026-03-10");
    assert_eq!(event.registration_number.to_string(), "2026630100000123");
    // What the parties agreed stays as it was signed.
    assert_eq!(contract.terms.contract_type, ContractType::Transfer);
    assert_eq!(contract.terms.technology_amount_fen, fen(100_000_000));
}

#[test]
fn no_more_than_the_total_can_be_recognised_as_technology() {
    for (technology, code) in [(0, "amount_zero"), (120_000_001, "technology_above_total")] {
        let refusal =
            applied().recognise(&permit(), recognised_as(technology), id(101), now()).unwrap_err();
        assert_eq!(refusal.fields[0].fault.code, code);
        assert_eq!(refusal.fields[0].pointer, "/technology_amount_fen");
    }
    let mut wrong = recognised_as(1);
    wrong.subtype = Some(crate::model::Subtype::TechnicalTraining);
    let refusal = applied().recognise(&permit(), wrong, id(101), now()).unwrap_err();
    assert_eq!(refusal.fields[0].pointer, "/subtype");
    assert!(applied().recognise(&permit(), recognised_as(120_000_000), id(101), now()).is_ok());
}

#[test]
fn a_refusal_has_reasons_and_words_for_other_ones() {
    let refuse = |why| applied().refuse_recognition(&permit(), why, id(101), now());
    use RefusalReason::{ApprovalMissing, Other};
    for (reasons, pointer) in [
        (&[][..], "/reasons"),
        (&[Other][..], "/reasons/0/text"),
        (&[ApprovalMissing, ApprovalMissing][..], "/reasons/1/reason"),
    ] {
        assert_eq!(refuse(refusal(reasons)).unwrap_err().fields[0].pointer, pointer);
    }
    let mut why = refusal(&[ApprovalMissing, Other]);
    why.reasons[1].text = Some("另有原因".parse().unwrap());
    let (contract, event) = refuse(why).unwrap();
    assert_eq!(event.reasons, ["approval_missing", "other: 另有原因"]);
    let step = contract.signed().unwrap().recognition.newest().unwrap().clone();
    assert!(matches!(step.facts, StepFacts::Refused(refusal) if refusal.reasons.len() == 2));
}

#[test]
fn for_an_import_the_buyer_applies() {
    assert_eq!(signed().applicant_role(), PartyRole::Seller);
    assert_eq!(draft().applicant_role(), PartyRole::Seller);
    let mut identities = identities();
    identities.insert(id(SELLER), identity("Fraunhofer", "overseas"));
    let document = Document::freeze(&draft(), &identities).unwrap();
    let (import, _) = draft().offer(&permit(), &document, identities, id(SELLER), now()).unwrap();
    assert_eq!(import.applicant_role(), PartyRole::Buyer);
}

#[test]
fn a_draft_begins_at_the_first_version() {
    assert_eq!(draft().version, Version::FIRST);
    assert_eq!(draft().drafted_by_id, id(SELLER));
}
