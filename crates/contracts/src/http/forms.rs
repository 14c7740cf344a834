//! What comes in.

use chrono::NaiveDate;
use kernel::{
    BasisPoints, Change, ContractStatus, ContractType, Domain, Fen, Id, Line, PartyRole, Prose,
    RecognitionStatus, RegistrationNumber, Sha256,
    kinds::{Introduction, Listing, Organisation},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    model::{
        Clause, NewPayment, NonTechnologyItem, Party, PaymentTerm, PaymentTermFields, Recognised,
        RecognitionRefusal, RefusalGround, Subtype, TermsChange, UncheckedTerms,
    },
    queries::Wanted,
};

/// An organisation in a contract.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContractParty)]
pub(super) struct PartyForm {
    /// What it is there.
    role: PartyRole,
    /// Who.
    organisation_id: Id<Organisation>,
    /// Its share among those of the same role; these add up to 10000.
    #[schema(value_type = u16, minimum = 1, maximum = 10000, example = 10000)]
    share_bp: BasisPoints,
    /// Demanded of a broker, and only of a broker: is it related to another party? An affiliated
    /// broker gets no award.
    affiliated: Option<bool>,
}

impl From<PartyForm> for Party {
    fn from(form: PartyForm) -> Self {
        let PartyForm { role, organisation_id, share_bp, affiliated } = form;
        Self { role, organisation_id, share_bp, affiliated }
    }
}

/// The terms of a new contract.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContract, example = json!({
    "type": "transfer", "subtype": "patent_right_transfer",
    "title": "钙钛矿叠层光伏组件封装技术转让合同", "domain": "solar_energy",
    "listing_ids": ["019cc0de-7b00-7c3e-8a51-0d6f3b2a9e21"],
    "introduction_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e31",
    "parties": [
        { "role": "seller", "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "share_bp": 10000 },
        { "role": "buyer", "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e12", "share_bp": 10000 },
        { "role": "broker", "organisation_id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e13", "share_bp": 10000, "affiliated": false }
    ],
    "total_amount_fen": 120_000_000, "technology_amount_fen": 100_000_000,
    "non_technology_items": [{ "what": "封装试验设备一套", "amount_fen": 20_000_000 }],
    "related_parties": false,
    "payment_terms": [
        { "due_on": "2026-04-30", "amount_fen": 60_000_000 },
        { "milestone": "技术资料交付并验收合格", "amount_fen": 60_000_000 }
    ],
    "starts_on": "2026-04-01", "ends_on": "2028-03-31",
    "clauses": [{ "heading": "技术资料的交付", "text": "卖方应于合同生效后三十日内交付全部技术资料。" }]
}))]
pub(super) struct CreateContractForm {
    /// One of the five types of the Civil Code.
    #[serde(rename = "type")]
    contract_type: ContractType,
    /// A sub-type of that type.
    subtype: Option<Subtype>,
    /// The contract's name.
    title: Line<200>,
    /// The field of technology.
    domain: Domain,
    /// What is dealt: listings of the parties.
    #[serde(default)]
    #[schema(max_items = 50)]
    listing_ids: Vec<Id<Listing>>,
    /// The accepted introduction that it came of: its sides are buyer and seller, its broker is
    /// the broker.
    introduction_id: Option<Id<Introduction>>,
    /// At least one seller and one buyer, at most 20 of each role, each organisation once.
    #[schema(min_items = 2, max_items = 60)]
    parties: Vec<PartyForm>,
    /// The whole sum: technology and everything else.
    total_amount_fen: Fen,
    /// The part paid for technology, on which subsidies are computed.
    technology_amount_fen: Fen,
    /// The other parts: equipment, materials and the like.
    #[serde(default)]
    #[schema(max_items = 100)]
    non_technology_items: Vec<NonTechnologyItem>,
    /// The parties' own statement whether buyer and seller are related.
    related_parties: bool,
    /// When what is to be paid; if given, it adds up to the total.
    #[serde(default)]
    #[schema(value_type = Vec<PaymentTermFields>, max_items = 100)]
    payment_terms: Vec<PaymentTerm>,
    /// First day of the contract's period.
    starts_on: NaiveDate,
    /// Last day of it.
    ends_on: NaiveDate,
    /// What else is agreed, in order.
    #[serde(default)]
    #[schema(max_items = 200)]
    clauses: Vec<Clause>,
}

impl From<CreateContractForm> for UncheckedTerms {
    fn from(form: CreateContractForm) -> Self {
        Self {
            contract_type: form.contract_type,
            subtype: form.subtype,
            title: form.title,
            domain: form.domain,
            listing_ids: form.listing_ids,
            introduction_id: form.introduction_id,
            parties: form.parties.into_iter().map(Party::from).collect(),
            total_amount_fen: form.total_amount_fen,
            technology_amount_fen: form.technology_amount_fen,
            non_technology_items: form.non_technology_items,
            related_parties: form.related_parties,
            payment_terms: form.payment_terms,
            starts_on: form.starts_on,
            ends_on: form.ends_on,
            clauses: form.clauses,
        }
    }
}

