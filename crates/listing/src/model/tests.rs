//! The rules of listings, by tables and properties.

use chrono::{DateTime, TimeDelta, Utc};
use events::{ContractFacts, ContractOffered, ContractParty, ContractSigned};
use kernel::{
    Act, Actor, BasisPoints, Caller, Change, ContractType, Fen, Grant, Id, ListingKind,
    ListingStatus, PartyRole, PatentStatus, Permit, PriceMode, Refusal, Relation, Role, RoleSet,
    TransferMode, Version, judge, kinds,
};
use proptest::prelude::*;
use serde_json::json;

use super::*;

mod content;
mod patents;
mod revisions;

/// A permit, as somebody in the first role that may do the act gets it.
fn permit<A: Act>() -> Permit<A> {
    let (role, relation) = match A::LINE.grants {
        [Grant::RoleIn(role, relation), ..] => (*role, *relation),
        [Grant::Role(role), ..] => (*role, Relation::Stranger),
        grants => panic!("{grants:?}"),
    };
    judge(&member(organisation(1), role), &[relation]).unwrap()
}

fn member(organisation: Id<kinds::Organisation>, role: Role) -> Caller {
    Caller::SignedIn(Actor {
        account: Id::from_parts(1, &[1; 10]),
        organisation,
        roles: RoleSet::EMPTY.with(role),
        session: Id::from_parts(1, &[2; 10]),
        rights_version: 1,
    })
}

fn organisation(number: u8) -> Id<kinds::Organisation> {
    Id::from_parts(u64::from(number), &[0; 10])
}

fn instant() -> DateTime<Utc> {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

fn later(minutes: i64) -> DateTime<Utc> {
    instant() + TimeDelta::minutes(minutes)
}

fn content(kind: ListingKind) -> Content {
    let must = Content::new(
        kind,
        "高镁锂比盐湖卤水吸附提锂技术".parse().unwrap(),
        "从高镁锂比卤水中选择性提取锂。".parse().unwrap(),
        kernel::Domain::SaltLakeChemistry,
        "630105".parse().unwrap(),
    );
    Content {
        keywords: vec!["盐湖提锂".parse().unwrap()],
        ipc: vec!["C01D 15/08".parse().unwrap()],
        trl: Some(Trl::try_from(6).unwrap()),
        stage: Some(Stage::PilotScale),
        transfer_modes: vec![TransferMode::Assignment],
        patents: if kind == ListingKind::Patent { vec![patent()] } else { Vec::new() },
        contact: Some(Contact {
            name: "王小兰".parse().unwrap(),
            phone: Some("13800001234".parse().unwrap()),
            email: None,
        }),
        reference: Some("QHU-017".parse().unwrap()),
        non_secret_declared: true,
        ..must
    }
}

fn patent() -> Patent {
    serde_json::from_value(json!({
        "number": "CN201710601862.3", "kind": "invention", "status": "granted"
    }))
    .unwrap()
}

fn draft(kind: ListingKind) -> Listing {
    let owner = Owner { id: organisation(1), name: "青海大学".parse().unwrap() };
    let id = Id::from_parts(1, &[9; 10]);
    NewListing::draft(&permit(), id, owner, content(kind), instant())
        .unwrap()
        .numbered("L2026-000123".parse().unwrap())
}

fn reasons() -> ReturnReasons {
    serde_json::from_value(json!(["摘要过于简略"])).unwrap()
}

fn submitter() -> Submitter {
    Submitter { name: "青海大学".parse().unwrap(), verified: true }
}

fn offered(contract_type: ContractType, by: u8) -> ContractOffered {
    ContractOffered {
        contract_id: Id::from_parts(7, &[7; 10]),
        organisation_ids: vec![organisation(1), organisation(2)],
        document_sha256: "ab".repeat(32).parse().unwrap(),
        offered_by: organisation(by),
        contract_type,
        sellers: vec![organisation(1)],
        buyers: vec![organisation(2)],
        listing_ids: vec![Id::from_parts(1, &[9; 10])],
    }
}

fn signed(contract_type: ContractType, owner_is: PartyRole) -> ContractSigned {
    let party = |role, organisation_id| ContractParty {
        kind: kernel::OrganisationKind::Enterprise,
        role,
        organisation_id,
        name: "某单位".to_owned(),
        region: "630105".parse().unwrap(),
        share_bp: BasisPoints::WHOLE,
        affiliated: false,
        state_organ: false,
        legal_person: true,
    };
    let other = if owner_is == PartyRole::Seller { PartyRole::Buyer } else { PartyRole::Seller };
    ContractSigned {
        contract_id: Id::from_parts(7, &[7; 10]),
        contract: ContractFacts {
            title: "技术转让合同".to_owned(),
            contract_type,
            subtype: None,
            parties: vec![party(owner_is, organisation(1)), party(other, organisation(2))],
            related_parties: false,
            total_amount_fen: Fen::ZERO,
            technology_amount_fen: Fen::ZERO,
            paid_technology_amount_fen: Fen::ZERO,
            signed_on: instant().date_naive(),
            recognised_on: None,
            introduction_id: None,
            listing_ids: vec![Id::from_parts(1, &[9; 10])],
        },
    }
}

/// The steps that a listing may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Update,
    Submit,
    Publish,
    Return,
    Withdraw,
    Trade,
    Suspend,
    Renew,
    Expire,
    Reserve,
}

