use chrono::NaiveDate;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};

macro_rules! introduction_event {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            /// Which introduction.
            pub introduction_id: Id<kinds::Introduction>,
            /// The need.
            pub need_id: Id<kinds::Listing>,
            /// The result or patent that may answer it.
            pub offer_id: Id<kinds::Listing>,
            /// Whose need.
            pub need_organisation_id: Id<kinds::Organisation>,
            /// Whose result or patent.
            pub offer_organisation_id: Id<kinds::Organisation>,
            /// The broker who brings them together, if any.
            pub broker_id: Option<Id<kinds::Organisation>>,
            /// Who acted.
            pub by_organisation_id: Id<kinds::Organisation>,
        }
    };
}

introduction_event! {
    /// Somebody asks two sides to talk.
    IntroductionProposed
}
introduction_event! {
    /// Both sides want to talk.
    IntroductionAccepted
}
introduction_event! {
    /// One side does not want to.
    IntroductionDeclined
}
introduction_event! {
    /// Somebody has put an end to it: nothing comes of it.
    IntroductionClosed
}

/// Not everybody has answered in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntroductionLapsed {
    /// Which introduction.
    pub introduction_id: Id<kinds::Introduction>,
    /// The need.
    pub need_id: Id<kinds::Listing>,
    /// The result or patent that may answer it.
    pub offer_id: Id<kinds::Listing>,
    /// Whose need.
    pub need_organisation_id: Id<kinds::Organisation>,
    /// Whose result or patent.
    pub offer_organisation_id: Id<kinds::Organisation>,
    /// The broker who wanted to bring them together, if any.
    pub broker_id: Option<Id<kinds::Organisation>>,
}

/// An introduction's last day comes near, and somebody has not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntroductionLapsing {
    /// Which introduction.
    pub introduction_id: Id<kinds::Introduction>,
    /// Whose answers are awaited.
    pub awaited_organisation_ids: Vec<Id<kinds::Organisation>>,
    /// The last day on which it can be accepted.
    pub lapses_on: NaiveDate,
}

/// A participant has written to the others. What it wrote they read in the introduction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntroductionMessagePosted {
    /// In which introduction.
    pub introduction_id: Id<kinds::Introduction>,
    /// Which message.
    pub message_id: Id<kinds::IntroductionMessage>,
    /// Who wrote it.
    pub by_organisation_id: Id<kinds::Organisation>,
    /// Who is to read it.
    pub to_organisation_ids: Vec<Id<kinds::Organisation>>,
}
