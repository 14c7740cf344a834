use kernel::{Actor, Caller, Role, RoleSet, judge};

use super::*;

const NEED: u64 = 1;
const OFFER: u64 = 2;
const BROKER: u64 = 3;

fn organisation(number: u64) -> Id<kinds::Organisation> {
    Id::from_parts(number, &[0; 10])
}

fn at(minute: u32) -> DateTime<Utc> {
    format!("2026-03-01T08:{minute:02}:00Z").parse().unwrap()
}

fn contract_id(number: u64) -> Id<kinds::Contract> {
    Id::from_parts(number, &[0; 10])
}

fn permit<A: kernel::Act>(by: Speaker) -> Permit<A> {
    let editor = Caller::SignedIn(Actor {
        account: Id::from_parts(9, &[0; 10]),
        organisation: by.organisation_id,
        roles: RoleSet::EMPTY.with(Role::Editor),
        session: Id::from_parts(9, &[0; 10]),
        rights_version: 1,
    });
    judge(&editor, &[by.participant.relation()]).unwrap()
}

fn speaker(participant: Participant) -> Speaker {
    let number = match participant {
        Participant::NeedSide => NEED,
        Participant::OfferSide => OFFER,
        Participant::Broker => BROKER,
    };
    Speaker { participant, organisation_id: organisation(number) }
}

fn proposed(by: Participant, broker: bool) -> Introduction {
    let by = speaker(by);
    let proposal = Proposal {
        need_id: Id::from_parts(10, &[0; 10]),
        offer_id: Id::from_parts(11, &[0; 10]),
        participants: Participants {
            need_side: organisation(NEED),
            offer_side: organisation(OFFER),
            broker: broker.then(|| organisation(BROKER)),
        },
        by,
        message: "想了解贵校的除尘技术".parse().unwrap(),
    };
    let id = Id::from_parts(20, &[0; 10]);
    let (introduction, event) = Introduction::propose(&permit(by), id, proposal, at(0));
    assert_eq!(event.by_organisation_id, by.organisation_id);
    introduction
}

fn accept(introduction: Introduction, by: Participant) -> Result<(Introduction, bool), Refusal> {
    let by = speaker(by);
    let (accepted, event) = introduction.accept(&permit(by), by, at(1))?;
    Ok((accepted, event.is_some()))
}

fn accepted_by(introduction: Introduction, participants: &[Participant]) -> Introduction {
    participants.iter().fold(introduction, |one, by| accept(one, *by).unwrap().0)
}

fn decline(introduction: Introduction, by: Participant) -> Result<Introduction, Refusal> {
    let by = speaker(by);
    let reason = Some("暂无此计划".parse().unwrap());
    introduction.decline(&permit(by), by, reason, at(2)).map(|(declined, _)| declined)
}

fn close(introduction: Introduction, by: Participant) -> Result<Introduction, Refusal> {
    let by = speaker(by);
    let reason = "价格未谈拢".parse().unwrap();
    introduction.close(&permit(by), by, reason, at(3)).map(|(closed, _)| closed)
}

/// The first moment in Shanghai at which what was proposed on the first of March is over.
fn after_the_last_day() -> DateTime<Utc> {
    "2026-03-31T16:00:00Z".parse().unwrap()
}

use Participant::{Broker, NeedSide, OfferSide};

#[test]
fn everybody_concerned_but_the_proposer_must_accept() {
    for (by, broker, awaited) in [
        (NeedSide, false, &[OfferSide][..]),
        (OfferSide, false, &[NeedSide]),
        (NeedSide, true, &[OfferSide, Broker]),
        (OfferSide, true, &[NeedSide, Broker]),
        (Broker, true, &[NeedSide, OfferSide]),
    ] {
        let mut introduction = proposed(by, broker);
        assert_eq!(introduction.awaited(), awaited);
        for (number, one) in awaited.iter().enumerate() {
            assert_eq!(introduction.status(), IntroductionStatus::Proposed);
            assert!(!introduction.opens_contacts());
            let last = number + 1 == awaited.len();
            let (next, announced) = accept(introduction, *one).unwrap();
            assert_eq!(announced, last, "announced with the last acceptance only");
            introduction = next;
        }
        assert_eq!(introduction.status(), IntroductionStatus::Accepted);
        assert!(introduction.opens_contacts());
    }
}

