//! The text that the parties sign.

use kernel::{
    BasisPoints, ContractType, CreditCode, Domain, Fen, Id, PartyRole, Region, Sha256,
    kinds::{Introduction, Listing, Organisation},
};
use serde::Serialize;
use sha2::Digest;

use crate::model::{Contract, ContractNumber, Identities, Subtype};

/// The media type of a text.
pub const MEDIA_TYPE: &str = "application/json";

/// Names the shape of the text, so that a later shape is not mistaken for this one.
const FORMAT: &str = "xining-technology-market/contract/1";

/// A frozen text: the same contract always gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Counts the texts of a contract, from 1.
    pub number: i32,
    /// Canonical JSON (RFC 8785).
    pub content: String,
    /// Its digest.
    pub sha256: Sha256,
    /// Its parties, who may read it for ever, also when a later text names others.
    pub organisation_ids: Vec<Id<Organisation>>,
}

impl Document {
    /// Freezes the terms of a contract, with its parties as they are now, into its next text.
    ///
    /// # Errors
    /// Only if the text cannot be written as JSON.
    pub(crate) fn freeze(
        contract: &Contract,
        identities: &Identities,
    ) -> Result<Self, serde_json::Error> {
        let number = contract.documents.saturating_add(1);
        let content = serde_json::to_string(&Text::of(contract, number, identities))?;
        let sha256 = digest(content.as_bytes());
        let organisation_ids = contract.terms.organisation_ids();
        Ok(Self { number, content, sha256, organisation_ids })
    }
}

/// The SHA-256 of some bytes.
fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// The text. RFC 8785 wants members in alphabetical order, hence the order of the fields here and
/// below; serde_json writes strings and integers as the RFC wants them.
#[derive(Serialize)]
struct Text<'a> {
    clauses: Vec<Clause<'a>>,
    document_number: i32,
    domain: Domain,
    ends_on: String,
    format: &'static str,
    introduction_id: Option<Id<Introduction>>,
    listing_ids: &'a [Id<Listing>],
    non_technology_items: Vec<Item<'a>>,
    number: &'a ContractNumber,
    parties: Vec<Party<'a>>,
    payment_terms: Vec<Term<'a>>,
    related_parties: bool,
    starts_on: String,
    subtype: Option<Subtype>,
    technology_amount_fen: Fen,
    title: &'a str,
    total_amount_fen: Fen,
    #[serde(rename = "type")]
    kind: ContractType,
}

#[derive(Serialize)]
struct Clause<'a> {
    heading: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    amount_fen: Fen,
    what: &'a str,
}

#[derive(Serialize)]
struct Party<'a> {
    affiliated: Option<bool>,
    credit_code: Option<&'a CreditCode>,
    name: Option<&'a str>,
    organisation_id: Id<Organisation>,
    region: Option<&'a Region>,
    role: PartyRole,
    share_bp: BasisPoints,
}

#[derive(Serialize)]
struct Term<'a> {
    amount_fen: Fen,
    due_on: Option<String>,
    milestone: Option<&'a str>,
}

impl<'a> Text<'a> {
    fn of(contract: &'a Contract, number: i32, identities: &'a Identities) -> Self {
        let terms = &contract.terms;
        let party = |party: &crate::model::Party| {
            let identity = identities.get(&party.organisation_id);
            Party {
                affiliated: party.affiliated,
                credit_code: identity.and_then(|identity| identity.credit_code.as_ref()),
                name: identity.map(|identity| identity.name.as_str()),
                organisation_id: party.organisation_id,
                region: identity.map(|identity| &identity.region),
                role: party.role,
                share_bp: party.share_bp,
            }
        };
        let clause = |clause: &'a crate::model::Clause| Clause {
            heading: clause.heading.as_str(),
            text: clause.text.as_str(),
        };
        let item = |item: &'a crate::model::NonTechnologyItem| Item {
            amount_fen: item.amount_fen,
            what: item.what.as_str(),
        };
        let term = |term: &'a crate::model::PaymentTerm| Term {
            amount_fen: term.amount_fen,
            due_on: term.due_on().map(|date| date.to_string()),
            milestone: term.milestone().map(kernel::Line::as_str),
        };
        Self {
            clauses: terms.clauses.iter().map(clause).collect(),
            document_number: number,
            domain: terms.domain,
            ends_on: terms.ends_on.to_string(),
            format: FORMAT,
            introduction_id: terms.introduction_id,
            listing_ids: &terms.listing_ids,
            non_technology_items: terms.non_technology_items.iter().map(item).collect(),
            number: &contract.number,
            parties: terms.parties.iter().map(party).collect(),
            payment_terms: terms.payment_terms.iter().map(term).collect(),
            related_parties: terms.related_parties,
            starts_on: terms.starts_on.to_string(),
            subtype: terms.subtype,
            technology_amount_fen: terms.technology_amount_fen,
            title: terms.title.as_str(),
            total_amount_fen: terms.total_amount_fen,
            kind: terms.contract_type,
        }
    }
}
