use kernel::{Id, OrganisationKind, Region, kinds};
use serde::{Deserialize, Serialize};

/// An operator has checked an organisation: it may publish and sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationVerified {
    /// Which one.
    pub organisation_id: Id<kinds::Organisation>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Where it belongs.
    pub region: Region,
}

/// An operator has shut an organisation out. If it is let in again, it is verified anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationSuspended {
    /// Which one.
    pub organisation_id: Id<kinds::Organisation>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
}
