//! What goes out.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    BasisPoints, ContractStatus, ContractType, Domain, Fen, Id, PartyRole, RecognitionStatus,
    Region, RegistrationNumber, Sha256, Version,
    kinds::{self, Introduction, Listing, Organisation},
};
use serde::Serialize;
use utoipa::ToSchema;
use web::Resource;

use crate::{
    model::{
        Clause, ContractNumber, Identity, NonTechnologyItem, Offered, Party, Payment, PaymentTerm,
        PaymentTermFields, Recognition, RefusalGround, Signed, Step, StepFacts, Subtype,
        WorkingDays,
    },
    queries::Dossier,
    store::Listed,
};

/// An organisation in a contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractParty)]
pub(super) struct PartyView {
    /// What it is there.
    role: PartyRole,
    /// Who.
    organisation_id: Id<Organisation>,
    /// Its name: now, in a draft; when the text was frozen, afterwards.
    #[schema(example = "青海大学", required = true)]
    name: Option<String>,
    /// Where it belongs, likewise.
    #[schema(required = true)]
    region: Option<Region>,
    /// Its share among those of the same role.
    share_bp: BasisPoints,
    /// Of a broker: is it related to another party?
    #[schema(required = true)]
    affiliated: Option<bool>,
    /// When it has signed the text at hand.
    #[schema(required = true)]
    signed_at: Option<DateTime<Utc>>,
}

impl PartyView {
    fn of(party: &Party, identity: Option<&Identity>, offered: Option<&Offered>) -> Self {
        let id = party.organisation_id;
        Self {
            role: party.role,
            organisation_id: id,
            name: identity.map(|identity| identity.name.clone()),
            region: identity.map(|identity| identity.region.clone()),
            share_bp: party.share_bp,
            affiliated: party.affiliated,
            signed_at: offered.and_then(|o| o.signature_of(id)).map(|s| s.signed_at),
        }
    }
}

/// A step between applicant and registrar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognitionStep)]
pub(super) struct StepView {
    /// Counts the steps, from 1.
    number: i32,
    /// Where it has led.
    status: RecognitionStatus,
    /// When it was taken.
    taken_at: DateTime<Utc>,
    /// `applied`: the last day of the decision.
    #[schema(required = true)]
    decide_by: Option<NaiveDate>,
    /// What is missing, or remarks on what is recognised.
    #[schema(required = true)]
    words: Option<String>,
    /// `refused`: for which reasons.
    reasons: Vec<RefusalGround>,
}

impl From<&Step> for StepView {
    fn from(step: &Step) -> Self {
        let (words, reasons) = match &step.facts {
            StepFacts::Applied { .. } => (None, Vec::new()),
            StepFacts::SupplementRequested { what } => (Some(what), Vec::new()),
            StepFacts::Recognised(recognised) => (recognised.remarks.as_ref(), Vec::new()),
            StepFacts::Refused(refusal) => (None, refusal.reasons.clone()),
        };
        let decide_by = match step.facts {
            StepFacts::Applied { decide_by } => Some(decide_by),
            StepFacts::SupplementRequested { .. }
            | StepFacts::Recognised(_)
            | StepFacts::Refused(_) => None,
        };
        Self {
            number: step.number,
            status: step.facts.status(),
            taken_at: step.taken_at,
            decide_by,
            words: words.map(ToString::to_string),
            reasons,
        }
    }
}

/// Where a contract stands with the registrar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractRecognition)]
pub(super) struct RecognitionView {
    /// Where it stands.
    status: RecognitionStatus,
    /// While it is the registrar's turn: the last day of the decision, counted in working days.
    #[schema(required = true)]
    decide_by: Option<NaiveDate>,
    /// Are the holidays of that day's year not announced yet, so that the day may still move?
    decide_by_is_provisional: bool,
    /// Once recognised: since when.
    #[schema(required = true)]
    recognised_on: Option<NaiveDate>,
    /// Once recognised: as which type.
    #[serde(rename = "type")]
    #[schema(required = true)]
    contract_type: Option<ContractType>,
    /// Once recognised: as which sub-type.
    #[schema(required = true)]
    subtype: Option<Subtype>,
    /// Once recognised: the technology amount.
    #[schema(required = true)]
    technology_amount_fen: Option<Fen>,
    /// Once recognised: the number in the register.
    #[schema(required = true)]
    registration_number: Option<RegistrationNumber>,
    /// Every step, oldest first.
    history: Vec<StepView>,
}

