//! What waits for an operator, what has become of a listing, and what else may be the same.

use std::cmp::Reverse;

use ::store::{Conn, Outcome, audit::Step};
use kernel::{
    Act, BasisPoints, Caller, Id, Line, ListingStatus, PatentNumber, Relation, UNAUTHENTICATED,
    Version, judge, kinds,
};

use crate::{
    access,
    http::ReviewFilterForm,
    model::{Listing, ListingNumber, Sketch},
    store::{self, CandidateRow, ReviewPlace, ReviewRow, SummaryRow, WantedReviews},
};

/// How many suspicions are shown.
const DUPLICATES_MAX: usize = 20;

/// Which reviews the caller asks for.
///
/// # Errors
/// 401 or 403 unless an operator asks.
pub(crate) fn wanted_reviews(caller: &Caller, form: &ReviewFilterForm) -> Outcome<WantedReviews> {
    judge::<access::ListReviews>(caller, &[Relation::Stranger])?;
    let actor = caller.actor().ok_or_else(|| UNAUTHENTICATED.refuse())?;
    Ok(WantedReviews {
        assigned: form.assigned,
        by: actor.account,
        kind: form.kind,
        domain: form.domain,
        organisation: form.organisation,
        revisions: form.revisions,
    })
}

/// A part of the queue, and if asked how long all of it is.
pub(crate) async fn reviews(
    conn: &mut Conn,
    wanted: &WantedReviews,
    after: Option<ReviewPlace>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<Waiting>, Option<i64>)> {
    let rows = store::reviews(conn, wanted, after, limit).await?;
    let total = if count { Some(store::count_reviews(conn, wanted).await?) } else { None };
    let revised = |row: &SummaryRow| row.status != ListingStatus::Submitted;
    let revised: Vec<_> =
        rows.iter().filter(|(row, _)| revised(row)).map(|(row, _)| row.id).collect();
    let revised = store::listings_of(conn, &revised).await?;
    let waiting = rows.into_iter().map(|(mut row, review)| {
        let listing = revised.iter().find(|listing| listing.id == row.id);
        let changed = listing.map_or_else(Vec::new, |listing| {
            let next = listing.next_content();
            (row.title, row.summary) = (next.title.clone(), next.summary.clone());
            listing.content.differences(next)
        });
        Waiting { listing: row, review, changed }
    });
    Ok((waiting.collect(), total))
}

/// Something that waits for an operator: with the title and abstract that they are to read.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) listing: SummaryRow,
    pub(crate) review: ReviewRow,
    /// Which fields its next text changes, if it is one.
    pub(crate) changed: Vec<&'static str>,
}

/// A listing's owner and its steps, the newest first, from before a version on.
///
/// # Errors
/// 404 if the caller may not know of it, 403 if only of what it says.
pub(crate) async fn history(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Listing>,
    before: Option<Version>,
    limit: i64,
) -> Outcome<(Id<kinds::Organisation>, Vec<Step>)> {
    let listing = known::<access::ListHistory>(conn, caller, id).await?;
    let steps = ::store::audit::history(conn, id, before, limit).await?;
    Ok((listing.organisation.id, steps))
}

/// A listing that may be the same as another.
#[derive(Debug)]
pub(crate) struct Duplicate {
    pub(crate) id: Id<kinds::Listing>,
    pub(crate) number: ListingNumber,
    pub(crate) organisation: Id<kinds::Organisation>,
    pub(crate) organisation_name: Line<200>,
    pub(crate) title: Line<200>,
    pub(crate) status: ListingStatus,
    /// How alike title and abstract are.
    pub(crate) likeness: BasisPoints,
    /// The patents that both name.
    pub(crate) patents: Vec<PatentNumber>,
}

/// What may be the same as a listing, as it is or is to be next, of what the caller may know of:
/// first what names one of its patents, then what is most alike.
///
/// # Errors
/// 404 if the caller may not know of it, 403 if only of what it says.
pub(crate) async fn duplicates(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Listing>,
) -> Outcome<Vec<Duplicate>> {
    let listing = known::<access::ListDuplicates>(conn, caller, id).await?;
    let content = listing.next_content();
    let numbers: Vec<&PatentNumber> = content.patents.iter().map(|it| &it.number).collect();
    let sketch = Sketch::of(content);
    let mut candidates = store::with_patents(conn, id, &numbers).await?;
    candidates.extend(store::with_bands(conn, id, &sketch.bands()).await?);
    candidates.retain(|row| access::sight(caller, row.organisation_id, row.status).is_some());
    candidates.sort_unstable_by_key(|row| row.id);
    candidates.dedup_by_key(|row| row.id);
    let mut found = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        found.extend(compared(candidate, &sketch, &numbers)?);
    }
    found.sort_unstable_by_key(|it| (Reverse(it.patents.len()), Reverse(it.likeness), it.id));
    found.truncate(DUPLICATES_MAX);
    Ok(found)
}

/// A listing of which the caller may know and read this; nobody learns of it without signing in.
async fn known<A: Act>(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Listing>,
) -> Outcome<Listing> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let listing = store::listing(conn, id).await?;
    access::permit::<A>(caller, &listing)?;
    Ok(listing)
}

/// The suspicion, if there is one.
fn compared(
    row: CandidateRow,
    sketch: &Sketch,
    numbers: &[&PatentNumber],
) -> Outcome<Option<Duplicate>> {
    let other = Sketch::of_text(&format!("{} {}", row.title, row.summary));
    let patents = row.patents()?.into_iter().map(|patent| patent.number);
    let patents: Vec<PatentNumber> = patents.filter(|number| numbers.contains(&number)).collect();
    if patents.is_empty() && !sketch.is_near(&other) {
        return Ok(None);
    }
    Ok(Some(Duplicate {
        id: row.id,
        number: row.number,
        organisation: row.organisation_id,
        organisation_name: row.organisation_name,
        title: row.title,
        status: row.status,
        likeness: sketch.likeness(&other),
        patents,
    }))
}
