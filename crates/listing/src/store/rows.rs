//! The rows of `listings`, `listing_contacts` and `listing_revisions`, and the listing that they
//! tell of.

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use kernel::{
    Domain, Email, Fen, Id, Line, ListingKind, ListingStatus, Phone, PriceMode, Prose, Region,
    TransferMode, Version, kinds,
};
use schema::listing::{listing_contacts, listing_revisions, listings};
use serde_json::Value;
use store::{Failure, Outcome};

use crate::model::{
    Budget, Contact, Content, Ipc, Listing, ListingNumber, Owner, Price, Publication,
    ReturnReasons, Revision, RevisionStage, RevisionStatus, Stage, State, Trl, TrlScale,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(diesel::pg::Pg))]
pub(super) struct ListingRow {
    pub(super) id: Id<kinds::Listing>,
    version: Version,
    number: ListingNumber,
    organisation_id: Id<kinds::Organisation>,
    organisation_name: Line<200>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[diesel(embed)]
    content: ContentRow,
    #[diesel(embed)]
    state: StateRow,
}

/// What the owner writes, but for the contact.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listings, treat_none_as_null = true, check_for_backend(diesel::pg::Pg))]
pub(super) struct ContentRow {
    kind: ListingKind,
    title: Line<200>,
    summary: Prose<2000>,
    description: Option<Prose<20000>>,
    advantages: Option<Prose<2000>>,
    market_outlook: Option<Prose<2000>>,
    economic_benefits: Option<Prose<2000>>,
    keywords: Vec<Line<50>>,
    domain: Domain,
    ipc: Vec<Ipc>,
    region: Region,
    trl: Option<Trl>,
    trl_scale: Option<TrlScale>,
    trl_evidence: Option<Prose<500>>,
    stage: Option<Stage>,
    transfer_modes: Vec<TransferMode>,
    price_mode: Option<PriceMode>,
    price_fen: Option<Fen>,
    patents: Value,
    budget_min_fen: Option<Fen>,
    budget_max_fen: Option<Fen>,
    deadline: Option<NaiveDate>,
    reference: Option<Line<100>>,
    expires_on: Option<NaiveDate>,
    non_secret_declared: bool,
}

impl TryFrom<&Content> for ContentRow {
    type Error = Failure;

    fn try_from(content: &Content) -> Outcome<Self> {
        let content = content.clone();
        Ok(Self {
            kind: content.kind,
            title: content.title,
            summary: content.summary,
            description: content.description,
            advantages: content.advantages,
            market_outlook: content.market_outlook,
            economic_benefits: content.economic_benefits,
            keywords: content.keywords,
            domain: content.domain,
            ipc: content.ipc,
            region: content.region,
            trl: content.trl,
            trl_scale: content.trl_scale,
            trl_evidence: content.trl_evidence,
            stage: content.stage,
            transfer_modes: content.transfer_modes,
            price_mode: content.price.map(|price| price.mode),
            price_fen: content.price.and_then(|price| price.amount_fen),
            patents: serde_json::to_value(content.patents)?,
            budget_min_fen: content.budget.and_then(|budget| budget.min_fen),
            budget_max_fen: content.budget.and_then(|budget| budget.max_fen),
            deadline: content.deadline,
            reference: content.reference,
            expires_on: content.expires_on,
            non_secret_declared: content.non_secret_declared,
        })
    }
}

impl ContentRow {
    fn content(self, contact: Option<ContactRow>) -> Outcome<Content> {
        Ok(Content {
            kind: self.kind,
            title: self.title,
            summary: self.summary,
            description: self.description,
            advantages: self.advantages,
            market_outlook: self.market_outlook,
            economic_benefits: self.economic_benefits,
            keywords: self.keywords,
            domain: self.domain,
            ipc: self.ipc,
            region: self.region,
            trl: self.trl,
            trl_scale: self.trl_scale,
            trl_evidence: self.trl_evidence,
            stage: self.stage,
            transfer_modes: self.transfer_modes,
            price: Price::of(self.price_mode, self.price_fen),
            patents: serde_json::from_value(self.patents)?,
            budget: Budget::of(self.budget_min_fen, self.budget_max_fen),
            deadline: self.deadline,
            contact: contact.map(Contact::from),
            reference: self.reference,
            expires_on: self.expires_on,
            non_secret_declared: self.non_secret_declared,
        })
    }
}

/// Where it stands.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listings, treat_none_as_null = true, check_for_backend(diesel::pg::Pg))]
pub(super) struct StateRow {
    status: ListingStatus,
    submitted_at: Option<DateTime<Utc>>,
    published_at: Option<DateTime<Utc>>,
    stands_until: Option<NaiveDate>,
    return_reasons: Option<Value>,
    suspension_reason: Option<Prose<500>>,
    contract_id: Option<Id<kinds::Contract>>,
}

impl TryFrom<&State> for StateRow {
    type Error = Failure;