impl From<&Recognition> for RecognitionView {
    fn from(recognition: &Recognition) -> Self {
        let recognised = recognition.recognised();
        let decide_by = recognition.decide_by();
        Self {
            status: recognition.status(),
            decide_by,
            decide_by_is_provisional: decide_by.is_some_and(is_provisional),
            recognised_on: recognised.map(|(_, on)| on),
            contract_type: recognised.map(|(r, _)| r.contract_type),
            subtype: recognised.and_then(|(r, _)| r.subtype),
            technology_amount_fen: recognised.map(|(r, _)| r.technology_amount_fen),
            registration_number: recognised.map(|(r, _)| r.registration_number.clone()),
            history: recognition.steps().iter().map(StepView::from).collect(),
        }
    }
}

fn is_provisional(day: NaiveDate) -> bool {
    !WorkingDays::official().knows(day)
}

/// A payment under a contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractPayment)]
pub(super) struct PaymentView {
    /// Its id.
    id: Id<kinds::Payment>,
    /// When it was paid.
    paid_on: NaiveDate,
    /// How much.
    amount_fen: Fen,
    /// How much of it for technology.
    technology_amount_fen: Fen,
    /// The receipt's or invoice's number.
    #[schema(required = true)]
    reference: Option<String>,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
}

impl From<&Payment> for PaymentView {
    fn from(payment: &Payment) -> Self {
        Self {
            id: payment.id,
            paid_on: payment.payment.paid_on,
            amount_fen: payment.payment.amount_fen,
            technology_amount_fen: payment.payment.technology_amount_fen,
            reference: payment.payment.reference.as_ref().map(ToString::to_string),
            recorded_at: payment.recorded_at,
        }
    }
}

