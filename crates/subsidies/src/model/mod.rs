//! Policies and the calculation: pure, exact, explained.

mod application;
mod assessment;
mod book;
mod calculation;
mod condition;
mod contract;
mod exact;
mod explanation;
mod policy;
mod request;

pub use application::{
    AllianceFacts, Application, AssessmentMark, EntityTitleFacts, IncomeFacts, IncubatorFacts,
    IncubatorLevel, MajorProjectFacts, PilotPlatformFacts, PlatformLevel, RdPlatformFacts,
    ReadFacts, WorkstationFacts,
};
pub use assessment::{AssessmentKind, FrozenFacts};
pub use book::{Compiled, PolicyBook};
pub use calculation::{
    Award, Beneficiary, BeneficiaryRole, Calculation, Distribution, FundingPart, NotAwarded,
    PayableBefore,
};
pub use contract::{Broker, Buyer, ContractCase};
pub use explanation::Step;
pub use policy::{
    Article, ConditionText, Example, Instrument, Parameters, Parts, Pays, Policy, Rule, Source,
};
pub use request::{ApplicationRequest, Faults, Request};

/// A calculation that did not come about, though the request was right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A sum left the range of money.
    #[error("a sum is out of range")]
    OutOfRange,
    /// A condition of the policy could not be judged.
    #[error("rule {rule}: {fault}")]
    Condition {
        /// Of which rule.
        rule: String,
        /// What was wrong.
        fault: String,
    },
    /// Two rules of one exclusive group apply at once.
    #[error("rules of the exclusive group `{0}` apply at once")]
    Exclusive(String),
}
