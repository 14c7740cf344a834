//! What goes out.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Domain, Id, IntroductionStatus, ListingKind, Region, Version, kinds};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Language, Resource};

use crate::{
    model::{
        document::{Document, Passage},
        explanation::{Factor, Line},
        introduction::{Participant, State, Step, StepKind},
        message::Message,
    },
    ports::Contact,
    queries::{Found, Whole},
};

/// An organisation and its name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NamedOrganisation)]
pub(super) struct NamedOrganisationView {
    id: Id<kinds::Organisation>,
    #[schema(example = "青海大学")]
    name: String,
}

/// What a list shows of a published listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingCard)]
pub(super) struct ListingCardView {
    id: Id<kinds::Listing>,
    /// The human number.
    #[schema(example = "L2026-000123")]
    number: String,
    kind: ListingKind,
    #[schema(example = "高镁锂比盐湖卤水提锂吸附剂")]
    title: String,
    organisation: NamedOrganisationView,
    domain: Domain,
    region: Region,
    /// Technology readiness level, 1 to 9.
    #[schema(minimum = 1, maximum = 9, required = true)]
    trl: Option<u8>,
}

impl From<Document> for ListingCardView {
    fn from(document: Document) -> Self {
        let Document { listing_id, facts } = document;
        Self {
            id: listing_id,
            number: facts.number,
            kind: facts.kind,
            title: facts.title,
            organisation: NamedOrganisationView {
                id: facts.organisation_id,
                name: facts.organisation_name,
            },
            domain: facts.domain,
            region: facts.region,
            trl: facts.trl,
        }
    }
}

/// A word that both say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchTerm)]
pub(super) struct MatchTermView {
    /// The word; null for what is shared besides the named words.
    #[schema(required = true)]
    word: Option<String>,
    /// Where the listing that was found says it.
    said_in: Vec<Passage>,
    /// What it adds to the score.
    #[schema(minimum = 0, maximum = 1)]
    adds: f64,
}

/// What a match is judged by, and how well that is met.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchFactor)]
pub(super) struct MatchFactorView {
    factor: Factor,
    /// How much it counts here: the most that it can add or take away.
    #[schema(minimum = 0, maximum = 1)]
    weight: f64,
    /// What it says: from 1, for the match, to -1, against it.
    #[schema(minimum = -1, maximum = 1)]
    score: f64,
    /// Why.
    detail: String,
    /// The words that it is made of; they add up to weight × score. Empty where no words count.
    terms: Vec<MatchTermView>,
}

impl MatchFactorView {
    fn new(line: Line, language: Language) -> Self {
        let terms = line.terms.into_iter().map(|term| MatchTermView {
            word: term.word,
            said_in: term.said_in,
            adds: term.adds.into(),
        });
        Self {
            factor: line.factor,
            weight: line.weight.into(),
            score: line.judgement.into(),
            terms: terms.collect(),
            detail: language.pick(line.detail),
        }
    }
}

/// A listing that fits, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Match, example = json!({
    "listing": {
        "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e31", "number": "L2026-000123",
        "kind": "result", "title": "高镁锂比盐湖卤水提锂吸附剂",
        "organisation": { "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "name": "青海大学" },
        "domain": "salt_lake_chemistry", "region": "630105", "trl": 6
    },
    "score": 0.57808,
    "explanation": [
        { "factor": "text", "weight": 1.0, "score": 0.56, "detail": "共有用语:吸附剂、卤水", "terms": [
            { "word": "吸附剂", "said_in": ["title", "abstract"], "adds": 0.31 },
            { "word": "卤水", "said_in": ["title"], "adds": 0.17 },
            { "word": null, "said_in": [], "adds": 0.08 } ] },
        { "factor": "domain", "weight": 0.0197, "score": 1.0, "detail": "领域相同:特色化工(盐湖)", "terms": [] },
        { "factor": "maturity", "weight": 0.0123, "score": 0.5, "detail": "按所需转化方式宜达到成熟度 7 级,供给为 6 级", "terms": [] },
        { "factor": "transfer_modes", "weight": 0.0123, "score": 0.0, "detail": "转化方式未说明", "terms": [] },
        { "factor": "region", "weight": 0.0074, "score": -1.0, "detail": "不在同一省份", "terms": [] },
        { "factor": "price", "weight": 0.0074, "score": -0.05, "detail": "价格超出预算", "terms": [] }
    ]
}))]
pub(super) struct MatchView {
    listing: ListingCardView,
    /// How likely it is right: the sum of weight × score over the explanation.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    explanation: Vec<MatchFactorView>,
}

