//! One pass over the listings that answer a text: it filters them, counts them, keeps the first of
//! a page, and counts in each dimension how many there are of each value.
//!
//! Filters are looked at here and not asked of the index, so that the same pass can count, for
//! each dimension, the listings that pass all other filters: how many there would be if another
//! value were asked for.

use std::{
    collections::{BTreeMap, BinaryHeap},
    ops::RangeInclusive,
};

use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
};

use super::fields::{Dimension, columns};

/// What a listing must be in one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// This.
    Is(String),
    /// From this to that; of values of one character, in their order.
    Between(RangeInclusive<String>),
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The last published.
    Newest,
    /// The cheapest; what names no price comes last.
    Cheapest,
    /// What answers best.
    Best,
}

/// Where a listing stands in the order of a list: the least key comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortKey {
    /// By what the list is ordered.
    rank: u64,
    /// Among equals, by the id.
    tie: u128,
}

/// A listing that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Which one.
    pub(crate) id: u128,
    /// When it was published, in microseconds since 1970.
    pub(crate) published_at: i64,
    /// Its price, or more than any.
    pub(crate) price: u64,
    /// How well it answers, in bits.
    pub(crate) score: u32,
}

/// More than any price.
pub(crate) const NO_PRICE: u64 = i64::MAX.unsigned_abs();

impl Hit {
    /// Where it stands in an order.
    pub(crate) fn key(self, order: Order) -> SortKey {
        match order {
            // The greatest first: turned round, the order of the integers is kept.
            Order::Newest => {
                SortKey { rank: !(self.published_at.cast_unsigned() ^ SIGN), tie: !self.id }
            }
            Order::Cheapest => SortKey { rank: self.price, tie: self.id },
            // The bits of floats that are not negative have the order of their values.
            Order::Best => SortKey { rank: u64::from(!self.score), tie: !self.id },
        }
    }
}

const SIGN: u64 = 1 << 63;

/// What is gathered.
#[derive(Clone, Debug)]
pub(crate) struct Gather {
    /// What the listings must be; at most one condition for each dimension.
    pub(crate) conditions: Vec<(Dimension, Condition)>,
    /// They name a price, which is at most this.
    pub(crate) price_max: Option<u64>,
    /// What comes first.
    pub(crate) order: Order,
    /// Only what comes behind this is kept.
    pub(crate) after: Option<SortKey>,
    /// How many are kept.
    pub(crate) limit: usize,
    /// Are the values of each dimension counted?
    pub(crate) facets: bool,
}

/// How many listings there are of each value.
pub(crate) type Counts = BTreeMap<String, u64>;

/// What was gathered.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The first of those that were asked for, in order.
    pub(crate) hits: Vec<Hit>,
    /// How many pass every filter, whether kept or not.
    pub(crate) total: u64,
    /// The counts of each dimension, in the order of [`Dimension::ALL`].
    pub(crate) counts: [Counts; 7],
}

