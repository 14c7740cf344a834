//! Reads for screens, and the answers to siblings' questions.

mod reviews;

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use kernel::{
    Caller, Domain, Fault, Fen, Id, Line, ListingKind, ListingStatus, Region, TransferMode,
    UNAUTHENTICATED, judge, kinds, words,
};
use web::{invalid, refusals::CURSOR_INVALID};

use crate::{
    access::{self, Sight},
    model::{Import, ImportStatus, Listing, Trl, sheet::CellFault},
    segmenter,
    store::{self, ImportPlace, Place, Start, SummaryRow, Wanted},
};

pub(crate) use reviews::{Duplicate, duplicates, history, reviews, wanted_reviews};

/// A listing, and how much of it the caller may see.
///
/// # Errors
/// 404 if there is none that the caller may know of.
pub async fn listing(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Listing>,
) -> Outcome<(Listing, Sight)> {
    let listing = store::listing(conn, id).await?;
    let sight = access::sight(caller, listing.organisation.id, listing.state.status());
    let sight = sight.ok_or_else(|| NOT_FOUND.refuse())?;
    Ok((listing, sight))
}

/// The listing to which its owner gave this number of its own; that number is for those who read
/// everything of it.
///
/// # Errors
/// If the database does not answer.
pub async fn listing_by_reference(
    conn: &mut Conn,
    caller: &Caller,
    owner: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<Option<Listing>> {
    if !access::reads_whole(caller, owner) {
        return Ok(None);
    }
    store::listing_by_reference(conn, owner, reference).await
}

/// What others may ask of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingFacts {
    /// Which listing.
    pub id: Id<kinds::Listing>,
    /// Whose it is.
    pub organisation_id: Id<kinds::Organisation>,
    /// What it is.
    pub kind: ListingKind,
    /// Where it stands.
    pub status: ListingStatus,
}

/// Whose these listings are, what they are and where they stand, whatever their state; unknown ids
/// are left out. For siblings' questions.
///
/// # Errors
/// If the database does not answer.
pub async fn listing_facts(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<Vec<ListingFacts>> {
    let found = store::standings(conn, ids).await?.into_iter();
    let facts = found.map(|(id, organisation_id, kind, status)| ListingFacts {
        id,
        organisation_id,
        kind,
        status,
    });
    Ok(facts.collect())
}

/// An import of the caller's own organisation.
///
/// # Errors
/// 404 if there is none that the caller may know of.
pub(crate) async fn import(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::ListingImport>,
) -> Outcome<Import> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let import = store::import(conn, id).await?;
    let relations = access::relations(caller, import.actor.organisation);
    // Who may not read it may not know of it.
    let _permit =
        judge::<access::GetListingImport>(caller, relations).map_err(|_| NOT_FOUND.refuse())?;
    Ok(import)
}

/// The imports of the caller's own organisation, at most `limit` after a place, and if asked how
/// many there are in all.
///
/// # Errors
/// 401 if nobody has signed in.
pub(crate) async fn imports(
    conn: &mut Conn,
    caller: &Caller,
    status: Option<ImportStatus>,
    after: Option<ImportPlace>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<Import>, Option<i64>)> {
    judge::<access::ListListingImports>(caller, &[])?;
    let Some(actor) = caller.actor() else { return Err(UNAUTHENTICATED.refuse().into()) };
    let own = actor.organisation;
    let imports = store::imports(conn, own, status, after, limit).await?;
    let total = if count { Some(store::imports_total(conn, own, status).await?) } else { None };
    Ok((imports, total))
}

/// What is wrong in the rows of an import, at most `limit` behind a position.
///
/// # Errors
/// If the database does not answer.
pub(crate) async fn import_errors(
    conn: &mut Conn,
    import: &Import,
    after: Option<i32>,
    limit: i64,
) -> Outcome<Vec<(i32, CellFault)>> {
    store::errors(conn, import.id, after, limit).await
}

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
#[derive(Clone, Debug, Default)]
pub struct Filter {
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
    /// In which state.
    pub status: Option<ListingStatus>,
    /// What comes first: by default the best answers if there is a text, else the newest.
    pub sort: Option<Sort>,
}

words! {
    /// Who has taken a step of a listing's history.
    pub enum TakenBy {
        /// The listing's owner.
        Owner = "owner", "发布单位", "the owner";
        /// The market's staff.
        Market = "market", "市场运营", "the market";
        /// The market by itself: time, or a contract.
        System = "system", "系统", "the system";
    }
}

words! {
    /// Who has taken a review on.
    pub enum Assigned {
        /// The operator who asks.
        Me = "me", "本人", "me";
        /// Nobody yet.
        Nobody = "nobody", "未领取", "nobody";
    }
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
pub(crate) struct Search {
    wanted: Option<Wanted>,
    sort: Sort,
}

/// A part of a list, and how long all of it is.
pub(crate) struct Part {
    pub(crate) rows: Vec<(SummaryRow, Place)>,
    pub(crate) total: Option<i64>,
}

impl Search {
    /// What the caller looks for, of what they may know of; cuts the text into words.
    ///
    /// # Errors
    /// 422 `invalid` if the text has no words, or is missing where relevance is asked for.
    pub(crate) async fn new(caller: &Caller, filter: Filter) -> Outcome<Self> {
        let text = match &filter.q {
            None => None,
            Some(q) => {
                let text = segmenter::query(q.to_string()).await?;
                Some(text.ok_or_else(|| invalid().at("?q", no_words()))?)
            }
        };
        let by_default = if text.is_some() { Sort::Relevance } else { Sort::Newest };
        let sort = filter.sort.unwrap_or(by_default);
        if sort == Sort::Relevance && text.is_none() {
            return Err(invalid().at("?sort", nothing_to_rank_by()).into());
        }
        let scope = Scope::of(caller, filter.organisation, filter.status);
        let wanted = scope.map(|Scope { organisation, status }| Wanted {
            status,
            organisation,
            text,
            kind: filter.kind,
            domain: filter.domain,
            region: filter.region,
            trl_min: filter.trl_min,
            trl_max: filter.trl_max,
            price_max: filter.price_max,
            transfer_mode: filter.transfer_mode,
        });
        Ok(Self { wanted, sort })
    }

    /// The listings after `after`, at most `limit`, and if asked how many there are in all.
    ///
    /// # Errors
    /// 400 `cursor_invalid` if `after` is of a list in another order.
    pub(crate) async fn run(
        &self,
        conn: &mut Conn,
        after: Option<Place>,
        limit: i64,
        count: bool,
    ) -> Outcome<Part> {
        let Some(wanted) = &self.wanted else {
            return Ok(Part { rows: Vec::new(), total: count.then_some(0) });
        };
        let start = self.start(after).ok_or_else(|| CURSOR_INVALID.refuse())?;
        let rows = store::search(conn, wanted, start, limit).await?;
        let total = if count { Some(store::count(conn, wanted).await?) } else { None };
        Ok(Part { rows, total })
    }

    /// Where in which order the page starts; `None` if `after` is a place in another order.
    fn start(&self, after: Option<Place>) -> Option<Start> {
        match (self.sort, after) {
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

fn no_words() -> Fault {
    Fault::new("no_words", "检索词中没有可检索的文字", "there is no word to look for in this")
}

fn nothing_to_rank_by() -> Fault {
    Fault::new("text_required", "按相关度排序须给出检索词 q", "relevance needs a text in q")
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
