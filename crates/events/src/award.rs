use kernel::{Fen, Id, kinds};
use serde::{Deserialize, Serialize};

macro_rules! award_event {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            /// Which award.
            pub award_id: Id<kinds::Award>,
            /// From which contract.
            pub contract_id: Id<kinds::Contract>,
            /// Whose.
            pub beneficiary_id: Id<kinds::Organisation>,
            /// By which rule of which policy version.
            pub rule: String,
            /// The policy version, `id@version`.
            pub policy: String,
            /// What is due in all.
            pub entitlement_fen: Fen,
            /// What may be paid now.
            pub payable_fen: Fen,
        }
    };
}

award_event! {
    /// What recognition would bring; nobody's claim.
    AwardProjected
}
award_event! {
    /// An award has been computed from a recognised contract.
    AwardComputed
}
