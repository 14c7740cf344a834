//! Which listings somebody looks for, of those that they may know of.
//!
//! What is published is found by this server's index as far as a text is asked for, and counted
//! by it; its rows, and lists without a text, come from the database, which alone knows what is
//! still public. What is not published is in no index: the words of a query are looked at one by
//! one in the few rows that the caller may read.

use std::{collections::HashMap, sync::Arc};

use ::store::{Db, Outcome};
use chrono::DateTime;
use kernel::{Caller, Fault, Id, ListingStatus, kinds, words};
use serde::Serialize;
use web::{apart, invalid, refusals::CURSOR_INVALID};

use super::facets::Facets;
use crate::{
    access,
    index::{Condition, Dimension, Gather, Gathered, Hit, NO_PRICE, Order, SearchIndex},
    model::{
        Criteria, Criterion, TextQuery, folded,
        highlight::{self, Part},
    },
    store::{self, Place, Start, SummaryRow, Wanted},
};

/// How many hits are looked up at once at most.
const LOOKED_AT: usize = 2000;

words! {
    /// What comes first in a list.
    pub enum Sort {
        /// What answers the text best.
        Relevance = "relevance", "相关度", "relevance";
        /// What is newest.
        Newest = "newest", "最新", "newest";
        /// What is cheapest; what names no price comes last.
        Price = "price", "价格", "price";
    }
}

/// Which listings are looked for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filter {
    /// What they are and say.
    #[serde(flatten)]
    pub criteria: Criteria,
    /// In which state.
    pub status: Option<ListingStatus>,
    /// What comes first: by default the best answers if there is a text, else the newest.
    pub sort: Option<Sort>,
}

/// Among which listings is looked, whatever else is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scope {
    organisation: Option<Id<kinds::Organisation>>,
    status: Option<ListingStatus>,
}

impl Scope {
    /// Without a state, what is published; or all of one organisation, if the caller may read all
    /// of it. In a state that is not public, one's own, or everybody's for who may read all.
    /// `None` if the caller may know of nothing of the kind.
    fn of(
        caller: &Caller,
        organisation: Option<Id<kinds::Organisation>>,
        status: Option<ListingStatus>,
    ) -> Option<Self> {
        let reads_whole = |owner| access::reads_whole(caller, owner);
        match status {
            None if organisation.is_some_and(reads_whole) => Some(Self { organisation, status }),
            None => Some(Self { organisation, status: Some(ListingStatus::Published) }),
            Some(status) if access::is_public(status) || access::reads_all(caller) => {
                Some(Self { organisation, status: Some(status) })
            }
            Some(_) => {
                let own = caller.actor()?.organisation;
                let asked = organisation.unwrap_or(own);
                (asked == own).then_some(Self { organisation: Some(own), status })
            }
        }
    }
}

/// A search that may be run.
#[derive(Debug)]
pub(crate) struct Search {
    wanted: Option<Wanted>,
    text: Option<Arc<TextQuery>>,
    sort: Sort,
}

/// Which part of the listings is asked for, and what about them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The last listing of the page before.
    pub(crate) after: Option<Place>,
    /// How many at most.
    pub(crate) limit: usize,
    /// Is the number of all wanted?
    pub(crate) count: bool,
    /// How many there are of each kind, field and so on; told on the first page.
    pub(crate) facets: bool,
}

/// Where a listing says what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Highlights {
    /// The title in parts, if it does.
    pub(crate) title: Option<Vec<Part>>,
    /// A fragment of the abstract in parts, if it does.
    pub(crate) summary: Option<Vec<Part>>,
}

/// A listing that was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// What a list shows of it.
    pub(crate) row: SummaryRow,
    /// Where it stands in the list.
    pub(crate) place: Place,
    /// If a text was looked for.
    pub(crate) highlights: Option<Highlights>,
}

/// A part of a list, and what was asked about all of it.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) found: Vec<Found>,
    pub(crate) total: Option<i64>,
    pub(crate) facets: Option<Facets>,
}

