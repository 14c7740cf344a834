//! What domains announce to one another and to the world: the facts of the moment, so that a
//! hearer never has to read the teller's tables.
//!
//! An event is written in the transaction of the change that it tells of, and delivered at least
//! once, in order per aggregate. Fields may be added, never renamed or taken away.

mod award;
mod contract;
mod disclosure;
mod introduction;
mod listing;
mod organisation;
mod saved_search;

pub use award::{AwardComputed, AwardProjected};
pub use contract::{
    ContractFacts, ContractOffered, ContractParty, ContractPaymentRecorded, ContractRecognised,
    ContractRecognitionRefused, ContractSigned, ContractWithdrawn,
};
pub use disclosure::{
    DisclosureGranted, DisclosureRefused, DisclosureRequested, DisclosureRevoked,
};
pub use introduction::{
    IntroductionAccepted, IntroductionClosed, IntroductionDeclined, IntroductionLapsed,
    IntroductionLapsing, IntroductionMessagePosted, IntroductionProposed,
};
pub use listing::{
    ListingCompared, ListingExpired, ListingExpiring, ListingFacts, ListingPublished,
    ListingReserved, ListingReturned, ListingSuspended, ListingTraded, ListingWithdrawn,
};
pub use organisation::{OrganisationSuspended, OrganisationVerified};
pub use saved_search::SavedSearchHit;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The thing that an event is about; events of one aggregate are delivered in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Aggregate {
    /// The glossary's word: `listing`, `contract` …
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
}

macro_rules! events {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, $kind:literal $field:ident; )+) => {
        /// Something that has happened.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "type", content = "data")]
        pub enum Event {
            $( $(#[$doc])* #[serde(rename = $text)] $name($name), )+
        }

        impl Event {
            /// Every event's name.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The event's name, as webhooks and the event feed spell it.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $text,)+ }
            }

            /// What it is about.
            #[must_use]
            pub const fn aggregate(&self) -> Aggregate {
                match self {
                    $(Self::$name(event) => Aggregate { kind: $kind, id: event.$field.uuid() },)+
                }
            }
        }

        $(
            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )+
    };
}

events! {
    /// An operator has checked an organisation.
    OrganisationVerified = "organisation.verified", "organisation" organisation_id;
    /// An operator has shut an organisation out.
    OrganisationSuspended = "organisation.suspended", "organisation" organisation_id;
    /// A listing can be seen by everybody.
    ListingPublished = "listing.published", "listing" listing_id;
    /// A published listing is being compared with the searches that people keep.
    ListingCompared = "listing.compared", "listing" listing_id;
    /// An operator has sent a listing back.
    ListingReturned = "listing.returned", "listing" listing_id;
    /// Its owner has taken a listing back.
    ListingWithdrawn = "listing.withdrawn", "listing" listing_id;
    /// An operator has taken a listing down.
    ListingSuspended = "listing.suspended", "listing" listing_id;
    /// A listing's last day comes near.
    ListingExpiring = "listing.expiring", "listing" listing_id;
    /// A listing's last day is over.
    ListingExpired = "listing.expired", "listing" listing_id;
    /// A listing is held for an offered contract.
    ListingReserved = "listing.reserved", "listing" listing_id;
    /// A contract has taken a listing off the market.
    ListingTraded = "listing.traded", "listing" listing_id;
    /// An organisation asks to see what is protected of a listing.
    DisclosureRequested = "disclosure.requested", "disclosure" disclosure_id;
    /// The listing's owner lets it.
    DisclosureGranted = "disclosure.granted", "disclosure" disclosure_id;
    /// The listing's owner does not.
    DisclosureRefused = "disclosure.refused", "disclosure" disclosure_id;
    /// The listing's owner no longer does.
    DisclosureRevoked = "disclosure.revoked", "disclosure" disclosure_id;
    /// Something new answers a search that somebody keeps.
    SavedSearchHit = "saved_search.hit", "saved_search" saved_search_id;
    /// Somebody asks two sides to talk.
    IntroductionProposed = "introduction.proposed", "introduction" introduction_id;
    /// Both sides want to talk.
    IntroductionAccepted = "introduction.accepted", "introduction" introduction_id;
    /// One side does not.
    IntroductionDeclined = "introduction.declined", "introduction" introduction_id;
    /// The last day on which it can be accepted comes near.
    IntroductionLapsing = "introduction.lapsing", "introduction" introduction_id;
    /// That day is over.
    IntroductionLapsed = "introduction.lapsed", "introduction" introduction_id;
    /// They have talked, and nothing comes of it.
    IntroductionClosed = "introduction.closed", "introduction" introduction_id;
    /// A participant has written to the others.
    IntroductionMessagePosted = "introduction.message_posted", "introduction" introduction_id;
    /// A contract's text is frozen and waits for signatures.
    ContractOffered = "contract.offered", "contract" contract_id;
    /// An offered text has been taken back.
    ContractWithdrawn = "contract.withdrawn", "contract" contract_id;
    /// Every party has signed.
    ContractSigned = "contract.signed", "contract" contract_id;
    /// The registrar has recognised and registered a contract.
    ContractRecognised = "contract.recognised", "contract" contract_id;
    /// The registrar has refused to.
    ContractRecognitionRefused = "contract.recognition_refused", "contract" contract_id;
    /// Money has been paid under a contract.
    ContractPaymentRecorded = "contract.payment_recorded", "contract" contract_id;
    /// What recognition would bring has been computed.
    AwardProjected = "award.projected", "award" award_id;
    /// An award has been computed from a recognised contract.
    AwardComputed = "award.computed", "award" award_id;
}