const STEPS: [Step; 10] = [
    Step::Update,
    Step::Submit,
    Step::Publish,
    Step::Return,
    Step::Withdraw,
    Step::Trade,
    Step::Suspend,
    Step::Renew,
    Step::Expire,
    Step::Reserve,
];

impl Step {
    fn take(self, listing: Listing, now: DateTime<Utc>) -> Result<Listing, Refusal> {
        match self {
            Self::Update => {
                listing.update(&permit(), Changes::default(), now).map(|(listing, _)| listing)
            }
            Self::Submit => listing.submit(&permit(), submitter(), now),
            Self::Publish => listing.publish(&permit(), now).map(|(listing, _)| listing),
            Self::Return => {
                listing.send_back(&permit(), reasons(), now).map(|(listing, _)| listing)
            }
            Self::Withdraw => listing.withdraw(&permit(), now).map(|(listing, _)| listing),
            Self::Trade => {
                let same = listing.clone();
                let event = signed(ContractType::Transfer, PartyRole::Seller);
                Ok(listing.trade(&event, now).map_or(same, |(listing, _)| listing))
            }
            Self::Suspend => {
                let reason = "权属存疑".parse().unwrap();
                listing.suspend(&permit(), reason, now).map(|(listing, _)| listing)
            }
            Self::Renew => listing.renew(&permit(), None, now).map(|(listing, _)| listing),
            Self::Expire => {
                let same = listing.clone();
                // Long after, but noted in the order of the steps.
                let expired = listing.expire(now + TimeDelta::days(400));
                Ok(expired.map_or(same, |(listing, _)| Listing { updated_at: now, ..listing }))
            }
            Self::Reserve => {
                let same = listing.clone();
                let event = offered(ContractType::Transfer, 1);
                Ok(listing.reserve(&event, now).map_or(same, |(listing, _)| listing))
            }
        }
    }
}

/// A listing that has come to this state.
fn listing_in(status: ListingStatus) -> Listing {
    let path: &[Step] = match status {
        ListingStatus::Draft => &[],
        ListingStatus::Submitted => &[Step::Submit],
        ListingStatus::Published => &[Step::Submit, Step::Publish],
        ListingStatus::Returned => &[Step::Submit, Step::Return],
        ListingStatus::Withdrawn => &[Step::Submit, Step::Publish, Step::Withdraw],
        ListingStatus::Traded => &[Step::Submit, Step::Publish, Step::Trade],
        ListingStatus::Suspended => &[Step::Submit, Step::Publish, Step::Suspend],
        ListingStatus::Reserved => &[Step::Submit, Step::Publish, Step::Reserve],
        ListingStatus::Expired => &[Step::Submit, Step::Publish, Step::Expire],
    };
    let listing = path.iter().zip(1..).fold(draft(ListingKind::Result), |listing, (step, at)| {
        step.take(listing, later(at)).unwrap()
    });
    assert_eq!(listing.state.status(), status);
    listing
}

#[test]
fn each_step_leads_from_its_states_to_its_state() {
    use ListingStatus::{
        Draft, Expired, Published, Reserved, Returned, Submitted, Suspended, Traded, Withdrawn,
    };
    let (w, no) = (Some(Withdrawn), None);
    for (from, to) in [
        // Update, Submit, Publish, Return, Withdraw; Trade, Suspend, Renew, Expire, Reserve.
        // `None` is refused; what the market does by itself leaves alone what it does not touch.
        (Draft, [Some(Draft), Some(Submitted), no, no, w]),
        (Submitted, [no, no, Some(Published), Some(Returned), w]),
        (Returned, [Some(Returned), Some(Submitted), no, no, w]),
        (Published, [Some(Published), no, no, no, w]),
        (Reserved, [no, no, no, no, no]),
        (Suspended, [Some(Suspended), Some(Submitted), Some(Published), no, w]),
        (Expired, [no, no, no, no, w]),
        (Withdrawn, [no, no, no, no, no]),
        (Traded, [no, no, no, no, no]),
    ] {
        let is = Some(from);
        let after: [Option<ListingStatus>; 5] = match from {
            Published => {
                [Some(Traded), Some(Suspended), Some(Published), Some(Expired), Some(Reserved)]
            }
            Reserved => [Some(Traded), Some(Suspended), no, is, is],
            Expired => [Some(Traded), no, Some(Published), is, is],
            Suspended => [Some(Traded), no, no, is, is],
            Draft | Submitted | Returned | Withdrawn | Traded => [is, no, no, is, is],
        };
        for (step, wanted) in STEPS.into_iter().zip(to.into_iter().chain(after)) {
            let reached = step.take(listing_in(from), later(10));
            match (reached, wanted) {
                (Ok(listing), Some(status)) => {
                    assert_eq!(listing.state.status(), status, "{from} {step:?}");
                }
                (Err(refusal), None) => assert_eq!(refusal.reason.code, "invalid_state"),
                (reached, wanted) => panic!("{from} {step:?}: {reached:?}, not {wanted:?}"),
            }
        }
    }
}

