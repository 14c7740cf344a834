use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Domain, Fen, Id, ListingKind, PriceMode, Region, TransferMode, Version, kinds};
use serde::{Deserialize, Serialize};

/// What everybody may read of a published listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListingFacts {
    /// The human number, such as `L2026-000123`.
    pub number: String,
    /// What is listed.
    pub kind: ListingKind,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
    /// The owner's name.
    pub organisation_name: String,
    /// One line.
    pub title: String,
    /// The public summary.
    #[serde(rename = "abstract")]
    pub summary: String,
    /// More, if anything.
    pub description: Option<String>,
    /// The owner's own keywords.
    pub keywords: Vec<String>,
    /// The field.
    pub domain: Domain,
    /// Where.
    pub region: Region,
    /// Technology readiness level, 1 to 9.
    pub trl: Option<u8>,
    /// How it may change hands (an offer), or is wanted to (a need).
    pub transfer_modes: Vec<TransferMode>,
    /// How the price is found.
    pub price_mode: Option<PriceMode>,
    /// The price, where there is one.
    pub price_fen: Option<Fen>,
    /// What a need has to spend, at least.
    pub budget_min_fen: Option<Fen>,
    /// What a need has to spend, at most.
    pub budget_max_fen: Option<Fen>,
    /// Until when a need is open.
    pub deadline: Option<NaiveDate>,
}

/// A listing can be seen by everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListingPublished {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// In which version.
    pub version: Version,
    /// When, first.
    pub published_at: DateTime<Utc>,
    /// Since when it says this; left out by who told it earlier.
    #[serde(default)]
    pub said_at: Option<DateTime<Utc>>,
    /// What it says.
    pub listing: ListingFacts,
}

/// A published listing has been compared with some of the searches that people keep; the rest come
/// next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingCompared {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Since when it says what it was compared by.
    pub said_at: DateTime<Utc>,
    /// Up to which search, in the order of their ids.
    pub up_to: Id<kinds::SavedSearch>,
}

/// An operator has sent a listing back to its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingReturned {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
    /// Why.
    pub reasons: Vec<String>,
}

/// Its owner has taken a listing back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingWithdrawn {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
}

/// An operator has taken a listing down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingSuspended {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
    /// Why.
    pub reason: String,
}

/// A listing's last day comes near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingExpiring {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
    /// Its last day.
    pub until: NaiveDate,
}

/// A listing's last day is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingExpired {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
}

/// A listing is held for a contract that its owner has offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingReserved {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
    /// The contract.
    pub contract_id: Id<kinds::Contract>,
}

/// A contract has taken a listing off the market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingTraded {
    /// Which one.
    pub listing_id: Id<kinds::Listing>,
    /// Its owner.
    pub organisation_id: Id<kinds::Organisation>,
    /// The contract.
    pub contract_id: Id<kinds::Contract>,
}
