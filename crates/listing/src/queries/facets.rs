//! How many listings there are of each kind, field and so on.

use std::{cmp::Reverse, str::FromStr};

use ::store::{Db, Outcome};
use kernel::{Domain, Id, Line, ListingKind, PriceMode, Region, TransferMode, kinds};

use crate::{index::Counts, model::Trl, store};

/// How many organisations are named.
const ORGANISATIONS: usize = 20;
/// How many regions are named.
const REGIONS: usize = 100;

/// The listings that were found, by what they are. Each count says how many would be found if
/// this value were asked for, everything else being as it was asked.
#[derive(Debug)]
pub(crate) struct Facets {
    pub(crate) kind: Vec<(ListingKind, u64)>,
    pub(crate) domain: Vec<(Domain, u64)>,
    pub(crate) region: Vec<(Region, u64)>,
    pub(crate) transfer_mode: Vec<(TransferMode, u64)>,
    pub(crate) price_mode: Vec<(PriceMode, u64)>,
    pub(crate) organisation: Vec<(Id<kinds::Organisation>, Line<200>, u64)>,
    pub(crate) trl: Vec<(Trl, u64)>,
}

impl Facets {
    /// What was counted, with the names of organisations.
    pub(super) async fn of(db: &Db, counts: [Counts; 7]) -> Outcome<Self> {
        let [kind, domain, region, transfer_mode, price_mode, organisation, trl] = counts;
        let organisations = most(organisation, ORGANISATIONS);
        let ids: Vec<_> = organisations.iter().map(|(id, _)| *id).collect();
        let names = store::names(&mut *db.reader().await?, &ids).await?;
        let named = organisations.into_iter().filter_map(|(id, count)| {
            // One that has none now has just lost its last.
            let (_, name) = names.iter().find(|(named, _)| *named == id)?;
            Some((id, name.clone(), count))
        });
        let level = |(level, count): (u8, u64)| Some((Trl::try_from(level).ok()?, count));
        let mut trl: Vec<_> = most(trl, usize::MAX).into_iter().filter_map(level).collect();
        trl.sort_by_key(|(level, _)| *level);
        Ok(Self {
            kind: most(kind, usize::MAX),
            domain: most(domain, usize::MAX),
            region: most(region, REGIONS),
            transfer_mode: most(transfer_mode, usize::MAX),
            price_mode: most(price_mode, usize::MAX),
            organisation: named.collect(),
            trl,
        })
    }
}

/// The values with the most listings, the most first; among equals in the order of their names.
fn most<T: FromStr>(counts: Counts, limit: usize) -> Vec<(T, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let values = counts.into_iter().take(limit);
    values.filter_map(|(value, count)| Some((value.parse().ok()?, count))).collect()
}