#[test]
fn a_refused_step_names_the_states_in_which_it_works() {
    let refusal = Step::Publish.take(draft(ListingKind::Result), later(1)).unwrap_err();
    let detail = refusal.detail.unwrap();
    assert_eq!(detail.en, "the listing is draft; this works in: submitted, suspended");
    assert_eq!(detail.zh, "当前状态为 draft(草稿),此操作要求:submitted(待审核)、suspended(已下架)");
}

#[test]
fn only_a_verified_organisation_submits() {
    let need = draft(ListingKind::Need);
    let unverified = Submitter { verified: false, ..submitter() };
    let refusal = need.clone().submit(&permit(), unverified, later(1)).unwrap_err();
    assert_eq!(refusal.reason.code, "organisation_not_verified");
    // The public is told the name under which the market has verified it.
    let renamed = Submitter { name: "青海大学（更名）".parse().unwrap(), verified: true };
    let submitted = need.submit(&permit(), renamed.clone(), later(1)).unwrap();
    assert_eq!(submitted.organisation.name, renamed.name);
}

fn codes(faults: &[kernel::Field]) -> Vec<(&str, &str)> {
    faults.iter().map(|field| (field.pointer.as_str(), field.fault.code.as_str())).collect()
}

#[test]
fn a_draft_with_faults_is_not_begun_and_not_changed_into() {
    let owner = Owner { id: organisation(1), name: "青海大学".parse().unwrap() };
    let mut wrong = content(ListingKind::Result);
    wrong.deadline = Some("2026-05-01".parse().unwrap());
    let id = Id::from_parts(1, &[9; 10]);
    let refusal = NewListing::draft(&permit(), id, owner, wrong, instant()).unwrap_err();
    assert_eq!((refusal.reason.code, refusal.fields.len()), ("invalid", 1));

    let changes = Changes {
        price: Change::Set(Price { mode: PriceMode::Fixed, amount_fen: None }),
        ..Changes::default()
    };
    let refusal = draft(ListingKind::Result).update(&permit(), changes, later(1)).unwrap_err();
    assert_eq!(codes(&refusal.fields), [("/price/amount_fen", "required")]);
}

#[test]
fn what_is_left_out_stays_and_null_empties() {
    let changes = Changes {
        title: Some("另一个标题".parse().unwrap()),
        stage: Change::Clear,
        keywords: Change::Clear,
        trl: Change::Set(Trl::try_from(7).unwrap()),
        ..Changes::default()
    };
    let before = draft(ListingKind::Result);
    let (after, event) = before.clone().update(&permit(), changes, later(1)).unwrap();
    assert_eq!(event, None);
    assert_eq!(before.content.differences(&after.content), ["title", "keywords", "trl", "stage"]);
    assert_eq!((after.content.stage, after.content.keywords.len()), (None, 0));
    assert_eq!(after.content.contact, before.content.contact);
    assert_eq!((after.version, after.updated_at), (before.version.next(), later(1)));
}

