//! Some rows of an import become listings, in one transaction with how far it has come.

use std::{collections::HashMap, sync::Arc};

use ::store::{Command, Outcome, Tx, refusals::STALE};
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use events::ListingPublished;
use kernel::{Caller, Id, Permit, Refusal, Version, judge, kinds};
use serde_json::json;

use super::import_steps::{Held, save};
use crate::{
    Ports, access,
    imports::{Prepared, Verdict},
    model::{
        Content, Import, Listing, NewListing, Owner, Revision, State, Submitter, expect_fit,
        sheet::CellFault,
    },
    store,
};

/// Writes some rows; false if the import is no longer held.
#[derive(Clone)]
pub(crate) struct WriteRows {
    pub(crate) ports: Arc<dyn Ports>,
    pub(crate) held: Held,
    /// The number of the last row.
    pub(crate) reached: u32,
    pub(crate) rows: Arc<[Prepared]>,
}

impl Command for WriteRows {
    const ACT: &'static str = "import_listings";
    type Output = bool;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let Some(mut import) = self.held.lock(tx).await? else { return Ok(false) };
        let own = tx.actor()?.organisation;
        let facts = self.ports.organisation(tx.conn(), own).await?;
        let facts = facts.ok_or_else(|| anyhow!("an actor's {own:?} is unknown"))?;
        let owner = Owner { id: own, name: facts.name.clone() };
        let submitter = Submitter { name: facts.name, verified: facts.verified };

        let (made, mut refused) = self.create(tx, &import, &owner, &submitter).await?;
        let (changed, further) = self.change(tx, &import, &submitter).await?;
        refused.extend(further);
        refused.extend(self.rows.iter().filter_map(Prepared::faults));

        let progress = &mut import.progress;
        let same = self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Same)).count();
        progress.reached_row = self.reached;
        progress.created = more(progress.created, made);
        progress.updated = more(progress.updated, changed);
        progress.unchanged = more(progress.unchanged, same);
        progress.failed = more(progress.failed, refused.len());
        let fewer = u32::try_from(refused.len()).unwrap_or(u32::MAX);
        progress.valid = progress.valid.saturating_sub(fewer);
        let kept = progress.errors_kept;
        let faults = refused.into_iter().flat_map(|row| progress.keep(row)).collect();
        store::add_errors(tx.conn(), import.id, kept, faults).await?;
        save(tx, import, self.held).await
    }
}

impl WriteRows {
    /// Makes the new listings; how many, and what was refused of the others: a day may have come
    /// to its end since the file was looked through.
    async fn create(
        &self,
        tx: &mut Tx<'_>,
        import: &Import,
        owner: &Owner,
        submitter: &Submitter,
    ) -> Outcome<(usize, Vec<Vec<CellFault>>)> {
        let relations = access::relations(tx.caller(), owner.id);
        let permit = judge::<access::CreateListing>(tx.caller(), relations)?;
        let (mut drafts, mut refused): (Vec<NewListing>, Vec<_>) = (Vec::new(), Vec::new());
        for row in self.rows.iter() {
            let Verdict::Create { content } = &row.verdict else { continue };
            if import.wish.submit
                && let Err(refusal) = expect_fit(content, submitter, tx.now())
            {
                refused.push(row.refused(&refusal));
                continue;
            }
            let (id, content) = (tx.new_id(), Content::clone(content));
            drafts.push(NewListing::draft(&permit, id, owner.clone(), content, tx.now())?);
        }
        if drafts.is_empty() {
            return Ok((0, refused));
        }
        let submit = import.wish.submit.then(|| submit_permit(tx.caller(), owner)).transpose()?;
        let (state, version) = match &submit {
            Some(_) => (State::Submitted { at: tx.now() }, Version::FIRST.next()),
            None => (State::Draft, Version::FIRST),
        };
        let numbers = store::add_listings(tx.conn(), &drafts, version, |_| state.clone()).await?;
        let now = tx.now();
        for (draft, number) in drafts.iter().zip(numbers) {
            let draft = draft.clone().numbered(number);
            let facts = json!({
                "number": draft.number,
                "kind": draft.content.kind,
                "status": draft.state.status(),
                "import_id": import.id,
            });
            tx.record(draft.id, draft.version, facts);
            if let Some(permit) = &submit {
                let listing = draft.submit(permit, submitter.clone(), now)?;
                tx.record(listing.id, listing.version, json!({ "status": listing.state.status() }));
            }
        }
        Ok((drafts.len(), refused))
    }

