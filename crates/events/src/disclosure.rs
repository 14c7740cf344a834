use chrono::NaiveDate;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};

macro_rules! disclosure_event {
    ($(#[$doc:meta])* $name:ident $({ $( $(#[$fdoc:meta])* $field:ident: $kind:ty, )+ })?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            /// Which request.
            pub disclosure_id: Id<kinds::Disclosure>,
            /// The listing of which something is protected.
            pub listing_id: Id<kinds::Listing>,
            /// Whose listing.
            pub owner_id: Id<kinds::Organisation>,
            /// Who asked.
            pub organisation_id: Id<kinds::Organisation>,
            $($( $(#[$fdoc])* pub $field: $kind, )+)?
        }
    };
}

disclosure_event! {
    /// An organisation asks to see what is protected of a listing.
    DisclosureRequested
}
disclosure_event! {
    /// The owner lets it.
    DisclosureGranted {
        /// The last day of the grant.
        expires_on: NaiveDate,
    }
}
disclosure_event! {
    /// The owner does not.
    DisclosureRefused
}
disclosure_event! {
    /// The owner no longer does.
    DisclosureRevoked
}
