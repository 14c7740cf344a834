//! An introduction: somebody asks two sides to talk, and everybody concerned must want it.
//!
//! Who proposes has accepted for itself. It is accepted when both sides have accepted, and the
//! broker too, if there is one: a broker whom a side names has a say in whether it works on the
//! case, since art. 6 pays it for that. Anyone's no ends it, and so does silence ([`LAPSE_DAYS`]);
//! they may be introduced again. What was accepted and leads to no contract, any of them closes.

use chrono::{DateTime, Days, NaiveDate, Utc};
use events::{
    IntroductionAccepted, IntroductionClosed, IntroductionDeclined, IntroductionLapsed,
    IntroductionProposed,
};
use kernel::{
    Id, IntroductionStatus, Permit, Prose, Refusal, Relation, Version, civil_date, kinds, words,
};

use crate::{
    access::{AcceptIntroduction, CloseIntroduction, CreateIntroduction, DeclineIntroduction},
    error::{ALREADY_ACCEPTED, invalid_state},
};

/// For how many days after the one on which it is proposed an introduction can be accepted.
pub const LAPSE_DAYS: u64 = 30;

words! {
    /// What an organisation is in an introduction.
    pub enum Participant {
        /// It owns the need.
        NeedSide = "need_side", "需求方", "need side";
        /// It owns the result or patent.
        OfferSide = "offer_side", "供给方", "offer side";
        /// It brings them together.
        Broker = "broker", "经纪方", "broker";
    }
}

impl Participant {
    /// The same as a relation of the permission matrix.
    #[must_use]
    pub const fn relation(self) -> Relation {
        match self {
            Self::NeedSide => Relation::NeedSide,
            Self::OfferSide => Relation::OfferSide,
            Self::Broker => Relation::Broker,
        }
    }
}

words! {
    /// A step of an introduction.
    pub enum StepKind {
        /// Somebody has asked.
        Proposed = "proposed", "提出", "proposed";
        /// A participant has said yes.
        Accepted = "accepted", "接受", "accepted";
        /// A participant has said no.
        Declined = "declined", "婉拒", "declined";
        /// A contract has been signed.
        Contracted = "contracted", "签约", "contracted";
        /// Not everybody has answered in time.
        Lapsed = "lapsed", "过期", "lapsed";
        /// A participant has put an end to it.
        Closed = "closed", "结束", "closed";
    }
}

/// The organisations of an introduction: two sides, perhaps a broker, all different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participants {
    /// Whose need.
    pub need_side: Id<kinds::Organisation>,
    /// Whose result or patent.
    pub offer_side: Id<kinds::Organisation>,
    /// Who brings them together.
    pub broker: Option<Id<kinds::Organisation>>,
}

impl Participants {
    /// The organisation as the participant that it is, if it is one.
    #[must_use]
    pub fn speaker(&self, organisation_id: Id<kinds::Organisation>) -> Option<Speaker> {
        let participant = if organisation_id == self.need_side {
            Participant::NeedSide
        } else if organisation_id == self.offer_side {
            Participant::OfferSide
        } else if self.broker == Some(organisation_id) {
            Participant::Broker
        } else {
            return None;
        };
        Some(Speaker { participant, organisation_id })
    }

    /// All of them.
    #[must_use]
    pub fn organisations(&self) -> Vec<Id<kinds::Organisation>> {
        [self.need_side, self.offer_side].into_iter().chain(self.broker).collect()
    }
}

/// A participant who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// What it is there.
    pub participant: Participant,
    /// Which organisation.
    pub organisation_id: Id<kinds::Organisation>,
}

/// A step of an introduction, kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Of which introduction.
    pub introduction_id: Id<kinds::Introduction>,
    /// The version that it made.
    pub version: Version,
    /// What was done.
    pub what: StepKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it, and by which person; nobody where a signed contract or the day is the cause.
    pub by: Option<(Speaker, Id<kinds::Account>)>,
}

/// Who has accepted, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acceptances {
    /// The side that asks.
    pub need_side: Option<DateTime<Utc>>,
    /// The side that offers.
    pub offer_side: Option<DateTime<Utc>>,
    /// The broker.
    pub broker: Option<DateTime<Utc>>,
}

impl Acceptances {
    /// When a participant has accepted, if it has.
    #[must_use]
    pub const fn of(&self, participant: Participant) -> Option<DateTime<Utc>> {
        match participant {
            Participant::NeedSide => self.need_side,
            Participant::OfferSide => self.offer_side,
            Participant::Broker => self.broker,
        }
    }

    const fn with(mut self, participant: Participant, at: DateTime<Utc>) -> Self {
        match participant {
            Participant::NeedSide => self.need_side = Some(at),
            Participant::OfferSide => self.offer_side = Some(at),
            Participant::Broker => self.broker = Some(at),
        }
        self
    }
}