#[test]
fn nobody_accepts_twice() {
    assert_eq!(accept(proposed(NeedSide, false), NeedSide).unwrap_err().reason, &ALREADY_ACCEPTED);
    let halfway = accepted_by(proposed(Broker, true), &[OfferSide]);
    assert_eq!(accept(halfway, OfferSide).unwrap_err().reason, &ALREADY_ACCEPTED);
}

#[test]
fn anyones_no_ends_it() {
    for by in [NeedSide, OfferSide, Broker] {
        let declined = decline(proposed(Broker, true), by).unwrap();
        assert_eq!(declined.status(), IntroductionStatus::Declined);
        assert!(declined.awaited().is_empty() && !declined.opens_contacts());
    }
}

/// Each state × each transition: what it leads to, or `None` where it is refused.
#[test]
fn states_and_transitions() {
    use IntroductionStatus::{Accepted, Closed, Contracted, Declined, Lapsed, Proposed};
    let in_state = |status| {
        let one = proposed(NeedSide, false);
        match status {
            Accepted => accepted_by(one, &[OfferSide]),
            Declined => decline(one, OfferSide).unwrap(),
            Contracted => accepted_by(one, &[OfferSide]).contract(contract_id(1), at(3)).unwrap(),
            Proposed => one,
            Lapsed => one.lapse(after_the_last_day()).unwrap().0,
            Closed => close(accepted_by(one, &[OfferSide]), NeedSide).unwrap(),
        }
    };
    for (from, on_accept, on_decline, on_contract, on_close, on_lapse) in [
        (Proposed, Some(Accepted), Some(Declined), None, None, Some(Lapsed)),
        (Accepted, None, None, Some(Contracted), Some(Closed), None),
        (Declined, None, None, None, None, None),
        (Contracted, None, None, None, None, None),
        (Lapsed, None, None, None, None, None),
        (Closed, None, None, None, None, None),
    ] {
        assert_eq!(in_state(from).status(), from);
        let accepted = accept(in_state(from), OfferSide).map(|(one, _)| one);
        let declined = decline(in_state(from), OfferSide);
        let contracted = in_state(from).contract(contract_id(2), at(4));
        let closed = close(in_state(from), OfferSide);
        let lapsed = in_state(from).lapse(after_the_last_day());
        let refusals = [accepted.as_ref().err(), declined.as_ref().err(), closed.as_ref().err()];
        for refusal in refusals.into_iter().flatten() {
            assert_eq!(refusal.reason.code, "invalid_state");
        }
        assert_eq!(accepted.ok().map(|one| one.status()), on_accept, "accept {from}");
        assert_eq!(declined.ok().map(|one| one.status()), on_decline, "decline {from}");
        assert_eq!(contracted.map(|one| one.status()), on_contract, "contract {from}");
        assert_eq!(closed.ok().map(|one| one.status()), on_close, "close {from}");
        assert_eq!(lapsed.map(|(one, _)| one.status()), on_lapse, "lapse {from}");
    }
}

#[test]
fn the_last_day_is_one_of_acceptance() {
    let introduction = proposed(NeedSide, false);
    assert_eq!(introduction.lapses_on, "2026-03-31".parse().unwrap());
    let last = after_the_last_day() - chrono::TimeDelta::seconds(1);
    assert_eq!(introduction.clone().lapse(last), None);
    let by = speaker(OfferSide);
    assert!(introduction.clone().accept(&permit(by), by, last).is_ok());
    let late = introduction.accept(&permit(by), by, after_the_last_day()).unwrap_err();
    assert_eq!(late.reason.code, "invalid_state");
}

#[test]
fn every_step_is_a_version() {
    let introduction = proposed(Broker, true);
    assert_eq!(introduction.version, Version::FIRST);
    let introduction = accepted_by(introduction, &[NeedSide, OfferSide]);
    assert_eq!(introduction.version.number(), 3);
    let introduction = introduction.contract(contract_id(1), at(5)).unwrap();
    assert_eq!(introduction.version.number(), 4);
    assert_eq!(introduction.contract(contract_id(1), at(6)), None, "noted once");
}

#[test]
fn only_participants_speak() {
    let participants = proposed(NeedSide, true).participants;
    for (number, participant) in
        [(NEED, Some(NeedSide)), (OFFER, Some(OfferSide)), (BROKER, Some(Broker)), (4, None)]
    {
        let speaker = participants.speaker(organisation(number));
        assert_eq!(speaker.map(|one| one.participant), participant);
    }
}
