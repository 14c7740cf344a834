//! What its owner writes: a draft directly, a published listing's next text beside it.

use chrono::{DateTime, Utc};
use events::ListingPublished;
use kernel::{ListingStatus, Permit, Refusal, civil_date};

use crate::{
    access::{DiscardRevision, UpdateListing},
    error::{NO_REVISION, REVISION_SUBMITTED, refuse_faults},
    model::{Changes, Content, Listing, Publication, Revision, RevisionStage, State},
};

impl Listing {
    /// Its owner changes what it says. A draft changes directly. What is published is relied upon:
    /// a change becomes its revision, which is reviewed while the listing stands as it is; only
    /// small changes ([`Content::with_small_changes_of`]) show at once, and are announced if
    /// everybody can see them.
    ///
    /// # Errors
    /// 409 `invalid_state` if it cannot be changed; 409 `revision_submitted` while an operator
    /// reads the revision; 422 `invalid` with every fault.
    pub fn update(
        self,
        _permit: &Permit<UpdateListing>,
        changes: Changes,
        now: DateTime<Utc>,
    ) -> Result<(Self, Option<ListingPublished>), Refusal> {
        match self.state.clone() {
            State::Draft | State::Returned { .. } | State::Suspended { .. } => {
                let mut listing = self.stepped(now);
                listing.content = listing.content.with(changes);
                refuse_faults(listing.content.faults())?;
                Ok((listing, None))
            }
            State::Published { publication, revision } => {
                self.revise(publication, revision.map(|revision| *revision), changes, now)
            }
            State::Submitted { .. }
            | State::Reserved { .. }
            | State::Expired { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => Err(self.works_in(&[
                ListingStatus::Draft,
                ListingStatus::Returned,
                ListingStatus::Suspended,
                ListingStatus::Published,
            ])),
        }
    }

    fn revise(
        self,
        publication: Publication,
        revision: Option<Revision>,
        changes: Changes,
        now: DateTime<Utc>,
    ) -> Result<(Self, Option<ListingPublished>), Refusal> {
        let facts = self.facts();
        let mut listing = self.stepped(now);
        let (written, stage) = match revision {
            Some(Revision { content, stage }) => (content, stage),
            None => (listing.content.clone(), RevisionStage::Draft),
        };
        let wanted = written.clone().with(changes);
        let shown = listing.content.clone().with_small_changes_of(&wanted);
        let mut faults = wanted.faults();
        let small = shown.faults_of_small_changes(&listing.content, civil_date(now));
        faults
            .extend(small.into_iter().filter(|fault| !faults.contains(fault)).collect::<Vec<_>>());
        refuse_faults(faults)?;
        let until = match shown.expires_on {
            Some(day) if shown.expires_on != listing.content.expires_on => day,
            Some(_) | None => publication.until,
        };
        let same_text = written.with_small_changes_of(&wanted) == wanted;
        if !same_text && matches!(stage, RevisionStage::Submitted { .. }) {
            return Err(REVISION_SUBMITTED.refuse());
        }
        let revision = (wanted != shown).then(|| Box::new(Revision { content: wanted, stage }));
        let publication = Publication { until, ..publication };
        listing.content = shown;
        listing.state = State::Published { publication, revision };
        let event = (listing.facts() != facts).then(|| listing.published(publication));
        Ok((listing, event))
    }

    /// Its owner gives up what it wanted a published listing to say next.
    ///
    /// # Errors
    /// 409 `no_revision` if there is none.
    pub fn discard_revision(
        self,
        _permit: &Permit<DiscardRevision>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let state = match self.state.clone() {
            State::Published { publication, revision: Some(_) } => {
                State::Published { publication, revision: None }
            }
            State::Reserved { publication, revision: Some(_), contract_id } => {
                State::Reserved { publication, revision: None, contract_id }
            }
            State::Draft
            | State::Submitted { .. }
            | State::Published { .. }
            | State::Returned { .. }
            | State::Reserved { .. }
            | State::Suspended { .. }
            | State::Expired { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => return Err(NO_REVISION.refuse()),
        };
        Ok(Self { state, ..self.stepped(now) })
    }

    /// What it says once its revision is published; what it says now, if it has none.
    #[must_use]
    pub fn next_content(&self) -> &Content {
        self.state.revision().map_or(&self.content, |revision| &revision.content)
    }
}