impl Search {
    /// What the caller looks for, of what they may know of.
    ///
    /// # Errors
    /// 422 `invalid` if the text has no words, is missing where relevance is asked for, or is to be
    /// looked for in what is in no index and not the caller's own.
    pub(crate) async fn new(caller: &Caller, filter: Filter) -> Outcome<Self> {
        let q = filter.criteria.q.as_ref().map(ToString::to_string);
        let text = match q.clone() {
            None => None,
            Some(q) => {
                let text = apart(move || TextQuery::of(&q)).await?;
                Some(Arc::new(text.ok_or_else(|| invalid().at("?q", no_words()))?))
            }
        };
        let by_default = if text.is_some() { Sort::Relevance } else { Sort::Newest };
        let sort = filter.sort.unwrap_or(by_default);
        if sort == Sort::Relevance && text.is_none() {
            return Err(invalid().at("?sort", nothing_to_rank_by()).into());
        }
        let scope = Scope::of(caller, filter.criteria.organisation, filter.status);
        let whole = scope
            .and_then(|scope| scope.organisation)
            .map_or_else(|| access::reads_all(caller), |own| access::reads_whole(caller, own));
        let indexed = scope.is_none_or(|scope| scope.status == Some(ListingStatus::Published));
        // Looking at every word of everybody's rows is for the market's staff.
        if q.is_some() && !indexed && !whole {
            return Err(invalid().at("?q", not_in_index()).into());
        }
        let criteria = filter.criteria;
        let wanted = scope.map(|Scope { organisation, status }| {
            let words = q.filter(|_| !indexed).map(|q| spellings(&q)).unwrap_or_default();
            Wanted { status, words, whole, criteria: Criteria { organisation, ..criteria } }
        });
        Ok(Self { wanted, text, sort })
    }

    /// The listings that were asked for.
    ///
    /// # Errors
    /// 400 `cursor_invalid` if the place is of a list in another order; 422 `invalid` if what is
    /// not published is to be counted; 503 `index_not_ready`.
    pub(crate) async fn run(
        &self,
        index: &Arc<SearchIndex>,
        db: &Db,
        asked: Asked,
    ) -> Outcome<Answer> {
        let Some(wanted) = &self.wanted else {
            return Ok(Answer { total: asked.count.then_some(0), ..Answer::default() });
        };
        let start = self.start(wanted, asked.after).ok_or_else(|| CURSOR_INVALID.refuse())?;
        let published = wanted.status == Some(ListingStatus::Published);
        if asked.facets && !published {
            return Err(invalid().at("?facets", only_published()).into());
        }
        let facets = asked.facets && asked.after.is_none();
        let (rows, total, gathered) = match &self.text {
            Some(text) if published => {
                let (rows, gathered) =
                    find(index, db, text, wanted, (start, asked.limit, facets)).await?;
                let total = i64::try_from(gathered.total).unwrap_or(i64::MAX);
                (rows, asked.count.then_some(total), Some(gathered))
            }
            Some(_) | None => {
                let gathered = if facets { Some(count(index, db, wanted).await?) } else { None };
                let mut conn = db.reader().await?;
                let limit = i64::try_from(asked.limit).unwrap_or(i64::MAX);
                let rows = store::search(&mut conn, wanted, start, limit).await?;
                let total =
                    if asked.count { Some(store::count(&mut conn, wanted).await?) } else { None };
                (rows, total, gathered)
            }
        };
        let facets = match gathered.filter(|_| facets) {
            Some(gathered) => Some(Facets::of(db, gathered.counts).await?),
            None => None,
        };
        Ok(Answer { found: self.highlighted(rows).await?, total, facets })
    }

    async fn highlighted(&self, rows: Vec<(SummaryRow, Place)>) -> Outcome<Vec<Found>> {
        let Some(text) = self.text.clone() else {
            let bare = |(row, place)| Found { row, place, highlights: None };
            return Ok(rows.into_iter().map(bare).collect());
        };
        apart(move || {
            let found = rows.into_iter().map(|(row, place)| {
                let highlights = Highlights {
                    title: highlight::whole(row.title.as_str(), &text),
                    summary: highlight::fragment(row.summary.as_str(), &text),
                };
                Found { row, place, highlights: Some(highlights) }
            });
            found.collect()
        })
        .await
    }

    /// Where in which order the page starts; `None` if `after` is a place in another order. What
    /// is in no index is not ranked: the newest come first there.
    fn start(&self, wanted: &Wanted, after: Option<Place>) -> Option<Start> {
        let ranked = wanted.status == Some(ListingStatus::Published);
        let sort = if self.sort == Sort::Relevance && !ranked { Sort::Newest } else { self.sort };
        match (sort, after) {
            (Sort::Newest, None) => Some(Start::Newest(None)),
            (Sort::Newest, Some(Place::Newest(at, id))) => Some(Start::Newest(Some((at, id)))),
            (Sort::Price, None) => Some(Start::Cheapest(None)),
            (Sort::Price, Some(Place::Cheapest(price, id))) => {
                Some(Start::Cheapest(Some((price, id))))
            }
            (Sort::Relevance, None) => Some(Start::Best(None)),
            (Sort::Relevance, Some(Place::Best(rank, id))) => Some(Start::Best(Some((rank, id)))),
            (Sort::Newest | Sort::Price | Sort::Relevance, Some(_)) => None,
        }
    }
}