/// Other terms of a draft: what is left out stays, lists are replaced as a whole.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContractChange, example = json!({
    "total_amount_fen": 130_000_000,
    "non_technology_items": [{ "what": "封装试验设备一套", "amount_fen": 30_000_000 }],
    "payment_terms": null
}))]
pub(super) struct UpdateContractForm {
    /// Another type.
    #[serde(rename = "type", default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    contract_type: Option<ContractType>,
    /// Another sub-type; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Subtype>)]
    subtype: Change<Subtype>,
    /// Another name.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    title: Option<Line<200>>,
    /// Another field.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    domain: Option<Domain>,
    /// Other listings; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Id<Listing>>>)]
    listing_ids: Change<Vec<Id<Listing>>>,
    /// Another introduction; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Id<Introduction>>)]
    introduction_id: Change<Id<Introduction>>,
    /// Other parties, one's own organisation among them.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    parties: Option<Vec<PartyForm>>,
    /// Another sum.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    total_amount_fen: Option<Fen>,
    /// Another sum for technology.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    technology_amount_fen: Option<Fen>,
    /// Other parts; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<NonTechnologyItem>>)]
    non_technology_items: Change<Vec<NonTechnologyItem>>,
    /// Another statement on related parties.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    related_parties: Option<bool>,
    /// Other payment terms; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<PaymentTermFields>>)]
    payment_terms: Change<Vec<PaymentTerm>>,
    /// Another first day.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    starts_on: Option<NaiveDate>,
    /// Another last day.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    ends_on: Option<NaiveDate>,
    /// Other clauses; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Clause>>)]
    clauses: Change<Vec<Clause>>,
}

impl From<UpdateContractForm> for TermsChange {
    fn from(form: UpdateContractForm) -> Self {
        let parties = form.parties.map(|list| list.into_iter().map(Party::from).collect());
        Self {
            contract_type: form.contract_type,
            subtype: form.subtype,
            title: form.title,
            domain: form.domain,
            listing_ids: form.listing_ids,
            introduction_id: form.introduction_id,
            parties,
            total_amount_fen: form.total_amount_fen,
            technology_amount_fen: form.technology_amount_fen,
            non_technology_items: form.non_technology_items,
            related_parties: form.related_parties,
            payment_terms: form.payment_terms,
            starts_on: form.starts_on,
            ends_on: form.ends_on,
            clauses: form.clauses,
        }
    }
}

/// What a signatory signs.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContractSignatureRequest, example = json!({
    "document_sha256": "7c2f6d1f0a94b1f3f7f7d0f58a5c9e6c0f1a2b3c4d5e6f708192a3b4c5d6e7f8"
}))]
pub(super) struct SignContractForm {
    /// The SHA-256 of the text as it was read.
    pub(super) document_sha256: Sha256,
}

/// What the registrar wants.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupplementRequest, example = json!({ "what": "请补充专利登记簿副本及非技术金额明细表。" }))]
pub(super) struct RequestSupplementForm {
    /// What is missing.
    pub(super) what: Prose<2000>,
}

/// What is recognised.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecognitionDecision, example = json!({
    "type": "transfer", "subtype": "patent_right_transfer",
    "technology_amount_fen": 100_000_000, "registration_number": "2026630100000123"
}))]
pub(super) struct RecogniseContractForm {
    /// As which type.
    #[serde(rename = "type")]
    contract_type: ContractType,
    /// As which sub-type of it; the agreed one if the type is as agreed and nothing is said here. A
    /// transfer needs one.
    subtype: Option<Subtype>,
    /// The technology amount: more than nothing, at most the contract's total.
    technology_amount_fen: Fen,
    /// The number in the register; no other contract's.
    registration_number: RegistrationNumber,
    /// What else is to be said.
    remarks: Option<Prose<2000>>,
}

impl From<RecogniseContractForm> for Recognised {
    fn from(form: RecogniseContractForm) -> Self {
        Self {
            contract_type: form.contract_type,
            subtype: form.subtype,
            technology_amount_fen: form.technology_amount_fen,
            registration_number: form.registration_number,
            remarks: form.remarks,
        }
    }
}

/// Why recognition is refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecognitionRefusal, example = json!({
    "reasons": [{ "reason": "documents_missing_or_unfit", "text": "未附专利权属证明。" }]
}))]
pub(super) struct RefuseRecognitionForm {
    /// At least one of the listed reasons, each once.
    #[schema(min_items = 1)]
    reasons: Vec<RefusalGround>,
}

impl From<RefuseRecognitionForm> for RecognitionRefusal {
    fn from(RefuseRecognitionForm { reasons }: RefuseRecognitionForm) -> Self {
        Self { reasons }
    }
}

/// What has been paid.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContractPayment, example = json!({
    "paid_on": "2026-04-28", "amount_fen": 60_000_000, "technology_amount_fen": 50_000_000,
    "reference": "中国银行回单 20260428-0017"
}))]
pub(super) struct RecordPaymentForm {
    /// When it was paid; not later than today.
    paid_on: NaiveDate,
    /// How much.
    amount_fen: Fen,
    /// How much of it for technology.
    technology_amount_fen: Fen,
    /// The receipt's or invoice's number.
    reference: Option<Line<100>>,
}

impl From<RecordPaymentForm> for NewPayment {
    fn from(form: RecordPaymentForm) -> Self {
        let RecordPaymentForm { paid_on, amount_fen, technology_amount_fen, reference } = form;
        Self { paid_on, amount_fen, technology_amount_fen, reference }
    }
}

/// Which contracts are listed.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ContractFilterForm {
    /// Where they stand between their parties.
    status: Option<ContractStatus>,
    /// Where they stand with the registrar; `applied` lists by deadline, the nearest first.
    recognition_status: Option<RecognitionStatus>,
    /// What the organisation is in them.
    role: Option<PartyRole>,
    /// Whose; another organisation than one's own only for staff.
    #[param(value_type = Option<String>, format = "uuid")]
    organisation: Option<Id<Organisation>>,
}

impl From<ContractFilterForm> for Wanted {
    fn from(form: ContractFilterForm) -> Self {
        let ContractFilterForm { status, recognition_status, role, organisation } = form;
        Self { organisation, role, status, recognition_status }
    }
}

/// Which text of a contract.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DocumentFilterForm {
    /// The number of the text; without it, the one that waits for signatures or is signed.
    #[param(minimum = 1)]
    pub(super) number: Option<i32>,
}