impl MatchView {
    pub(super) fn new(found: Found, language: Language) -> Self {
        let Found { document, found } = found;
        let lines = found.explanation.into_iter();
        Self {
            listing: document.into(),
            score: found.place.score.into(),
            explanation: lines.map(|line| MatchFactorView::new(line, language)).collect(),
        }
    }
}

/// A step of an introduction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntroductionStep)]
pub(super) struct IntroductionStepView {
    what: StepKind,
    at: DateTime<Utc>,
    /// Who; nobody where a signed contract or the last day is the cause.
    #[schema(required = true)]
    participant: Option<Participant>,
    #[schema(required = true)]
    organisation_id: Option<Id<kinds::Organisation>>,
}

impl From<&Step> for IntroductionStepView {
    fn from(step: &Step) -> Self {
        let Step { what, at, by, .. } = *step;
        let speaker = by.map(|(speaker, _)| speaker);
        Self {
            what,
            at,
            participant: speaker.map(|speaker| speaker.participant),
            organisation_id: speaker.map(|speaker| speaker.organisation_id),
        }
    }
}

/// Whom to call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntroductionContact)]
pub(super) struct IntroductionContactView {
    organisation_id: Id<kinds::Organisation>,
    /// A person's name.
    #[schema(example = "王小兰")]
    name: String,
    #[schema(example = "0971-5310000", required = true)]
    phone: Option<String>,
    #[schema(example = "lan@example.cn", required = true)]
    email: Option<String>,
}

impl From<&Contact> for IntroductionContactView {
    fn from(contact: &Contact) -> Self {
        let Contact { organisation_id, name, phone, email } = contact.clone();
        Self { organisation_id, name, phone, email }
    }
}

/// Two sides, and perhaps a broker, who may want to talk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Introduction, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e40", "version": 2, "status": "proposed",
    "need_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e20",
    "offer_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e31",
    "broker_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e13",
    "need": {
        "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e20", "number": "L2026-000101",
        "kind": "need", "title": "高镁锂比老卤直接提锂",
        "organisation": { "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e12", "name": "青海盐湖锂业有限公司" },
        "domain": "salt_lake_chemistry", "region": "632801", "trl": null
    },
    "offer": {
        "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e31", "number": "L2026-000123",
        "kind": "result", "title": "高镁锂比盐湖卤水提锂吸附剂",
        "organisation": { "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "name": "青海大学" },
        "domain": "salt_lake_chemistry", "region": "630105", "trl": 6
    },
    "broker": { "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e13", "name": "西宁技术转移中心" },
    "proposed_by": "broker",
    "message": "双方的吸附剂与卤水条件相符,建议面谈。",
    "proposed_at": "2026-03-01T08:00:00Z",
    "lapses_on": "2026-03-31",
    "awaited": ["offer_side"],
    "steps": [
        { "what": "proposed", "at": "2026-03-01T08:00:00Z", "participant": "broker",
          "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e13" },
        { "what": "accepted", "at": "2026-03-02T01:30:00Z", "participant": "need_side",
          "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e12" }
    ]
}))]
pub(super) struct IntroductionView {
    id: Id<kinds::Introduction>,
    version: Version,
    status: IntroductionStatus,
    need_id: Id<kinds::Listing>,
    offer_id: Id<kinds::Listing>,
    #[schema(required = true)]
    broker_id: Option<Id<kinds::Organisation>>,
    /// The need, as last published.
    need: ListingCardView,
    /// The result or patent, as last published.
    offer: ListingCardView,
    #[schema(required = true)]
    broker: Option<NamedOrganisationView>,
    proposed_by: Participant,
    message: String,
    proposed_at: DateTime<Utc>,
    /// The last day on which it can be accepted, in Shanghai.
    lapses_on: NaiveDate,
    /// Whose answer is awaited.
    awaited: Vec<Participant>,
    /// Why it was declined, if whoever declined it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decline_reason: Option<String>,
    /// Why nothing comes of it, if it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    close_reason: Option<String>,
    /// The contract that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contract_id: Option<Id<kinds::Contract>>,
    /// Who did what, when.
    steps: Vec<IntroductionStepView>,
    /// Whom to call: for the participants, once everybody has accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contacts: Option<Vec<IntroductionContactView>>,
}

