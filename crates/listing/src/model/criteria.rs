//! What is looked for in listings.

use kernel::{Domain, Fault, Fen, Field, Id, Line, ListingKind, Region, TransferMode, kinds};
use serde::Serialize;

use crate::model::{TextQuery, Trl};

/// What is looked for: everything that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Criteria {
    /// Words, all of which occur; what is in quotation marks occurs as written.
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

/// One thing that a listing must be, whatever it says. Rows in memory, statements and the index are
/// each asked by a match over these, so that none of them forgets one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion<'c> {
    /// It is of this kind.
    Kind(ListingKind),
    /// It is of this field.
    Domain(Domain),
    /// It is from here.
    Region(&'c Region),
    /// It is at least this ready.
    TrlMin(Trl),
    /// It is at most this ready.
    TrlMax(Trl),
    /// It names a price, and at most this one.
    PriceMax(Fen),
    /// It is to be had in this way, among others.
    TransferMode(TransferMode),
    /// It is theirs.
    Organisation(Id<kinds::Organisation>),
}

impl Criteria {
    /// One by one, but for the words.
    pub fn each(&self) -> impl Iterator<Item = Criterion<'_>> {
        let Self {
            q: _,
            kind,
            domain,
            region,
            trl_min,
            trl_max,
            price_max,
            transfer_mode,
            organisation,
        } = self;
        [
            kind.map(Criterion::Kind),
            domain.map(Criterion::Domain),
            region.as_ref().map(Criterion::Region),
            trl_min.map(Criterion::TrlMin),
            trl_max.map(Criterion::TrlMax),
            price_max.map(Criterion::PriceMax),
            transfer_mode.map(Criterion::TransferMode),
            organisation.map(Criterion::Organisation),
        ]
        .into_iter()
        .flatten()
    }

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