    /// Changes the listings that are there; how many, and what was refused of the others.
    async fn change(
        &self,
        tx: &mut Tx<'_>,
        import: &Import,
        submitter: &Submitter,
    ) -> Outcome<(usize, Vec<Vec<CellFault>>)> {
        let ids: Vec<Id<kinds::Listing>> =
            self.rows.iter().filter_map(|row| row.verdict.changes()).collect();
        let locked = store::listings_for_update(tx.conn(), &ids).await?;
        let mut present: HashMap<_, _> =
            locked.into_iter().map(|listing| (listing.id, listing)).collect();
        let (mut changed, mut refused) = (0_usize, Vec::new());
        for row in self.rows.iter() {
            let Verdict::Change { id, version, content } = &row.verdict else { continue };
            let listing = present.remove(id).filter(|listing| listing.version == *version);
            // What it was prepared from is no longer so: it is prepared again.
            let listing = listing.ok_or_else(|| STALE.refuse())?;
            let (before, content) = (listing.clone(), Content::clone(content));
            let (caller, now) = (*tx.caller(), tx.now());
            let submitter = import.wish.submit.then(|| submitter.clone());
            let steps = match brought_in(&caller, listing, content, submitter, now) {
                Ok(steps) => steps,
                Err(refusal) => {
                    refused.push(row.refused(&refusal));
                    continue;
                }
            };
            save_steps(tx, import, &before, steps).await?;
            changed = changed.saturating_add(1);
        }
        Ok((changed, refused))
    }
}

async fn save_steps(
    tx: &mut Tx<'_>,
    import: &Import,
    before: &Listing,
    steps: Steps,
) -> Outcome<()> {
    let mut present = before;
    if let Some((listing, event)) = &steps.rewritten {
        store::save(tx.conn(), present, listing).await?;
        let facts = json!({
            "changed": present.content.differences(&listing.content),
            "revised": present.next_content().differences(listing.next_content()),
            "import_id": import.id,
        });
        tx.record(listing.id, listing.version, facts);
        if let Some(event) = event {
            tx.announce(event.clone());
        }
        present = listing;
    }
    if let Some(listing) = &steps.submitted {
        store::save(tx.conn(), present, listing).await?;
        let facts = json!({
            "status": listing.state.status(), "submitted": true, "import_id": import.id,
        });
        tx.record(listing.id, listing.version, facts);
    }
    Ok(())
}

/// What a row does to a listing that is there.
#[derive(Debug)]
pub(crate) struct Steps {
    /// The listing after what it says, or is to say next, has changed, if it does; with what there
    /// is to announce.
    pub(crate) rewritten: Option<(Listing, Option<ListingPublished>)>,
    /// The listing after it, or its next text, has been submitted, if it is.
    pub(crate) submitted: Option<Listing>,
}

/// What a row that says this does to a listing that is there: the one place where that is decided,
/// when the row is looked at and again when it is written. What is published gets a next text; a
/// listing that may not be changed in its state refuses. With a submitter, what has changed and
/// what has never been submitted is submitted.
///
/// # Errors
/// Whatever refuses.
pub(crate) fn brought_in(
    caller: &Caller,
    listing: Listing,
    content: Content,
    submitter: Option<Submitter>,
    now: DateTime<Utc>,
) -> Result<Steps, Refusal> {
    let is_new = *listing.next_content() != content;
    let owner = listing.organisation.clone();
    let permit = access::permit::<access::UpdateListing>(caller, &listing)?;
    let mut steps = Steps { rewritten: None, submitted: None };
    let mut listing = listing;
    if is_new {
        let changes = listing.next_content().changes_to(content);
        let (rewritten, event) = listing.update(&permit, changes, now)?;
        listing = rewritten.clone();
        steps.rewritten = Some((rewritten, event));
    }
    let Some(submitter) = submitter else { return Ok(steps) };
    if may_be_submitted(&listing, is_new) {
        let permit = submit_permit(caller, &owner)?;
        steps.submitted = Some(listing.submit(&permit, submitter, now)?);
    }
    Ok(steps)
}

/// Is there anything to submit? What was sent back or taken down needs a change before.
fn may_be_submitted(listing: &Listing, is_new: bool) -> bool {
    let waits = |revision: &Revision| revision.submitted_at().is_some();
    match &listing.state {
        State::Draft => true,
        State::Returned { .. } | State::Suspended { .. } => is_new,
        State::Published { revision, .. } => {
            is_new && revision.as_ref().is_some_and(|revision| !waits(revision))
        }
        State::Submitted { .. }
        | State::Reserved { .. }
        | State::Expired { .. }
        | State::Withdrawn { .. }
        | State::Traded { .. } => false,
    }
}

fn submit_permit(caller: &Caller, owner: &Owner) -> Result<Permit<access::SubmitListing>, Refusal> {
    judge(caller, access::relations(caller, owner.id))
}

fn more(count: u32, by: usize) -> u32 {
    count.saturating_add(u32::try_from(by).unwrap_or(u32::MAX))
}
