//! A search that somebody keeps, to be told of what is published and answers it.

use chrono::{DateTime, Utc};
use kernel::{Id, Line, Version, kinds, words};

use crate::model::Criteria;

words! {
    /// How soon somebody is told.
    pub enum Notify {
        /// At each new listing.
        Immediate = "immediate", "即时", "at once";
        /// At most once in 24 hours.
        Daily = "daily", "每日", "once a day";
    }
}

/// A saved search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Its id.
    pub id: Id<kinds::SavedSearch>,
    /// Its version.
    pub version: Version,
    /// Who keeps it.
    pub account: Id<kinds::Account>,
    /// For which organisation they act.
    pub organisation: Id<kinds::Organisation>,
    /// What they call it.
    pub name: Line<100>,
    /// What is looked for.
    pub criteria: Criteria,
    /// How soon they are told.
    pub notify: Notify,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}
