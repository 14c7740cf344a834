//! A contract as columns, and back.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    pg::Pg,
    prelude::{AsChangeset, Insertable, Queryable, Selectable},
};
use kernel::{
    BasisPoints, ContractStatus, ContractType, CreditCode, Domain, Fen, Id, Line, OrganisationKind,
    PartyRole, Prose, RecognitionStatus, Region, RegistrationNumber, Sha256, Version,
    kinds::{self, Account, Introduction, Listing, Organisation},
};
use schema::contracts::contracts;
use serde::Deserialize;
use serde_json::Value;
use store::Outcome;

use crate::model::{
    Contract, ContractNumber, Identity, Party, Recognised, RecognitionRefusal, RefusalGround,
    Signature, State, Step, StepFacts, Subtype, Terms, UncheckedTerms,
};

/// What never changes, and the version.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = contracts, check_for_backend(Pg))]
pub(super) struct HeadRow {
    pub(super) id: Id<kinds::Contract>,
    pub(super) version: Version,
    pub(super) number: ContractNumber,
    pub(super) created_at: DateTime<Utc>,
    pub(super) drafted_by_id: Id<Organisation>,
}

impl From<&Contract> for HeadRow {
    fn from(contract: &Contract) -> Self {
        Self {
            id: contract.id,
            version: contract.version,
            number: contract.number.clone(),
            created_at: contract.created_at,
            drafted_by_id: contract.drafted_by_id,
        }
    }
}

/// What the parties agree, without parties and listings, which have tables of their own.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = contracts, check_for_backend(Pg), treat_none_as_null = true)]
pub(super) struct TermsRow {
    contract_type: ContractType,
    subtype: Option<Subtype>,
    title: Line<200>,
    domain: Domain,
    introduction_id: Option<Id<Introduction>>,
    total_amount_fen: Fen,
    technology_amount_fen: Fen,
    non_technology_items: Value,
    related_parties: bool,
    payment_terms: Value,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    clauses: Value,
}

impl TermsRow {
    pub(super) fn of(terms: &Terms) -> Outcome<Self> {
        Ok(Self {
            contract_type: terms.contract_type,
            subtype: terms.subtype,
            title: terms.title.clone(),
            domain: terms.domain,
            introduction_id: terms.introduction_id,
            total_amount_fen: terms.total_amount_fen,
            technology_amount_fen: terms.technology_amount_fen,
            non_technology_items: serde_json::to_value(&terms.non_technology_items)?,
            related_parties: terms.related_parties,
            payment_terms: serde_json::to_value(&terms.payment_terms)?,
            starts_on: terms.starts_on,
            ends_on: terms.ends_on,
            clauses: serde_json::to_value(&terms.clauses)?,
        })
    }

    pub(super) fn into_terms(
        self,
        parties: &[PartyRow],
        listing_ids: Vec<Id<Listing>>,
    ) -> Outcome<Terms> {
        Ok(Terms::stored(UncheckedTerms {
            contract_type: self.contract_type,
            subtype: self.subtype,
            title: self.title,
            domain: self.domain,
            listing_ids,
            introduction_id: self.introduction_id,
            parties: parties.iter().map(PartyRow::party).collect(),
            total_amount_fen: self.total_amount_fen,
            technology_amount_fen: self.technology_amount_fen,
            non_technology_items: serde_json::from_value(self.non_technology_items)?,
            related_parties: self.related_parties,
            payment_terms: serde_json::from_value(self.payment_terms)?,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            clauses: serde_json::from_value(self.clauses)?,
        }))
    }
}

/// Where it stands; the facts of the newest text and step are in their own tables.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = contracts, check_for_backend(Pg), treat_none_as_null = true)]
pub(super) struct StateRow {
    pub(super) status: ContractStatus,
    pub(super) document_number: Option<i32>,
    pub(super) signed_on: Option<NaiveDate>,
    pub(super) paid_amount_fen: Fen,
    pub(super) paid_technology_amount_fen: Fen,
    recognition_status: RecognitionStatus,
    recognition_step: Option<i32>,
    decide_by: Option<NaiveDate>,
    recognised_technology_amount_fen: Option<Fen>,
    registration_number: Option<RegistrationNumber>,
}