/// A page of what the index finds, as the database has it now, and what was counted on the way.
async fn find(
    index: &Arc<SearchIndex>,
    db: &Db,
    text: &Arc<TextQuery>,
    wanted: &Wanted,
    (start, limit, facets): (Start, usize, bool),
) -> Outcome<(Vec<(SummaryRow, Place)>, Gathered)> {
    let volume = index.fresh(db).await?;
    let (order, mut after) = order_of(start);
    let mut rows = Vec::with_capacity(limit);
    let mut first: Option<Gathered> = None;
    let mut asked = limit;
    loop {
        let gather = Gather {
            order,
            after: after.map(|hit| hit.key(order)),
            limit: asked,
            facets: facets && first.is_none(),
            ..conditions(wanted)
        };
        let gathered = index.find(&volume, Some(TextQuery::clone(text)), gather).await?;
        let ids: Vec<_> = gathered.hits.iter().map(|hit| listing_id(*hit)).collect();
        let shown = store::shown(&mut *db.reader().await?, wanted, &ids).await?;
        let mut shown: HashMap<_, _> = shown.into_iter().map(|row| (row.id, row)).collect();
        // What is no longer as the index has it is left out, and its place taken by the next.
        for hit in &gathered.hits {
            if rows.len() < limit
                && let Some(row) = shown.remove(&listing_id(*hit))
            {
                rows.push((row, place(*hit, order)));
            }
        }
        let exhausted = gathered.hits.len() < asked;
        // Where very much is no longer as the index has it, bigger steps soon lead past that.
        asked = asked.saturating_mul(4).clamp(limit, LOOKED_AT.max(limit));
        after = gathered.hits.last().copied();
        let first = first.get_or_insert(gathered);
        if exhausted || rows.len() >= limit {
            return Ok((rows, std::mem::take(first)));
        }
    }
}

/// How many published listings there are of each kind, field and so on.
async fn count(index: &Arc<SearchIndex>, db: &Db, wanted: &Wanted) -> Outcome<Gathered> {
    let volume = index.fresh(db).await?;
    let gather = Gather { facets: true, ..conditions(wanted) };
    index.find(&volume, None, gather).await
}

/// What the index must look at, in no order and without keeping anything.
fn conditions(wanted: &Wanted) -> Gather {
    let (mut conditions, mut levels, mut price_max) = (Vec::new(), None, None);
    let mut is = |dimension, value: String| conditions.push((dimension, Condition::Is(value)));
    for criterion in wanted.criteria.each() {
        match criterion {
            Criterion::Kind(kind) => is(Dimension::Kind, kind.to_string()),
            Criterion::Domain(domain) => is(Dimension::Domain, domain.to_string()),
            Criterion::Region(region) => is(Dimension::Region, region.to_string()),
            Criterion::TransferMode(mode) => is(Dimension::TransferMode, mode.to_string()),
            Criterion::Organisation(owner) => is(Dimension::Organisation, owner.to_string()),
            Criterion::TrlMin(least) => levels.get_or_insert((1, 9)).0 = least.level(),
            Criterion::TrlMax(most) => levels.get_or_insert((1, 9)).1 = most.level(),
            Criterion::PriceMax(price) => price_max = u64::try_from(price.fen()).ok(),
        }
    }
    conditions.extend(levels.map(|(least, most): (u8, u8)| {
        (Dimension::Trl, Condition::Between(least.to_string()..=most.to_string()))
    }));
    Gather { conditions, price_max, order: Order::Newest, after: None, limit: 0, facets: false }
}