/// Where an introduction stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody's answer is awaited.
    Proposed,
    /// Everybody concerned wants it: contacts are open.
    Accepted,
    /// Somebody does not want it.
    Declined {
        /// Who.
        by: Participant,
        /// When.
        at: DateTime<Utc>,
        /// Why, if it says.
        reason: Option<Prose<1000>>,
    },
    /// A contract came of it.
    Contracted {
        /// Which.
        contract_id: Id<kinds::Contract>,
        /// When that was signed by everybody.
        at: DateTime<Utc>,
    },
    /// Not everybody has answered in time.
    Lapsed {
        /// When that was noted.
        at: DateTime<Utc>,
    },
    /// They have talked, and nothing comes of it.
    Closed {
        /// Who says so.
        by: Participant,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: Prose<1000>,
    },
}

impl State {
    /// Its name.
    #[must_use]
    pub const fn status(&self) -> IntroductionStatus {
        match self {
            Self::Proposed => IntroductionStatus::Proposed,
            Self::Accepted => IntroductionStatus::Accepted,
            Self::Declined { .. } => IntroductionStatus::Declined,
            Self::Contracted { .. } => IntroductionStatus::Contracted,
            Self::Lapsed { .. } => IntroductionStatus::Lapsed,
            Self::Closed { .. } => IntroductionStatus::Closed,
        }
    }
}

/// What somebody proposes.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The need.
    pub need_id: Id<kinds::Listing>,
    /// The result or patent that may answer it.
    pub offer_id: Id<kinds::Listing>,
    /// Who would talk.
    pub participants: Participants,
    /// Who proposes.
    pub by: Speaker,
    /// What the others read first.
    pub message: Prose<2000>,
}

/// An introduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// Which.
    pub id: Id<kinds::Introduction>,
    /// One more with each step.
    pub version: Version,
    /// The need.
    pub need_id: Id<kinds::Listing>,
    /// The result or patent that may answer it.
    pub offer_id: Id<kinds::Listing>,
    /// Who talks.
    pub participants: Participants,
    /// Who proposed it.
    pub proposed_by: Participant,
    /// What the proposer wrote.
    pub message: Prose<2000>,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// The last day on which it can be accepted.
    pub lapses_on: NaiveDate,
    /// Who has accepted.
    pub acceptances: Acceptances,
    /// Where it stands.
    pub state: State,
}

macro_rules! event {
    ($event:ident, $introduction:expr, $by:expr) => {{
        let introduction = $introduction;
        $event {
            introduction_id: introduction.id,
            need_id: introduction.need_id,
            offer_id: introduction.offer_id,
            need_organisation_id: introduction.participants.need_side,
            offer_organisation_id: introduction.participants.offer_side,
            broker_id: introduction.participants.broker,
            by_organisation_id: $by.organisation_id,
        }
    }};
}

impl Introduction {
    /// Proposes; the proposer has accepted for itself.
    #[must_use]
    pub fn propose(
        _: &Permit<CreateIntroduction>,
        id: Id<kinds::Introduction>,
        proposal: Proposal,
        at: DateTime<Utc>,
    ) -> (Self, IntroductionProposed) {
        let Proposal { need_id, offer_id, participants, by, message } = proposal;
        let introduction = Self {
            id,
            version: Version::FIRST,
            need_id,
            offer_id,
            participants,
            proposed_by: by.participant,
            message,
            proposed_at: at,
            lapses_on: last_day(civil_date(at)),
            acceptances: Acceptances::default().with(by.participant, at),
            state: State::Proposed,
        };
        let event = event!(IntroductionProposed, &introduction, by);
        (introduction, event)
    }

    /// A participant says yes; the event if it was the last one awaited.
    ///
    /// # Errors
    /// 409 unless proposed and still in time, or if that participant has accepted before.
    pub fn accept(
        self,
        _: &Permit<AcceptIntroduction>,
        by: Speaker,
        at: DateTime<Utc>,
    ) -> Result<(Self, Option<IntroductionAccepted>), Refusal> {
        self.expect_proposed()?;
        if self.is_over(civil_date(at)) {
            return Err(invalid_state(IntroductionStatus::Lapsed, &[IntroductionStatus::Proposed]));
        }
        if self.acceptances.of(by.participant).is_some() {
            return Err(ALREADY_ACCEPTED.refuse());
        }
        let acceptances = self.acceptances.with(by.participant, at);
        let mut accepted = Self { acceptances, ..self.stepped() };
        if !accepted.awaited().is_empty() {
            return Ok((accepted, None));
        }
        accepted.state = State::Accepted;
        let event = event!(IntroductionAccepted, &accepted, by);
        Ok((accepted, Some(event)))
    }