impl From<&Contract> for StateRow {
    fn from(contract: &Contract) -> Self {
        let mut row = Self {
            status: contract.state.status(),
            document_number: Some(contract.documents).filter(|number| *number > 0),
            signed_on: None,
            paid_amount_fen: Fen::ZERO,
            paid_technology_amount_fen: Fen::ZERO,
            recognition_status: RecognitionStatus::None,
            recognition_step: None,
            decide_by: None,
            recognised_technology_amount_fen: None,
            registration_number: None,
        };
        let State::Signed(signed) = &contract.state else { return row };
        let recognised = signed.recognition.recognised();
        row.signed_on = Some(signed.on);
        row.paid_amount_fen = signed.paid.amount_fen;
        row.paid_technology_amount_fen = signed.paid.technology_amount_fen;
        row.recognition_status = signed.recognition.status();
        row.recognition_step = signed.recognition.newest().map(|step| step.number);
        row.decide_by = signed.recognition.decide_by();
        row.recognised_technology_amount_fen = recognised.map(|(r, _)| r.technology_amount_fen);
        row.registration_number = recognised.map(|(r, _)| r.registration_number.clone());
        row
    }
}

/// A party, as the database writes it in JSON.
#[derive(Debug, Deserialize)]
pub(super) struct PartyRow {
    pub(super) organisation_id: Id<Organisation>,
    role: PartyRole,
    share_bp: BasisPoints,
    affiliated: Option<bool>,
    name: Option<String>,
    kind: Option<OrganisationKind>,
    credit_code: Option<CreditCode>,
    region: Option<Region>,
    state_organ: Option<bool>,
}

impl PartyRow {
    pub(super) const fn party(&self) -> Party {
        Party {
            role: self.role,
            organisation_id: self.organisation_id,
            share_bp: self.share_bp,
            affiliated: self.affiliated,
        }
    }

    /// What was frozen of it, if anything was.
    pub(super) fn identity(self) -> Option<Identity> {
        Some(Identity {
            name: self.name?,
            kind: self.kind?,
            credit_code: self.credit_code,
            region: self.region?,
            state_organ: self.state_organ?,
        })
    }
}

/// A frozen text without its words.
#[derive(Debug, Deserialize)]
pub(super) struct DocumentRow {
    pub(super) sha256: Sha256,
    pub(super) offered_at: DateTime<Utc>,
}

/// A signature.
#[derive(Debug, Deserialize)]
pub(super) struct SignatureRow {
    organisation_id: Id<Organisation>,
    account_id: Id<Account>,
    signed_at: DateTime<Utc>,
}

impl From<SignatureRow> for Signature {
    fn from(row: SignatureRow) -> Self {
        let SignatureRow { organisation_id, account_id, signed_at } = row;
        Self { organisation_id, account_id, signed_at }
    }
}

/// A step of recognition.
#[derive(Debug, Deserialize)]
pub(super) struct StepRow {
    number: i32,
    status: RecognitionStatus,
    taken_at: DateTime<Utc>,
    account_id: Id<Account>,
    decide_by: Option<NaiveDate>,
    words: Option<Prose<2000>>,
    refusal_reasons: Option<Vec<RefusalGround>>,
    contract_type: Option<ContractType>,
    subtype: Option<Subtype>,
    technology_amount_fen: Option<Fen>,
    registration_number: Option<RegistrationNumber>,
}

impl StepRow {
    /// The step; `None` if a fact is missing that its status has, which the table forbids.
    pub(super) fn step(self) -> Option<Step> {
        let facts = match self.status {
            RecognitionStatus::Applied => StepFacts::Applied { decide_by: self.decide_by? },
            RecognitionStatus::SupplementRequested => {
                StepFacts::SupplementRequested { what: self.words? }
            }
            RecognitionStatus::Recognised => StepFacts::Recognised(Recognised {
                contract_type: self.contract_type?,
                subtype: self.subtype,
                technology_amount_fen: self.technology_amount_fen?,
                registration_number: self.registration_number?,
                remarks: self.words,
            }),
            RecognitionStatus::Refused => {
                StepFacts::Refused(RecognitionRefusal { reasons: self.refusal_reasons? })
            }
            RecognitionStatus::None | RecognitionStatus::Cancelled | RecognitionStatus::Revoked => {
                return None;
            }
        };
        let Self { number, taken_at, account_id, .. } = self;
        Some(Step { number, taken_at, account_id, facts })
    }
}

/// A payment.
#[derive(Debug, Deserialize)]
pub(super) struct PaymentRow {
    pub(super) id: Id<kinds::Payment>,
    pub(super) paid_on: NaiveDate,
    pub(super) amount_fen: Fen,
    pub(super) technology_amount_fen: Fen,
    pub(super) reference: Option<Line<100>>,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) account_id: Id<Account>,
}