    fn try_from(state: &State) -> Outcome<Self> {
        Ok(Self {
            status: state.status(),
            submitted_at: state.submitted_at(),
            published_at: state.published_at(),
            stands_until: state.publication().map(|publication| publication.until),
            return_reasons: state.return_reasons().map(serde_json::to_value).transpose()?,
            suspension_reason: state.suspension_reason().cloned(),
            contract_id: state.contract_id(),
        })
    }
}

impl StateRow {
    /// The state that the columns tell of, if they tell of one.
    fn state(self, revision: Option<Box<Revision>>) -> Option<State> {
        let Self { submitted_at, published_at, stands_until, .. } = self;
        let publication = || {
            Some(Publication {
                submitted_at: submitted_at?,
                at: published_at?,
                until: stands_until?,
            })
        };
        Some(match self.status {
            ListingStatus::Draft => State::Draft,
            ListingStatus::Submitted => State::Submitted { at: submitted_at? },
            ListingStatus::Published => State::Published { publication: publication()?, revision },
            ListingStatus::Returned => State::Returned {
                submitted_at: submitted_at?,
                reasons: serde_json::from_value(self.return_reasons?).ok()?,
            },
            ListingStatus::Reserved => State::Reserved {
                publication: publication()?,
                revision,
                contract_id: self.contract_id?,
            },
            ListingStatus::Suspended => {
                State::Suspended { publication: publication()?, reason: self.suspension_reason? }
            }
            ListingStatus::Expired => State::Expired { publication: publication()? },
            ListingStatus::Withdrawn => State::Withdrawn { submitted_at, published_at },
            ListingStatus::Traded => {
                State::Traded { publication: publication()?, contract_id: self.contract_id? }
            }
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listing_contacts, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(super) struct ContactRow {
    name: Line<100>,
    phone: Option<Phone>,
    email: Option<Email>,
}

impl From<ContactRow> for Contact {
    fn from(ContactRow { name, phone, email }: ContactRow) -> Self {
        Self { name, phone, email }
    }
}

impl From<Contact> for ContactRow {
    fn from(Contact { name, phone, email }: Contact) -> Self {
        Self { name, phone, email }
    }
}

/// What the owner of a published listing wants it to say next.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = listing_revisions, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(super) struct RevisionRow {
    content: Value,
    status: RevisionStatus,
    submitted_at: Option<DateTime<Utc>>,
    return_reasons: Option<Value>,
}

impl TryFrom<&Revision> for RevisionRow {
    type Error = Failure;

    fn try_from(revision: &Revision) -> Outcome<Self> {
        let reasons = match &revision.stage {
            RevisionStage::Returned { reasons } => Some(serde_json::to_value(reasons)?),
            RevisionStage::Draft | RevisionStage::Submitted { .. } => None,
        };
        Ok(Self {
            content: serde_json::to_value(&revision.content)?,
            status: revision.stage.status(),
            submitted_at: revision.submitted_at(),
            return_reasons: reasons,
        })
    }
}

impl RevisionRow {
    /// The revision of a listing whom people call thus.
    fn revision(self, contact: Option<Contact>) -> Outcome<Revision> {
        let lacks = || anyhow!("a revision lacks the facts of its stage");
        let content: Content = serde_json::from_value(self.content)?;
        let stage = match self.status {
            RevisionStatus::Draft => RevisionStage::Draft,
            RevisionStatus::Submitted => {
                RevisionStage::Submitted { at: self.submitted_at.ok_or_else(lacks)? }
            }
            RevisionStatus::Returned => {
                let reasons = self.return_reasons.ok_or_else(lacks)?;
                let reasons: ReturnReasons = serde_json::from_value(reasons)?;
                RevisionStage::Returned { reasons }
            }
        };
        Ok(Revision { content: Content { contact, ..content }, stage })
    }
}

/// What is kept apart of a listing.
#[derive(Default, Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(diesel::pg::Pg))]
pub(super) struct HangingRow {
    #[diesel(embed)]
    contact: Option<ContactRow>,
    #[diesel(embed)]
    revision: Option<RevisionRow>,
}

/// A listing and everything that hangs on it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(diesel::pg::Pg))]
pub(super) struct WholeRow {
    #[diesel(embed)]
    pub(super) row: ListingRow,
    #[diesel(embed)]
    pub(super) hanging: HangingRow,
}

impl WholeRow {
    pub(super) fn listing(self) -> Outcome<Listing> {
        let Self { row, hanging: HangingRow { contact, revision } } = self;
        let id = row.id;
        let content = row.content.content(contact)?;
        let revision = revision.map(|revision| revision.revision(content.contact.clone()));
        let state = row.state.state(revision.transpose()?.map(Box::new));
        Ok(Listing {
            id,
            version: row.version,
            number: row.number,
            organisation: Owner { id: row.organisation_id, name: row.organisation_name },
            content,
            state: state.ok_or_else(|| anyhow!("{id:?} has facts of another state"))?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