/// A technology contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contract, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e41", "number": "C2026-000123", "version": 5,
    "status": "signed", "created_at": "2026-03-02T01:00:00Z",
    "drafted_by_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11",
    "type": "transfer", "subtype": "patent_right_transfer",
    "title": "钙钛矿叠层光伏组件封装技术转让合同", "domain": "solar_energy",
    "listing_ids": [], "introduction_id": null, "broker_without_introduction": false,
    "parties": [
        { "role": "seller", "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11",
          "name": "青海大学", "region": "630105", "share_bp": 10000, "affiliated": null,
          "signed_at": "2026-03-03T02:00:00Z" },
        { "role": "buyer", "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e12",
          "name": "西宁光能科技有限公司", "region": "park-nanchuan", "share_bp": 10000,
          "affiliated": null, "signed_at": "2026-03-03T03:00:00Z" }
    ],
    "total_amount_fen": 120_000_000, "technology_amount_fen": 100_000_000,
    "non_technology_items": [{ "what": "封装试验设备一套", "amount_fen": 20_000_000 }],
    "related_parties": false, "payment_terms": [], "starts_on": "2026-04-01",
    "ends_on": "2028-03-31", "clauses": [],
    "document_number": 1, "offered_at": "2026-03-03T01:00:00Z",
    "document_sha256": "7c2f6d1f0a94b1f3f7f7d0f58a5c9e6c0f1a2b3c4d5e6f708192a3b4c5d6e7f8",
    "signed_on": "2026-03-03",
    "recognition": { "status": "applied", "decide_by": "2026-03-24",
        "decide_by_is_provisional": false, "recognised_on": null, "type": null, "subtype": null,
        "technology_amount_fen": null, "registration_number": null,
        "history": [{ "number": 1, "status": "applied", "taken_at": "2026-03-03T04:00:00Z",
            "decide_by": "2026-03-24", "words": null, "reasons": [] }] },
    "paid_amount_fen": 0, "paid_technology_amount_fen": 0, "payments": []
}))]
pub(super) struct ContractView {
    /// Its id.
    id: Id<kinds::Contract>,
    /// Its human number; not the registration number.
    number: ContractNumber,
    /// Its version.
    version: Version,
    /// Where it stands between its parties.
    status: ContractStatus,
    /// When it was drafted.
    created_at: DateTime<Utc>,
    /// By whom.
    drafted_by_id: Id<Organisation>,
    /// The type, as agreed.
    #[serde(rename = "type")]
    contract_type: ContractType,
    /// The sub-type, as agreed.
    #[schema(required = true)]
    subtype: Option<Subtype>,
    /// The contract's name.
    title: String,
    /// The field of technology.
    domain: Domain,
    /// What is dealt.
    listing_ids: Vec<Id<Listing>>,
    /// The introduction that it came of.
    #[schema(required = true)]
    introduction_id: Option<Id<Introduction>>,
    /// Is a broker named though the market introduced nobody?
    broker_without_introduction: bool,
    /// The parties, in the order of the contract.
    parties: Vec<PartyView>,
    /// The whole sum.
    total_amount_fen: Fen,
    /// The part paid for technology, as agreed.
    technology_amount_fen: Fen,
    /// The other parts.
    non_technology_items: Vec<NonTechnologyItem>,
    /// The parties' own statement whether buyer and seller are related.
    related_parties: bool,
    /// When what is to be paid.
    #[schema(value_type = Vec<PaymentTermFields>)]
    payment_terms: Vec<PaymentTerm>,
    /// First day of the contract's period.
    starts_on: NaiveDate,
    /// Last day of it.
    ends_on: NaiveDate,
    /// What else is agreed.
    clauses: Vec<Clause>,
    /// Which of the contract's texts, from 1, waits for signatures or is signed; null in a draft.
    #[schema(example = 1, required = true)]
    document_number: Option<i32>,
    /// The SHA-256 of that text: what the signatories sign.
    #[schema(required = true)]
    document_sha256: Option<Sha256>,
    /// Since when it waits, or waited, for signatures.
    #[schema(required = true)]
    offered_at: Option<DateTime<Utc>>,
    /// The day of the last signature.
    #[schema(required = true)]
    signed_on: Option<NaiveDate>,
    /// Where it stands with the registrar.
    recognition: RecognitionView,
    /// What has been paid in all.
    paid_amount_fen: Fen,
    /// What has been paid for technology.
    paid_technology_amount_fen: Fen,
    /// Every payment, oldest first.
    payments: Vec<PaymentView>,
}

impl From<&Dossier> for ContractView {
    fn from(dossier: &Dossier) -> Self {
        let contract = &dossier.contract;
        let (terms, offered, signed) = (&contract.terms, contract.offered(), contract.signed());
        let party = |party: &Party| {
            PartyView::of(party, dossier.identities.get(&party.organisation_id), offered)
        };
        let paid = signed.map(|signed| signed.paid).unwrap_or_default();
        Self {
            id: contract.id,
            number: contract.number.clone(),
            version: contract.version,
            status: contract.state.status(),
            created_at: contract.created_at,
            drafted_by_id: contract.drafted_by_id,
            contract_type: terms.contract_type,
            subtype: terms.subtype,
            title: terms.title.to_string(),
            domain: terms.domain,
            listing_ids: terms.listing_ids.clone(),
            introduction_id: terms.introduction_id,
            broker_without_introduction: terms.has_broker_without_introduction(),
            parties: terms.parties.iter().map(party).collect(),
            total_amount_fen: terms.total_amount_fen,
            technology_amount_fen: terms.technology_amount_fen,
            non_technology_items: terms.non_technology_items.clone(),
            related_parties: terms.related_parties,
            payment_terms: terms.payment_terms.clone(),
            starts_on: terms.starts_on,
            ends_on: terms.ends_on,
            clauses: terms.clauses.clone(),
            document_number: offered.map(|offered| offered.document_number),
            document_sha256: offered.map(|offered| offered.sha256),
            offered_at: offered.map(|offered| offered.offered_at),
            signed_on: signed.map(|signed| signed.on),
            recognition: recognition(signed),
            paid_amount_fen: paid.amount_fen,
            paid_technology_amount_fen: paid.technology_amount_fen,
            payments: dossier.payments.iter().map(PaymentView::from).collect(),
        }
    }
}