impl Collector for Gather {
    type Fruit = Gathered;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Segment> {
        let fast = reader.fast_fields();
        let mut axes = Vec::with_capacity(Dimension::ALL.len());
        for (number, dimension) in Dimension::ALL.into_iter().enumerate() {
            let condition = self.conditions.iter().find(|(named, _)| *named == dimension);
            if condition.is_none() && !self.facets {
                continue;
            }
            let column = fast.str(dimension.column())?;
            let passes = match condition {
                Some((_, condition)) => Some(ordinals(column.as_ref(), condition)?),
                None => None,
            };
            let values = column.as_ref().map_or(0, |column| column.num_terms());
            let counts = if self.facets { vec![0; values] } else { Vec::new() };
            let ords = column.as_ref().map(|column| column.ords().clone());
            axes.push(Axis { number, column, ords, passes, counts });
        }
        // Those with a condition first: most listings fail one of them.
        axes.sort_by_key(|axis| axis.passes.is_none());
        Ok(Segment {
            axes,
            price: fast.u64(columns::PRICE)?,
            published_at: fast.i64(columns::PUBLISHED_AT)?,
            id_high: fast.u64(columns::ID_HIGH)?,
            id_low: fast.u64(columns::ID_LOW)?,
            gather: self.clone(),
            first: BinaryHeap::with_capacity(self.limit.saturating_add(1)),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Best
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Gathered>>) -> tantivy::Result<Gathered> {
        let mut all = Gathered::default();
        for fruit in fruits {
            let fruit = fruit?;
            all.hits.extend(fruit.hits);
            all.total = all.total.saturating_add(fruit.total);
            for (sum, counts) in all.counts.iter_mut().zip(fruit.counts) {
                for (value, count) in counts {
                    let sum = sum.entry(value).or_default();
                    *sum = sum.saturating_add(count);
                }
            }
        }
        all.hits.sort_by_key(|hit| hit.key(self.order));
        all.hits.truncate(self.limit);
        Ok(all)
    }
}

/// The numbers of the values that a condition lets pass, in one segment.
fn ordinals(
    column: Option<&StrColumn>,
    condition: &Condition,
) -> tantivy::Result<RangeInclusive<u64>> {
    // There are never so many values.
    const NONE: RangeInclusive<u64> = u64::MAX..=u64::MAX;
    let Some(column) = column else { return Ok(NONE) };
    match condition {
        Condition::Is(value) => {
            let ordinal = column.dictionary().term_ord(value.as_bytes())?;
            Ok(ordinal.map_or(NONE, |ordinal| ordinal..=ordinal))
        }
        Condition::Between(range) => {
            let mut passing: Option<RangeInclusive<u64>> = None;
            let mut value = String::new();
            for ordinal in 0..u64::try_from(column.num_terms()).unwrap_or(0) {
                if column.ord_to_str(ordinal, &mut value)? && range.contains(&value) {
                    let first = passing.map_or(ordinal, |passing| *passing.start());
                    passing = Some(first..=ordinal);
                }
            }
            Ok(passing.unwrap_or(NONE))
        }
    }
}

/// A dimension in one segment.
struct Axis {
    number: usize,
    column: Option<StrColumn>,
    ords: Option<Column<u64>>,
    /// Which values pass, if there is a condition.
    passes: Option<RangeInclusive<u64>>,
    counts: Vec<u64>,
}

impl Axis {
    fn values(&self, doc: DocId) -> impl Iterator<Item = u64> {
        self.ords.iter().flat_map(move |ords| ords.values_for_doc(doc))
    }

    fn fails(&self, doc: DocId) -> bool {
        let Some(passes) = &self.passes else { return false };
        !self.values(doc).any(|value| passes.contains(&value))
    }

    fn count(&mut self, doc: DocId) {
        let Self { ords: Some(ords), counts, .. } = self else { return };
        for value in ords.values_for_doc(doc) {
            let count = usize::try_from(value).ok().and_then(|value| counts.get_mut(value));
            if let Some(count) = count {
                *count = count.saturating_add(1);
            }
        }
    }

    fn counted(&self) -> tantivy::Result<Counts> {
        let mut counts = Counts::new();
        let Some(column) = &self.column else { return Ok(counts) };
        let mut value = String::new();
        for (ordinal, count) in (0..).zip(&self.counts) {
            if *count > 0 && column.ord_to_str(ordinal, &mut value)? {
                counts.insert(value.clone(), *count);
            }
        }
        Ok(counts)
    }
}

/// One pass over one segment.
pub(crate) struct Segment {
    axes: Vec<Axis>,
    price: Column<u64>,
    published_at: Column<i64>,
    id_high: Column<u64>,
    id_low: Column<u64>,
    gather: Gather,
    /// The first so far; the last of them on top.
    first: BinaryHeap<Kept>,
    total: u64,
}

/// A hit by its place in the list.
#[derive(PartialEq, Eq)]
struct Kept(SortKey, Hit);

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Segment {
    fn keep(&mut self, doc: DocId, score: Score) {
        let high = u128::from(self.id_high.first(doc).unwrap_or_default());
        let low = u128::from(self.id_low.first(doc).unwrap_or_default());
        let hit = Hit {
            id: high << 64 | low,
            published_at: self.published_at.first(doc).unwrap_or_default(),
            price: self.price.first(doc).unwrap_or(NO_PRICE),
            score: score.to_bits(),
        };
        let key = hit.key(self.gather.order);
        if self.gather.after.is_some_and(|after| key <= after) {
            return;
        }
        let full = self.first.len() >= self.gather.limit;
        if full && self.first.peek().is_none_or(|last| key >= last.0) {
            return;
        }
        if full {
            self.first.pop();
        }
        self.first.push(Kept(key, hit));
    }
}

impl SegmentCollector for Segment {
    type Fruit = tantivy::Result<Gathered>;

    fn collect(&mut self, doc: DocId, score: Score) {
        if let Some(max) = self.gather.price_max
            && self.price.first(doc).is_none_or(|price| price > max)
        {
            return;
        }
        // The first axis whose condition it fails.
        let failed = self.axes.iter().position(|axis| axis.fails(doc));
        match failed {
            None => {
                self.total = self.total.saturating_add(1);
                self.keep(doc, score);
                if self.gather.facets {
                    self.axes.iter_mut().for_each(|axis| axis.count(doc));
                }
            }
            // It would be found if this one asked for another value.
            Some(failed) if self.gather.facets => {
                let mut others = self.axes.iter().skip(failed).skip(1);
                if !others.any(|axis| axis.fails(doc))
                    && let Some(axis) = self.axes.get_mut(failed)
                {
                    axis.count(doc);
                }
            }
            Some(_) => {}
        }
    }

    fn harvest(self) -> tantivy::Result<Gathered> {
        let mut gathered = Gathered {
            hits: self.first.into_iter().map(|Kept(_, hit)| hit).collect(),
            total: self.total,
            ..Gathered::default()
        };
        for axis in &self.axes {
            if let Some(counts) = gathered.counts.get_mut(axis.number) {
                *counts = axis.counted()?;
            }
        }
        Ok(gathered)
    }
}
