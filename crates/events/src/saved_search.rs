use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};

/// Something new answers a search that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSearchHit {
    /// Which search.
    pub saved_search_id: Id<kinds::SavedSearch>,
    /// Who keeps it.
    pub account_id: Id<kinds::Account>,
    /// For which organisation they act.
    pub organisation_id: Id<kinds::Organisation>,
    /// What was found, each listing once; of very many, the last hundred.
    pub listing_ids: Vec<Id<kinds::Listing>>,
}
