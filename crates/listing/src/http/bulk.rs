//! Many listings in one request: read, done and answered one by one.

use std::sync::Arc;

use ::store::{Db, Failure, Kept, Outcome, refusals::NOT_FOUND, refusals::STALE};
use kernel::{Fault, Id, Line, Refusal, Version, kinds};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use web::{
    Precondition, Problem, ProblemView, Write, check_json, faults, invalid,
    refusals::{IF_MATCH_MALFORMED, IF_NONE_MATCH_MALFORMED},
};

use crate::{
    Ports,
    commands::{PutListing, SubmitListing, WithdrawListing, Written},
    http::{forms::CreateListingForm, views::ListingView},
    model::BulkAction,
    store,
};

/// How many listings at once.
const ITEMS_MAX: usize = 100;
/// How often a step is tried on a listing that others change at the same time, if the caller means
/// no version.
const TRIES: usize = 5;

/// Many listings.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [
    { "reference": "QHU-2026-017", "if_none_match": "*", "listing": {
        "kind": "result", "title": "高镁锂比盐湖卤水吸附提锂技术",
        "abstract": "以改性铝系吸附剂从高镁锂比卤水中选择性提取锂。",
        "domain": "salt_lake_chemistry", "region": "630105", "non_secret_declared": true } },
    { "reference": "QHU-2026-017", "action": "submit" },
    { "reference": "QHU-2019-003", "action": "withdraw", "if_match": "\"v4\"" }
] }))]
pub(super) struct BulkListingsForm {
    /// Each listing; 1 to 100.
    #[schema(value_type = Vec<BulkListingForm>, min_items = 1, max_items = 100)]
    items: Vec<Box<RawValue>>,
}

/// One of many listings.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkListing)]
pub(super) struct BulkListingForm {
    /// Your own number for it.
    reference: Line<100>,
    /// What is done with it; `put` if left out.
    action: Option<BulkAction>,
    /// What it is to say; with `put` only.
    listing: Option<CreateListingForm>,
    /// The version that you mean, as an `ETag`; whatever version there is if left out. `*`: only if
    /// there is one.
    #[schema(example = "\"v4\"")]
    if_match: Option<String>,
    /// `*`: only if there is none yet; with `put` only.
    #[schema(example = "*")]
    if_none_match: Option<String>,
}

/// What came of each listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkListings)]
pub(super) struct BulkListingsView {
    /// In the order in which they were sent.
    items: Vec<BulkListingView>,
}

/// What came of one of many listings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkListingDone)]
pub(super) struct BulkListingView {
    /// Your number for it, if it could be read.
    #[schema(required = true)]
    reference: Option<String>,
    /// The HTTP status that it would have had alone.
    #[schema(example = 201)]
    status: u16,
    /// Its version, if it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    etag: Option<String>,
    /// The listing as it is now, if it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ListingView, nullable = false, required = false)]
    listing: Option<Box<RawValue>>,
    /// Why it was not done. Its pointers lead into the body of the whole request; of what was to be
    /// submitted or withdrawn, into the listing as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemView>,
}

/// One of many listings, at its place.
struct Item<'a> {
    write: &'a Write<BulkListingsForm>,
    ports: &'a Arc<dyn Ports>,
    own: Id<kinds::Organisation>,
    number: usize,
}

/// Does everything, one after the other. False if some may yet be done when it is sent again.
pub(super) async fn put_all(
    write: &Write<BulkListingsForm>,
    ports: &Arc<dyn Ports>,
    own: Id<kinds::Organisation>,
) -> Result<(BulkListingsView, bool), Problem> {
    let raw = &write.body.items;
    if !(1..=ITEMS_MAX).contains(&raw.len()) {
        return Err(invalid().at("/items", not_so_many(raw.len())).into());
    }
    let mut items = Vec::with_capacity(raw.len());
    for (number, raw) in raw.iter().enumerate() {
        let item = Item { write, ports, own, number };
        items.push(item.done(raw.get()).await?);
    }
    let is_final = items.iter().all(|item| item.status < 500);
    Ok((BulkListingsView { items }, is_final))
}

