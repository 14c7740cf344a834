//! Whom to call about a listing: personal data, which no log and no event may contain.

use std::fmt;

use kernel::{Email, Line, Phone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whom to call about a listing. Only its owner and the market's staff see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListingContact)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A person's name.
    #[schema(example = "王小兰")]
    pub name: Line<100>,
    /// Their telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Their e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(****)")
    }
}