fn recognition(signed: Option<&Signed>) -> RecognitionView {
    signed.map_or_else(
        || RecognitionView::from(&Recognition::default()),
        |signed| RecognitionView::from(&signed.recognition),
    )
}

impl Resource for ContractView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/contracts/{}", self.id)
    }
}

/// A contract as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractSummary)]
pub(super) struct ContractSummaryView {
    /// Its id.
    id: Id<kinds::Contract>,
    /// Its human number.
    number: ContractNumber,
    /// Its version.
    version: Version,
    /// Where it stands between its parties.
    status: ContractStatus,
    /// When it was drafted.
    created_at: DateTime<Utc>,
    /// The type, as agreed.
    #[serde(rename = "type")]
    contract_type: ContractType,
    /// The sub-type, as agreed.
    #[schema(required = true)]
    subtype: Option<Subtype>,
    /// The contract's name.
    title: String,
    /// The field of technology.
    domain: Domain,
    /// The parties, in the order of the contract.
    parties: Vec<SummaryPartyView>,
    /// The whole sum.
    total_amount_fen: Fen,
    /// The part paid for technology, as agreed.
    technology_amount_fen: Fen,
    /// The day of the last signature.
    #[schema(required = true)]
    signed_on: Option<NaiveDate>,
    /// What has been paid in all.
    paid_amount_fen: Fen,
    /// Where it stands with the registrar.
    recognition: SummaryRecognitionView,
}

/// A party as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractSummaryParty)]
pub(super) struct SummaryPartyView {
    /// What it is there.
    role: PartyRole,
    /// Who.
    organisation_id: Id<Organisation>,
    /// Its name.
    #[schema(required = true)]
    name: Option<String>,
}

/// Where a contract stands with the registrar, as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractSummaryRecognition)]
pub(super) struct SummaryRecognitionView {
    /// Where it stands.
    status: RecognitionStatus,
    /// While it is the registrar's turn: the last day of the decision.
    #[schema(required = true)]
    decide_by: Option<NaiveDate>,
    /// May that day still move?
    decide_by_is_provisional: bool,
    /// Once recognised: the technology amount.
    #[schema(required = true)]
    technology_amount_fen: Option<Fen>,
    /// Once recognised: the number in the register.
    #[schema(required = true)]
    registration_number: Option<RegistrationNumber>,
}

impl From<Listed> for ContractSummaryView {
    fn from(Listed { row, parties }: Listed) -> Self {
        let party = |(party, identity): (Party, Option<Identity>)| SummaryPartyView {
            role: party.role,
            organisation_id: party.organisation_id,
            name: identity.map(|identity| identity.name),
        };
        Self {
            id: row.id,
            number: row.number,
            version: row.version,
            status: row.status,
            created_at: row.created_at,
            contract_type: row.contract_type,
            subtype: row.subtype,
            title: row.title.to_string(),
            domain: row.domain,
            parties: parties.into_iter().map(party).collect(),
            total_amount_fen: row.total_amount_fen,
            technology_amount_fen: row.technology_amount_fen,
            signed_on: row.signed_on,
            paid_amount_fen: row.paid_amount_fen,
            recognition: SummaryRecognitionView {
                status: row.recognition_status,
                decide_by: row.decide_by,
                decide_by_is_provisional: row.decide_by.is_some_and(is_provisional),
                technology_amount_fen: row.recognised_technology_amount_fen,
                registration_number: row.registration_number,
            },
        }
    }
}