/// The order of a page, and the place after which it starts, as far as the order looks at it.
fn order_of(start: Start) -> (Order, Option<Hit>) {
    let nowhere = Hit { id: 0, published_at: 0, price: NO_PRICE, score: 0 };
    match start {
        Start::Newest(after) => {
            let hit = |(at, id): (DateTime<_>, Id<kinds::Listing>)| Hit {
                id: id.uuid().as_u128(),
                published_at: at.timestamp_micros(),
                ..nowhere
            };
            (Order::Newest, after.map(hit))
        }
        Start::Cheapest(after) => {
            let hit = |(price, id): (i64, Id<kinds::Listing>)| Hit {
                id: id.uuid().as_u128(),
                price: u64::try_from(price).unwrap_or_default(),
                ..nowhere
            };
            (Order::Cheapest, after.map(hit))
        }
        Start::Best(after) => {
            let hit = |(score, id): (u32, Id<kinds::Listing>)| Hit {
                id: id.uuid().as_u128(),
                score,
                ..nowhere
            };
            (Order::Best, after.map(hit))
        }
    }
}

fn place(hit: Hit, order: Order) -> Place {
    let id = listing_id(hit);
    match order {
        Order::Newest => {
            let at = DateTime::from_timestamp_micros(hit.published_at).unwrap_or_default();
            Place::Newest(at, id)
        }
        Order::Cheapest => Place::Cheapest(i64::try_from(hit.price).unwrap_or(i64::MAX), id),
        Order::Best => Place::Best(hit.score, id),
    }
}

pub(super) fn listing_id(hit: Hit) -> Id<kinds::Listing> {
    Id::from_uuid(uuid::Uuid::from_u128(hit.id))
}

/// The words of a query, each as it was typed and in its plain spelling.
fn spellings(q: &str) -> Vec<Vec<String>> {
    let between = |character: char| character.is_whitespace() || "\"“”＂「」".contains(character);
    let words = q.split(between).filter(|word| !word.is_empty());
    let spelled = words.map(|word| {
        let (typed, plain) = (word.to_owned(), folded(word));
        if typed == plain { vec![typed] } else { vec![typed, plain] }
    });
    spelled.collect()
}

fn not_in_index() -> Fault {
    Fault::new(
        "only_published",
        "只能按文字检索已发布的信息；本单位的其他信息,请同时以 organisation 指定本单位",
        "words are looked for in what is published; or, with `organisation`, in all that is your own",
    )
}

fn no_words() -> Fault {
    Fault::new("no_words", "检索词中没有可检索的文字", "there is no word to look for in this")
}

fn nothing_to_rank_by() -> Fault {
    Fault::new("text_required", "按相关度排序须给出检索词 q", "relevance needs a text in q")
}

fn only_published() -> Fault {
    Fault::new("only_published", "仅对已发布的信息计数", "only what is published is counted")
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, Role, RoleSet};

    use super::*;

    fn organisation(number: u8) -> Id<kinds::Organisation> {
        Id::from_parts(u64::from(number), &[0; 10])
    }

    fn member(own: Id<kinds::Organisation>, role: Role) -> Caller {
        Caller::SignedIn(Actor {
            account: Id::from_parts(1, &[1; 10]),
            organisation: own,
            roles: RoleSet::EMPTY.with(role),
            session: Id::from_parts(1, &[2; 10]),
            rights_version: 1,
        })
    }

    #[test]
    fn strangers_find_what_is_public_owners_their_own_and_staff_all() {
        use ListingStatus::{Draft, Published, Submitted, Traded};
        let (own, other) = (organisation(1), organisation(2));
        let (editor, operator) = (member(own, Role::Editor), member(other, Role::Operator));
        let all = |organisation, status| Some(Scope { organisation, status });
        for (caller, organisation, status, scope) in [
            (Caller::Anyone, None, None, all(None, Some(Published))),
            (Caller::Anyone, Some(own), None, all(Some(own), Some(Published))),
            (Caller::Anyone, None, Some(Traded), all(None, Some(Traded))),
            (Caller::Anyone, None, Some(Draft), None),
            (Caller::Anyone, Some(own), Some(Draft), None),
            (editor, None, None, all(None, Some(Published))),
            (editor, Some(own), None, all(Some(own), None)),
            (editor, None, Some(Draft), all(Some(own), Some(Draft))),
            (editor, Some(own), Some(Draft), all(Some(own), Some(Draft))),
            (editor, Some(other), Some(Draft), None),
            (editor, Some(other), None, all(Some(other), Some(Published))),
            (operator, None, Some(Submitted), all(None, Some(Submitted))),
            (operator, None, None, all(None, Some(Published))),
            (operator, Some(own), None, all(Some(own), None)),
        ] {
            let found = Scope::of(&caller, organisation, status);
            assert_eq!(found, scope, "{caller:?} {organisation:?} {status:?}");
        }
    }
}
