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