#[test]
fn a_signed_contract_trades_what_it_takes_off_the_market() {
    use ContractType::{Consulting, Development, Licence, Service, Transfer};
    use PartyRole::{Broker, Buyer, Seller};
    for (kind, contract_type, owner_is, trades) in [
        (ListingKind::Result, Transfer, Seller, true),
        (ListingKind::Patent, Transfer, Seller, true),
        (ListingKind::Patent, Licence, Seller, false),
        (ListingKind::Result, Development, Seller, false),
        (ListingKind::Result, Consulting, Seller, false),
        (ListingKind::Need, Transfer, Buyer, true),
        (ListingKind::Need, Licence, Buyer, true),
        (ListingKind::Need, Development, Buyer, true),
        (ListingKind::Challenge, Service, Buyer, true),
        // A contract takes nothing off the market that is not its parties' to deal with.
        (ListingKind::Result, Transfer, Buyer, false),
        (ListingKind::Result, Transfer, Broker, false),
        (ListingKind::Need, Development, Seller, false),
    ] {
        let listing = Step::Submit.take(draft(kind), later(1)).unwrap();
        let listing = Step::Publish.take(listing, later(2)).unwrap();
        let event = signed(contract_type, owner_is);
        let traded = listing.trade(&event, later(3));
        assert_eq!(traded.is_some(), trades, "{kind} {contract_type} {owner_is}");
        if let Some((listing, announced)) = traded {
            assert_eq!(listing.state.contract_id(), Some(event.contract_id));
            assert_eq!(announced.contract_id, event.contract_id);
            assert_eq!(listing.trade(&event, later(4)), None, "once only");
        }
    }
}

#[test]
fn what_is_announced_holds_no_personal_data() {
    let submitted = listing_in(ListingStatus::Submitted);
    let (_, event) = submitted.publish(&permit(), later(5)).unwrap();
    let text = serde_json::to_string(&event).unwrap();
    for secret in ["王小兰", "13800001234", "QHU-017"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains("L2026-000123"));
    let logged = format!("{:?}", listing_in(ListingStatus::Draft));
    assert!(!logged.contains("王小兰") && !logged.contains("13800001234"));
}

#[test]
fn a_withdrawal_is_announced_only_of_what_was_public() {
    use ListingStatus::{Draft, Published, Returned, Submitted};
    for (status, announced) in
        [(Draft, false), (Submitted, false), (Returned, false), (Published, true)]
    {
        let (_, event) = listing_in(status).withdraw(&permit(), later(5)).unwrap();
        assert_eq!(event.is_some(), announced, "{status}");
    }
}

#[test]
fn a_listing_is_returned_for_one_to_twenty_reasons() {
    let read = |reasons| serde_json::from_value::<ReturnReasons>(reasons);
    for (count, right) in [(0, false), (1, true), (20, true), (21, false)] {
        assert_eq!(read(json!(vec!["缺少优势说明"; count])).is_ok(), right, "{count}");
    }
    let of_field = json!({ "pointer": "/patents/0", "reason": "号码与题名不符" });
    let reasons = read(json!([of_field, "请补充中试报告"])).unwrap();
    let written = serde_json::to_value(&reasons).unwrap();
    assert_eq!(written, json!([of_field, { "reason": "请补充中试报告" }]));
    for wrong in ["title", "/nothing", "", "/"] {
        assert!(read(json!([{ "pointer": wrong, "reason": "x" }])).is_err(), "{wrong}");
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(prop::sample::select(STEPS.to_vec()), 0..20)
}

proptest! {
    /// Whatever is tried in whatever order: nothing is shown that was not submitted and
    /// published, each change is one version, and what is withdrawn or traded stays so.
    #[test]
    fn whatever_is_tried_a_listing_keeps_its_promises(steps in steps()) {
        let mut listing = draft(ListingKind::Result);
        let mut published = false;
        for (step, at) in steps.into_iter().zip(1..) {
            let before = listing.clone();
            if let Ok(after) = step.take(listing.clone(), later(at)) {
                listing = after;
            }
            published |= step == Step::Publish && listing != before;
            let status = listing.state.status();
            let versions = listing.version.number() - before.version.number();
            prop_assert_eq!(versions, i64::from(listing != before));
            prop_assert!(listing.updated_at >= before.updated_at);
            let is_shown = listing.state.publication().is_some();
            prop_assert!(published || !is_shown);
            prop_assert_eq!(listing.state.return_reasons().is_some(), status == ListingStatus::Returned);
            if matches!(before.state.status(), ListingStatus::Withdrawn | ListingStatus::Traded) {
                prop_assert_eq!(listing, before);
                break;
            }
        }
    }

    /// What was applied is there, and nothing else has changed.
    #[test]
    fn applying_the_same_changes_twice_changes_nothing_more(
        title in "[a-z]{1,20}", clear in any::<bool>(), level in 1_u8..=9,
    ) {
        let changes = Changes {
            title: Some(title.parse().unwrap()),
            stage: if clear { Change::Clear } else { Change::Keep },
            trl: Change::Set(Trl::try_from(level).unwrap()),
            ..Changes::default()
        };
        let once = content(ListingKind::Result).with(changes.clone());
        prop_assert_eq!(once.clone(), once.with(changes));
    }
}

#[test]
fn a_new_listing_is_a_draft_in_its_first_version() {
    let listing = draft(ListingKind::Challenge);
    assert_eq!((listing.version, listing.state), (Version::FIRST, State::Draft));
}
