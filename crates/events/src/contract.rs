use chrono::NaiveDate;
use kernel::{
    BasisPoints, ContractType, Fen, Id, OrganisationKind, PartyRole, Region, RegistrationNumber,
    Sha256, kinds,
};
use serde::{Deserialize, Serialize};

/// An organisation in a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractParty {
    /// What it is there.
    pub role: PartyRole,
    /// Who.
    pub organisation_id: Id<kinds::Organisation>,
    /// Its name at signing.
    pub name: String,
    /// What it is. Not everybody may be rewarded as a buyer or a broker.
    pub kind: OrganisationKind,
    /// Where it belonged at signing.
    pub region: Region,
    /// Its share among those of the same role.
    pub share_bp: BasisPoints,
    /// Is it related to another party? Only asked of brokers.
    pub affiliated: bool,
    /// Is it a state organ? Those are no beneficiaries.
    pub state_organ: bool,
    /// Is it a legal person? Only those are beneficiaries as buyers.
    pub legal_person: bool,
}

/// What a contract says, as far as others need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFacts {
    /// Its title.
    pub title: String,
    /// Its type; after recognition, as recognised.
    pub contract_type: ContractType,
    /// Its sub-type.
    pub subtype: Option<String>,
    /// Sellers, buyers, brokers, in the order of the contract.
    pub parties: Vec<ContractParty>,
    /// Are buyer and seller related parties?
    pub related_parties: bool,
    /// The whole sum.
    pub total_amount_fen: Fen,
    /// The part paid for technology; after recognition, as recognised.
    pub technology_amount_fen: Fen,
    /// What has been paid for technology so far.
    pub paid_technology_amount_fen: Fen,
    /// The day of the last signature.
    pub signed_on: NaiveDate,
    /// The day of recognition.
    pub recognised_on: Option<NaiveDate>,
    /// The introduction that it came of.
    pub introduction_id: Option<Id<kinds::Introduction>>,
    /// What is dealt.
    pub listing_ids: Vec<Id<kinds::Listing>>,
}

/// A contract's text is frozen and waits for signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractOffered {
    /// Which contract.
    pub contract_id: Id<kinds::Contract>,
    /// Of whom signatures are awaited.
    pub organisation_ids: Vec<Id<kinds::Organisation>>,
    /// What they sign.
    pub document_sha256: Sha256,
    /// Which of them offers it.
    pub offered_by: Id<kinds::Organisation>,
    /// The contract's type.
    pub contract_type: ContractType,
    /// Who sells.
    pub sellers: Vec<Id<kinds::Organisation>>,
    /// Who buys.
    pub buyers: Vec<Id<kinds::Organisation>>,
    /// What is dealt.
    pub listing_ids: Vec<Id<kinds::Listing>>,
}

/// An offered text has been taken back: the contract is a draft again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractWithdrawn {
    /// Which contract.
    pub contract_id: Id<kinds::Contract>,
    /// Its parties.
    pub organisation_ids: Vec<Id<kinds::Organisation>>,
    /// What was dealt.
    pub listing_ids: Vec<Id<kinds::Listing>>,
}

/// Every party has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractSigned {
    /// Which contract.
    pub contract_id: Id<kinds::Contract>,
    /// What it says.
    pub contract: ContractFacts,
}

/// The registrar has recognised and registered a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRecognised {
    /// Which contract.
    pub contract_id: Id<kinds::Contract>,
    /// What it says, as recognised.
    pub contract: ContractFacts,
    /// Its number in the register.
    pub registration_number: RegistrationNumber,
}

/// The registrar has refused to recognise a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRecognitionRefused {
    /// Which contract.
    pub contract_id: Id<kinds::Contract>,
    /// Its parties.
    pub organisation_ids: Vec<Id<kinds::Organisation>>,
    /// Why.
    pub reasons: Vec<String>,
}

/// Money has been paid under a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractPaymentRecorded {
    /// Under which contract.
    pub contract_id: Id<kinds::Contract>,
    /// Which payment.
    pub payment_id: Id<kinds::Payment>,
    /// How much.
    pub amount_fen: Fen,
    /// How much of it for technology.
    pub technology_amount_fen: Fen,
    /// What the contract says, and what has been paid in all.
    pub contract: ContractFacts,
}
