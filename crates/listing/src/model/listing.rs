//! A listing, and the steps from state to state.
//!
//! A step takes the listing, asks for the permit of its act, and gives the listing in its next
//! version with what there is to announce, or refuses. What the market does by itself is in
//! [`super::life`], what becomes of a published listing's next text in [`super::revise`].

use chrono::{DateTime, Days, NaiveDate, Utc};
use events::{ListingFacts, ListingPublished, ListingReturned, ListingSuspended, ListingWithdrawn};
use kernel::{Fen, Id, Line, ListingStatus, Permit, Prose, Refusal, Version, civil_date, kinds};

use crate::{
    access::{
        CreateListing, PublishListing, ReturnListing, SubmitListing, SuspendListing,
        WithdrawListing,
    },
    error::{
        ORGANISATION_NOT_VERIFIED, REVISION_SUBMITTED, invalid_state, no_revision_waits,
        nothing_revised, refuse_faults,
    },
    model::{
        Budget, Content, ListingNumber, Publication, ReturnReasons, Revision, RevisionStage, State,
        Trl,
    },
};

/// For how long a listing stands if its owner does not say.
const STANDS_DAYS: Days = Days::new(365);

/// Whose a listing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Which organisation.
    pub id: Id<kinds::Organisation>,
    /// Its name when it submitted the listing, last; before that, when it made it.
    pub name: Line<200>,
}

/// What its owner is at the moment of submission: that is what the public is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitter {
    /// Its name now.
    pub name: Line<200>,
    /// Has the market checked that it is what it says?
    pub verified: bool,
}

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its id.
    pub id: Id<kinds::Listing>,
    /// Its version.
    pub version: Version,
    /// Its number, for people.
    pub number: ListingNumber,
    /// Whose it is.
    pub organisation: Owner,
    /// What it says.
    pub content: Content,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed, last.
    pub updated_at: DateTime<Utc>,
}

/// A draft that has no number yet: the database gives it.
#[derive(Clone, Debug)]
pub struct NewListing {
    /// Its id.
    pub id: Id<kinds::Listing>,
    /// Whose it is.
    pub organisation: Owner,
    /// What it says.
    pub content: Content,
    /// When it is made.
    pub created_at: DateTime<Utc>,
}

impl NewListing {
    /// A new draft.
    ///
    /// # Errors
    /// 422 `invalid` with every fault of its content.
    pub fn draft(
        _permit: &Permit<CreateListing>,
        id: Id<kinds::Listing>,
        organisation: Owner,
        content: Content,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        refuse_faults(content.faults())?;
        Ok(Self { id, organisation, content, created_at: now })
    }

    /// Until when it stands if it is public from its beginning.
    #[must_use]
    pub fn stands_until(&self) -> NaiveDate {
        stands_until(&self.content, self.created_at)
    }

    /// The listing under its number.
    #[must_use]
    pub fn numbered(self, number: ListingNumber) -> Listing {
        let Self { id, organisation, content, created_at } = self;
        Listing {
            id,
            version: Version::FIRST,
            number,
            organisation,
            content,
            state: State::Draft,
            created_at,
            updated_at: created_at,
        }
    }
}

