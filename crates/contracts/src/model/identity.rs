//! What identifies an organisation in a contract.

use std::collections::BTreeMap;

use kernel::{CreditCode, Id, OrganisationKind, Region, kinds::Organisation};

/// What identifies an organisation: as it is now in a draft, as it was when the text was frozen
/// afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its credit code; an individual broker may have none.
    pub credit_code: Option<CreditCode>,
    /// Where it belongs.
    pub region: Region,
    /// Is it a state organ?
    pub state_organ: bool,
}

/// The identities of a contract's parties.
pub type Identities = BTreeMap<Id<Organisation>, Identity>;