    /// A participant says no, which ends it. Who has accepted may still change its mind while
    /// others are awaited.
    ///
    /// # Errors
    /// 409 unless proposed.
    pub fn decline(
        self,
        _: &Permit<DeclineIntroduction>,
        by: Speaker,
        reason: Option<Prose<1000>>,
        at: DateTime<Utc>,
    ) -> Result<(Self, IntroductionDeclined), Refusal> {
        self.expect_proposed()?;
        let state = State::Declined { by: by.participant, at, reason };
        let declined = Self { state, ..self.stepped() };
        let event = event!(IntroductionDeclined, &declined, by);
        Ok((declined, event))
    }

    /// A participant says that nothing comes of it.
    ///
    /// # Errors
    /// 409 unless accepted.
    pub fn close(
        self,
        _: &Permit<CloseIntroduction>,
        by: Speaker,
        reason: Prose<1000>,
        at: DateTime<Utc>,
    ) -> Result<(Self, IntroductionClosed), Refusal> {
        if self.status() != IntroductionStatus::Accepted {
            return Err(invalid_state(self.status(), &[IntroductionStatus::Accepted]));
        }
        let state = State::Closed { by: by.participant, at, reason };
        let closed = Self { state, ..self.stepped() };
        let event = event!(IntroductionClosed, &closed, by);
        Ok((closed, event))
    }

    /// Its last day is over and somebody's answer is still awaited. `None` if that is not so.
    #[must_use]
    pub fn lapse(self, at: DateTime<Utc>) -> Option<(Self, IntroductionLapsed)> {
        if self.status() != IntroductionStatus::Proposed || !self.is_over(civil_date(at)) {
            return None;
        }
        let lapsed = Self { state: State::Lapsed { at }, ..self.stepped() };
        let event = IntroductionLapsed {
            introduction_id: lapsed.id,
            need_id: lapsed.need_id,
            offer_id: lapsed.offer_id,
            need_organisation_id: lapsed.participants.need_side,
            offer_organisation_id: lapsed.participants.offer_side,
            broker_id: lapsed.participants.broker,
        };
        Some((lapsed, event))
    }

    /// A signed contract names it. `None` if there is nothing to note: it has been noted before,
    /// or both sides have not accepted the introduction, and then the contract came of something
    /// else.
    #[must_use]
    pub fn contract(self, contract_id: Id<kinds::Contract>, at: DateTime<Utc>) -> Option<Self> {
        match self.state {
            State::Accepted => {
                Some(Self { state: State::Contracted { contract_id, at }, ..self.stepped() })
            }
            State::Proposed
            | State::Declined { .. }
            | State::Contracted { .. }
            | State::Lapsed { .. }
            | State::Closed { .. } => None,
        }
    }

    /// Whose answer is awaited.
    #[must_use]
    pub fn awaited(&self) -> Vec<Participant> {
        match self.state {
            State::Proposed => Participant::ALL
                .iter()
                .copied()
                .filter(|one| *one != Participant::Broker || self.participants.broker.is_some())
                .filter(|one| self.acceptances.of(*one).is_none())
                .collect(),
            State::Accepted
            | State::Declined { .. }
            | State::Contracted { .. }
            | State::Lapsed { .. }
            | State::Closed { .. } => Vec::new(),
        }
    }

    /// Are contacts open? From when everybody has accepted, until it is closed without a contract.
    #[must_use]
    pub const fn opens_contacts(&self) -> bool {
        match self.state {
            State::Accepted | State::Contracted { .. } => true,
            State::Proposed
            | State::Declined { .. }
            | State::Lapsed { .. }
            | State::Closed { .. } => false,
        }
    }

    /// Nothing, if its participants may write to each other in it.
    ///
    /// # Errors
    /// 409 `invalid_state` when it has ended without a contract.
    pub fn expect_talk(&self) -> Result<(), Refusal> {
        match self.state {
            State::Proposed | State::Accepted | State::Contracted { .. } => Ok(()),
            State::Declined { .. } | State::Lapsed { .. } | State::Closed { .. } => {
                Err(invalid_state(self.status(), &TALKING))
            }
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> IntroductionStatus {
        self.state.status()
    }

    fn expect_proposed(&self) -> Result<(), Refusal> {
        match self.state {
            State::Proposed => Ok(()),
            State::Accepted
            | State::Declined { .. }
            | State::Contracted { .. }
            | State::Lapsed { .. }
            | State::Closed { .. } => {
                Err(invalid_state(self.status(), &[IntroductionStatus::Proposed]))
            }
        }
    }

    fn is_over(&self, today: NaiveDate) -> bool {
        self.lapses_on < today
    }

    fn stepped(self) -> Self {
        Self { version: self.version.next(), ..self }
    }
}

/// The states in which participants write to each other.
const TALKING: [IntroductionStatus; 3] =
    [IntroductionStatus::Proposed, IntroductionStatus::Accepted, IntroductionStatus::Contracted];

/// The last day on which what is proposed on this day can be accepted.
fn last_day(proposed_on: NaiveDate) -> NaiveDate {
    proposed_on.checked_add_days(Days::new(LAPSE_DAYS)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests;