impl Listing {
    /// Its owner hands it to the market for review: a draft, what was returned or taken down, or
    /// the next text of what is published.
    ///
    /// # Errors
    /// 409 `invalid_state` if there is nothing to hand over, `revision_submitted` if that is done
    /// already, `organisation_not_verified`; 422 `invalid` with everything that keeps it from
    /// coming before the public.
    pub fn submit(
        self,
        _permit: &Permit<SubmitListing>,
        owner: Submitter,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let nothing_to_submit = self.nothing_to_submit();
        let today = civil_date(now);
        let (faults, state) = match self.state.clone() {
            State::Draft | State::Returned { .. } | State::Suspended { .. } => {
                (self.content.faults_at_submission(today), State::Submitted { at: now })
            }
            State::Published { publication, revision: Some(mut revision) }
                if revision.submitted_at().is_none() =>
            {
                let faults = revision.content.faults_at_submission(today);
                revision.stage = RevisionStage::Submitted { at: now };
                (faults, State::Published { publication, revision: Some(revision) })
            }
            State::Submitted { .. }
            | State::Published { .. }
            | State::Reserved { .. }
            | State::Expired { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => return Err(nothing_to_submit),
        };
        expect_verified(&owner)?;
        refuse_faults(faults)?;
        let organisation = Owner { name: owner.name, ..self.organisation.clone() };
        Ok(Self { state, organisation, ..self.stepped(now) })
    }

    /// An operator shows it to everybody, as it is or with its next text; or again, after it was
    /// taken down.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it, or its next text, waits for that.
    pub fn publish(
        self,
        _permit: &Permit<PublishListing>,
        now: DateTime<Utc>,
    ) -> Result<(Self, ListingPublished), Refusal> {
        let nothing_to_publish =
            self.nothing_waits(&[ListingStatus::Submitted, ListingStatus::Suspended]);
        let mut listing = self.stepped(now);
        let publication = match listing.state.clone() {
            State::Submitted { at } => {
                Publication { submitted_at: at, at: now, until: listing.stands_until(now) }
            }
            State::Suspended { publication, .. } => publication,
            State::Published { publication, revision: Some(revision) } => {
                let Some(submitted_at) = revision.submitted_at() else {
                    return Err(nothing_to_publish);
                };
                listing.content = revision.content;
                Publication { submitted_at, ..publication }
            }
            State::Draft
            | State::Published { .. }
            | State::Returned { .. }
            | State::Reserved { .. }
            | State::Expired { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => return Err(nothing_to_publish),
        };
        listing.state = State::Published { publication, revision: None };
        let event = listing.published(publication);
        Ok((listing, event))
    }

    /// An operator sends it, or its next text, back to be mended.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it, or its next text, waits for an operator.
    pub fn send_back(
        self,
        _permit: &Permit<ReturnListing>,
        reasons: ReturnReasons,
        now: DateTime<Utc>,
    ) -> Result<(Self, ListingReturned), Refusal> {
        let nothing_to_return = self.nothing_waits(&[ListingStatus::Submitted]);
        let event = ListingReturned {
            listing_id: self.id,
            organisation_id: self.organisation.id,
            reasons: reasons.texts(),
        };
        let state = match self.state.clone() {
            State::Submitted { at } => State::Returned { submitted_at: at, reasons },
            State::Published { publication, revision: Some(mut revision) }
                if revision.submitted_at().is_some() =>
            {
                revision.stage = RevisionStage::Returned { reasons };
                State::Published { publication, revision: Some(revision) }
            }
            State::Draft
            | State::Published { .. }
            | State::Returned { .. }
            | State::Reserved { .. }
            | State::Suspended { .. }
            | State::Expired { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => return Err(nothing_to_return),
        };
        Ok((Self { state, ..self.stepped(now) }, event))
    }

    /// An operator takes it down.
    ///
    /// # Errors
    /// 409 `invalid_state` unless everybody can see it.
    pub fn suspend(
        self,
        _permit: &Permit<SuspendListing>,
        reason: Prose<500>,
        now: DateTime<Utc>,
    ) -> Result<(Self, ListingSuspended), Refusal> {
        let Some(publication) = self.state.on_the_market() else {
            return Err(self.works_in(&[ListingStatus::Published, ListingStatus::Reserved]));
        };
        let event = ListingSuspended {
            listing_id: self.id,
            organisation_id: self.organisation.id,
            reason: reason.to_string(),
        };
        Ok((Self { state: State::Suspended { publication, reason }, ..self.stepped(now) }, event))
    }

    /// Its owner takes it back, for good. That is announced if it had been public: of what nobody
    /// knew, nobody needs to hear.
    ///
    /// # Errors
    /// 409 `invalid_state` if a contract holds it, or it is off the market already.
    pub fn withdraw(
        self,
        _permit: &Permit<WithdrawListing>,
        now: DateTime<Utc>,
    ) -> Result<(Self, Option<ListingWithdrawn>), Refusal> {
        match &self.state {
            State::Draft
            | State::Submitted { .. }
            | State::Returned { .. }
            | State::Published { .. }
            | State::Suspended { .. }
            | State::Expired { .. } => {}
            State::Reserved { .. } | State::Withdrawn { .. } | State::Traded { .. } => {
                return Err(self.works_in(&[
                    ListingStatus::Draft,
                    ListingStatus::Submitted,
                    ListingStatus::Returned,
                    ListingStatus::Published,
                    ListingStatus::Suspended,
                    ListingStatus::Expired,
                ]));
            }
        }
        let (submitted_at, published_at) = (self.state.submitted_at(), self.state.published_at());
        let event = published_at.map(|_| ListingWithdrawn {
            listing_id: self.id,
            organisation_id: self.organisation.id,
        });
        let state = State::Withdrawn { submitted_at, published_at };
        Ok((Self { state, ..self.stepped(now) }, event))
    }

    /// Until when it stands if it comes before the public now.
    pub(super) fn stands_until(&self, now: DateTime<Utc>) -> NaiveDate {
        stands_until(&self.content, now)
    }

    /// Since when it, or its next text, waits for an operator.
    #[must_use]
    pub fn waits_since(&self) -> Option<DateTime<Utc>> {
        if let State::Submitted { at } = &self.state {
            return Some(*at);
        }
        self.state.revision().and_then(Revision::submitted_at)
    }

    /// Tells that everybody can see it, as it is now.
    pub(super) fn published(&self, publication: Publication) -> ListingPublished {
        ListingPublished {
            listing_id: self.id,
            version: self.version,
            published_at: publication.at,
            said_at: Some(self.updated_at),
            listing: self.facts(),
        }
    }

    /// What everybody may read of it once it is published: neither contact nor reference.
    pub(super) fn facts(&self) -> ListingFacts {
        let content = &self.content;
        let budget = |side: fn(Budget) -> Option<Fen>| content.budget.and_then(side);
        ListingFacts {
            number: self.number.to_string(),
            kind: content.kind,
            organisation_id: self.organisation.id,
            organisation_name: self.organisation.name.to_string(),
            title: content.title.to_string(),
            summary: content.summary.to_string(),
            description: content.description.as_ref().map(ToString::to_string),
            keywords: content.keywords.iter().map(ToString::to_string).collect(),
            domain: content.domain,
            region: content.region.clone(),
            trl: content.trl.map(Trl::level),
            transfer_modes: content.transfer_modes.clone(),
            price_mode: content.price.map(|price| price.mode),
            price_fen: content.price.and_then(|price| price.amount_fen),
            budget_min_fen: budget(|budget| budget.min_fen),
            budget_max_fen: budget(|budget| budget.max_fen),
            deadline: content.deadline,
        }
    }

    /// The next version, changed now.
    pub(super) fn stepped(self, now: DateTime<Utc>) -> Self {
        Self { version: self.version.next(), updated_at: now, ..self }
    }

    fn nothing_to_submit(&self) -> Refusal {
        match self.state.revision() {
            Some(revision) if revision.submitted_at().is_some() => REVISION_SUBMITTED.refuse(),
            Some(_) | None if self.state.status() == ListingStatus::Published => nothing_revised(),
            Some(_) | None => self.works_in(&[
                ListingStatus::Draft,
                ListingStatus::Returned,
                ListingStatus::Suspended,
            ]),
        }
    }

    fn nothing_waits(&self, states: &[ListingStatus]) -> Refusal {
        if self.state.status() == ListingStatus::Published {
            no_revision_waits()
        } else {
            self.works_in(states)
        }
    }

    pub(super) fn works_in(&self, states: &[ListingStatus]) -> Refusal {
        invalid_state(self.state.status(), states)
    }
}

/// Could a draft that says this be submitted now?
///
/// # Errors
/// 409 `organisation_not_verified`; 422 `invalid` with everything that keeps it from coming before
/// the public.
pub fn expect_fit(content: &Content, owner: &Submitter, now: DateTime<Utc>) -> Result<(), Refusal> {
    expect_verified(owner)?;
    refuse_faults(content.faults_at_submission(civil_date(now)))
}

fn expect_verified(owner: &Submitter) -> Result<(), Refusal> {
    if owner.verified { Ok(()) } else { Err(ORGANISATION_NOT_VERIFIED.refuse()) }
}

fn stands_until(content: &Content, since: DateTime<Utc>) -> NaiveDate {
    let by_default = || civil_date(since).checked_add_days(STANDS_DAYS);
    content.expires_on.or_else(by_default).unwrap_or(NaiveDate::MAX)
}
