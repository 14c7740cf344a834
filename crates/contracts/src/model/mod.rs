//! What a contract is, which states it passes through and which rules hold it together. Pure: no
//! database, no HTTP, no clock.

mod change;
mod contract;
mod document;
mod facts;
mod identity;
mod number;
mod payment;
mod payment_term;
mod recognition;
mod subtype;
mod surroundings;
mod terms;
mod working_days;

#[cfg(test)]
mod tests;

pub use change::TermsChange;
pub use contract::{Contract, Offered, Signature, Signed, State};
pub use document::{Document, MEDIA_TYPE};
pub use identity::{Identities, Identity};
pub use number::ContractNumber;
pub use payment::{NewPayment, Paid, Payment};
pub use payment_term::{Due, PaymentTerm, PaymentTermFields};
pub use recognition::{
    Recognised, Recognition, RecognitionRefusal, RefusalGround, RefusalReason, Step, StepFacts,
    decision_days,
};
pub use subtype::Subtype;
pub use surroundings::{IntroductionFacts, ListingFacts, OrganisationFacts, Surroundings};
pub use terms::{Clause, NonTechnologyItem, Party, Terms, UncheckedTerms};
pub use working_days::WorkingDays;

pub(crate) use terms::{amount_zero, strange_date};