impl Item<'_> {
    async fn done(&self, raw: &str) -> Result<BulkListingView, Problem> {
        let place = format!("/items/{}", self.number);
        let form = match check_json::<BulkListingForm>(raw.as_bytes()) {
            Ok(form) => form,
            Err(refusal) => return self.refused(reference_in(raw), &place, refusal.into()),
        };
        let reference = Some(form.reference.to_string());
        let action = match Action::of(form) {
            Ok(action) => action,
            Err(failure) => return self.refused(reference, &place, failure),
        };
        // What is wrong with what a listing says already stands in no part of the request.
        let listing = match &action {
            Action::Put { .. } => format!("{place}/listing"),
            Action::Step { .. } => String::new(),
        };
        match self.run(action).await {
            Ok(kept) => Ok(BulkListingView {
                reference,
                status: kept.status,
                etag: kept.etag,
                listing: Some(RawValue::from_string(kept.body)?),
                problem: None,
            }),
            Err(failure) => self.refused(reference, &listing, failure),
        }
    }

    fn refused(
        &self,
        reference: Option<String>,
        place: &str,
        failure: Failure,
    ) -> Result<BulkListingView, Problem> {
        let problem = self.write.problem_of_part(place, failure)?;
        let status = problem.status;
        Ok(BulkListingView { reference, status, etag: None, listing: None, problem: Some(problem) })
    }

    async fn run(&self, action: Action) -> Outcome<Kept> {
        let write = self.write;
        match action {
            Action::Put { reference, listing, supposed } => {
                let ports = Arc::clone(self.ports);
                let content = listing.content(None)?;
                let command = PutListing::new(ports, reference, supposed, content)?;
                let is_new = |done: &Written| done.is_new;
                write
                    .part(self.number, command, is_new, |done| ListingView::whole(&done.listing))
                    .await
            }
            Action::Step { step, reference, version } => {
                for _ in 1..TRIES {
                    match self.step(step, &reference, version).await {
                        Err(Failure::Refused(stale))
                            if version.is_none() && stale.reason == &STALE => {}
                        outcome => return outcome,
                    }
                }
                self.step(step, &reference, version).await
            }
        }
    }

    /// Takes the listing under this number a step further, from the version that is meant, or else
    /// from the one that is there.
    async fn step(
        &self,
        step: Step,
        reference: &Line<100>,
        version: Option<Version>,
    ) -> Outcome<Kept> {
        let (id, present) = under(self.write.db(), self.own, reference).await?;
        let version = version.unwrap_or(present);
        match step {
            Step::Submit => {
                let ports = Arc::clone(self.ports);
                let command = SubmitListing { ports, id, version };
                self.write.part(self.number, command, |_| false, ListingView::whole).await
            }
            Step::Withdraw => {
                let command = WithdrawListing { id, version };
                self.write.part(self.number, command, |_| false, ListingView::whole).await
            }
        }
    }
}

/// The organisation's listing under this number, and its version.
async fn under(
    db: &Db,
    own: Id<kinds::Organisation>,
    reference: &Line<100>,
) -> Outcome<(Id<kinds::Listing>, Version)> {
    let found = store::listing_by_reference(&mut *db.reader().await?, own, reference).await?;
    let found = found.ok_or_else(|| NOT_FOUND.refuse())?;
    Ok((found.id, found.version))
}

/// What is done with a listing, and what it needs.
enum Action {
    Put { reference: Line<100>, listing: Box<CreateListingForm>, supposed: Precondition },
    Step { step: Step, reference: Line<100>, version: Option<Version> },
}

#[derive(Clone, Copy)]
enum Step {
    Submit,
    Withdraw,
}

impl Action {
    fn of(form: BulkListingForm) -> Result<Self, Failure> {
        let BulkListingForm { reference, action, listing, if_match, if_none_match } = form;
        let supposed = Precondition::of(if_match.as_deref(), if_none_match.as_deref());
        let supposed = supposed.map_err(at_its_field)?;
        let step = match action.unwrap_or(BulkAction::Put) {
            BulkAction::Put => {
                let required = || invalid().at("/listing", faults::required());
                let listing = Box::new(listing.ok_or_else(required)?);
                return Ok(Self::Put { reference, listing, supposed });
            }
            BulkAction::Submit => Step::Submit,
            BulkAction::Withdraw => Step::Withdraw,
        };
        if listing.is_some() {
            return Err(only_with_put("/listing").into());
        }
        let version = match supposed {
            // The version that is there, as long as one is.
            Precondition::None | Precondition::Present => None,
            Precondition::Version(version) => Some(version),
            Precondition::Absent => return Err(only_with_put("/if_none_match").into()),
        };
        Ok(Self::Step { step, reference, version })
    }
}

/// A fault of what is a header elsewhere is one of a field here.
fn at_its_field(failure: Failure) -> Failure {
    let Some(refusal) = failure.refusal() else { return failure };
    let reason = refusal.reason;
    let pointer = if reason == &IF_NONE_MATCH_MALFORMED {
        "/if_none_match"
    } else if reason == &IF_MATCH_MALFORMED || reason == &STALE {
        "/if_match"
    } else {
        return failure;
    };
    let fault = Fault::new(reason.code, reason.title.zh, reason.title.en);
    refusal.at(pointer, fault).into()
}

/// The number in what could not be read as a whole.
fn reference_in(raw: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        reference: String,
    }
    serde_json::from_str(raw).ok().map(|Named { reference }| reference)
}

fn only_with_put(pointer: &str) -> Refusal {
    let fault = Fault::new("only_with_put", "仅用于 action 为 put 时", "only if the action is put");
    invalid().at(pointer, fault)
}

fn not_so_many(number: usize) -> Fault {
    Fault::new(
        "out_of_range",
        format!("应为 1 至 {ITEMS_MAX} 项,现有 {number} 项"),
        format!("from 1 to {ITEMS_MAX}, not {number}"),
    )
}