impl From<&Whole> for IntroductionView {
    fn from(whole: &Whole) -> Self {
        let introduction = &whole.introduction;
        let (mut decline_reason, mut close_reason, mut contract_id) = (None, None, None);
        match &introduction.state {
            State::Proposed | State::Accepted | State::Lapsed { .. } => {}
            State::Declined { reason, .. } => {
                decline_reason = reason.as_ref().map(ToString::to_string);
            }
            State::Closed { reason, .. } => close_reason = Some(reason.to_string()),
            State::Contracted { contract_id: contract, .. } => contract_id = Some(*contract),
        }
        let broker = introduction.participants.broker.zip(whole.broker_name.clone());
        let contacts = whole.contacts.as_deref();
        Self {
            id: introduction.id,
            version: introduction.version,
            status: introduction.status(),
            need_id: introduction.need_id,
            offer_id: introduction.offer_id,
            broker_id: introduction.participants.broker,
            need: whole.need.clone().into(),
            offer: whole.offer.clone().into(),
            broker: broker.map(|(id, name)| NamedOrganisationView { id, name }),
            proposed_by: introduction.proposed_by,
            message: introduction.message.to_string(),
            proposed_at: introduction.proposed_at,
            lapses_on: introduction.lapses_on,
            awaited: introduction.awaited(),
            decline_reason,
            close_reason,
            contract_id,
            steps: whole.steps.iter().map(IntroductionStepView::from).collect(),
            contacts: contacts
                .map(|contacts| contacts.iter().map(IntroductionContactView::from).collect()),
        }
    }
}

impl Resource for IntroductionView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/introductions/{}", self.id)
    }
}

/// What a participant has written to the others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntroductionMessage, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e41",
    "introduction_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e40",
    "posted_at": "2026-03-02T02:10:00Z", "participant": "need_side",
    "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e12",
    "text": "请问样品能否先在我司叶片上试喷?"
}))]
pub(super) struct IntroductionMessageView {
    id: Id<kinds::IntroductionMessage>,
    introduction_id: Id<kinds::Introduction>,
    posted_at: DateTime<Utc>,
    /// Who wrote it.
    participant: Participant,
    organisation_id: Id<kinds::Organisation>,
    text: String,
}

impl From<&Message> for IntroductionMessageView {
    fn from(message: &Message) -> Self {
        let Message { id, introduction_id, posted_at, by, text, .. } = message;
        Self {
            id: *id,
            introduction_id: *introduction_id,
            posted_at: *posted_at,
            participant: by.participant,
            organisation_id: by.organisation_id,
            text: text.to_string(),
        }
    }
}

impl Resource for IntroductionMessageView {
    /// It is never changed.
    fn version(&self) -> Version {
        Version::FIRST
    }

    fn location(&self) -> String {
        format!("/api/v1/introductions/{}/messages", self.introduction_id)
    }
}
