//! A search that somebody keeps, to be told of what is published and answers it.

use chrono::{DateTime, Utc};
use kernel::{
    Domain, Fault, Fen, Field, Id, Line, ListingKind, Region, TransferMode, Version, kinds, words,
};

use crate::model::{TextQuery, Trl};

words! {
    /// How soon somebody is told.
    pub enum Notify {
        /// At each new listing.
        Immediate = "immediate", "即时", "at once";
        /// At most once in 24 hours.
        Daily = "daily", "每日", "once a day";
    }
}

/// What is looked for: everything that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// Words, all of which occur.
    pub q: Option<Line<200>>,
    /// What is listed.
    pub kind: Option<ListingKind>,
    /// The field.
    pub domain: Option<Domain>,
    /// Where.
    pub region: Option<Region>,
    /// At least this ready.
    pub trl_min: Option<Trl>,
    /// At most this ready.
    pub trl_max: Option<Trl>,
    /// At most this price.
    pub price_max: Option<Fen>,
    /// To be had in this way, among others.
    pub transfer_mode: Option<TransferMode>,
    /// Whose.
    pub organisation: Option<Id<kinds::Organisation>>,
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

impl Criteria {
    /// What is wrong with them. Takes its time: not for async threads.
    #[must_use]
    pub fn faults(&self) -> Vec<Field> {
        let mut faults = Vec::new();
        if *self == Self::default() {
            let fault =
                Fault::new("nothing_asked", "至少给出一个检索条件", "give at least one filter");
            faults.push(Field { pointer: "/query".to_owned(), fault });
        }
        if self.q.as_ref().is_some_and(|q| TextQuery::of(q.as_str()).is_none()) {
            let fault = Fault::new(
                "no_words",
                "检索词中没有可检索的文字",
                "there is no word to look for in this",
            );
            faults.push(Field { pointer: "/query/q".to_owned(), fault });
        }
        faults
    }
}
