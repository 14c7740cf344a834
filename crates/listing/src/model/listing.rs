//! A listing, and the steps from state to state.
//!
//! A step takes the listing, asks for the permit of its act, and gives the listing in its next
//! version with what there is to announce, or refuses. Steps that come later (suspend, reserve,
//! expire, renew) find their place here, beside a state of their own in [`State`].

use chrono::{DateTime, Utc};
use events::{
    ContractSigned, ListingFacts, ListingPublished, ListingReturned, ListingTraded,
    ListingWithdrawn,
};
use kernel::{
    ContractType, Fen, Id, Line, ListingStatus, PartyRole, Permit, Refusal, Version, civil_date,
    kinds,
};

use crate::{
    access::{
        CreateListing, PublishListing, ReturnListing, SubmitListing, UpdateListing, WithdrawListing,
    },
    error::{ORGANISATION_NOT_VERIFIED, invalid_state, refuse_faults},
    model::{Budget, Changes, Content, ListingNumber, ReturnReasons, State, Trl},
};

/// Whose a listing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Which organisation.
    pub id: Id<kinds::Organisation>,
    /// Its name when it made the listing.
    pub name: Line<200>,
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
    /// Its owner changes what it says. What has been submitted is being read, and what has been
    /// published is relied upon: neither changes.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is a draft or returned; 422 `invalid` with every fault.
    pub fn update(
        self,
        _permit: &Permit<UpdateListing>,
        changes: Changes,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.expect_being_written()?;
        let mut listing = self.stepped(now);
        listing.content = listing.content.with(changes);
        refuse_faults(listing.content.faults())?;
        Ok(listing)
    }

    /// Its owner hands it to the market for review.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is a draft or returned; 409 `organisation_not_verified`; 422
    /// `invalid` with everything that keeps it from coming before the public.
    pub fn submit(
        self,
        _permit: &Permit<SubmitListing>,
        owner_is_verified: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.expect_being_written()?;
        if !owner_is_verified {
            return Err(ORGANISATION_NOT_VERIFIED.refuse());
        }
        refuse_faults(self.content.faults_at_submission(civil_date(now)))?;
        Ok(Self { state: State::Submitted { at: now }, ..self.stepped(now) })
    }

    /// An operator shows it to everybody.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is submitted.
    pub fn publish(
        self,
        _permit: &Permit<PublishListing>,
        now: DateTime<Utc>,
    ) -> Result<(Self, ListingPublished), Refusal> {
        let submitted_at = self.submitted_since()?;
        let state = State::Published { submitted_at, at: now };
        let listing = Self { state, ..self.stepped(now) };
        let event = ListingPublished {
            listing_id: listing.id,
            version: listing.version,
            published_at: now,
            listing: listing.facts(),
        };
        Ok((listing, event))
    }

    /// An operator sends it back to be mended.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is submitted.
    pub fn send_back(
        self,
        _permit: &Permit<ReturnListing>,
        reasons: ReturnReasons,
        now: DateTime<Utc>,
    ) -> Result<(Self, ListingReturned), Refusal> {
        let submitted_at = self.submitted_since()?;
        let event = ListingReturned {
            listing_id: self.id,
            organisation_id: self.organisation.id,
            reasons: reasons.texts(),
        };
        let state = State::Returned { submitted_at, reasons };
        Ok((Self { state, ..self.stepped(now) }, event))
    }

    /// Its owner takes it back, for good. That is announced if it had been public: of what nobody
    /// knew, nobody needs to hear.
    ///
    /// # Errors
    /// 409 `invalid_state` if it is withdrawn or traded already.
    pub fn withdraw(
        self,
        _permit: &Permit<WithdrawListing>,
        now: DateTime<Utc>,
    ) -> Result<(Self, Option<ListingWithdrawn>), Refusal> {
        match &self.state {
            State::Draft
            | State::Submitted { .. }
            | State::Returned { .. }
            | State::Published { .. } => {}
            State::Withdrawn { .. } | State::Traded { .. } => {
                return Err(self.works_in(&[
                    ListingStatus::Draft,
                    ListingStatus::Submitted,
                    ListingStatus::Returned,
                    ListingStatus::Published,
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

    /// A contract that names it has been signed by every party. It takes a published listing off
    /// the market if its owner is the buyer, whose need is met, or the seller who has transferred
    /// it; a licence, or what is developed from it, leaves the offer to others. Otherwise, and if
    /// it has been traded before, there is nothing to do.
    #[must_use]
    pub fn trade(
        self,
        signed: &ContractSigned,
        now: DateTime<Utc>,
    ) -> Option<(Self, ListingTraded)> {
        let State::Published { submitted_at, at } = self.state else { return None };
        let owner_is = |role: PartyRole| {
            let mut parties = signed.contract.parties.iter();
            parties.any(|party| party.role == role && party.organisation_id == self.organisation.id)
        };
        let is_traded = if self.content.kind.asks() {
            owner_is(PartyRole::Buyer)
        } else {
            owner_is(PartyRole::Seller) && signed.contract.contract_type == ContractType::Transfer
        };
        if !is_traded {
            return None;
        }
        let contract_id = signed.contract_id;
        let event = ListingTraded {
            listing_id: self.id,
            organisation_id: self.organisation.id,
            contract_id,
        };
        let state = State::Traded { submitted_at, published_at: at, contract_id };
        Some((Self { state, ..self.stepped(now) }, event))
    }

    /// What everybody may read of it once it is published: neither contact nor reference.
    fn facts(&self) -> ListingFacts {
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
    fn stepped(self, now: DateTime<Utc>) -> Self {
        Self { version: self.version.next(), updated_at: now, ..self }
    }

    /// Its owner may still write.
    fn expect_being_written(&self) -> Result<(), Refusal> {
        match &self.state {
            State::Draft | State::Returned { .. } => Ok(()),
            State::Submitted { .. }
            | State::Published { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => {
                Err(self.works_in(&[ListingStatus::Draft, ListingStatus::Returned]))
            }
        }
    }

    /// Since when it waits for an operator, if it does.
    fn submitted_since(&self) -> Result<DateTime<Utc>, Refusal> {
        match &self.state {
            State::Submitted { at } => Ok(*at),
            State::Draft
            | State::Published { .. }
            | State::Returned { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => Err(self.works_in(&[ListingStatus::Submitted])),
        }
    }

    fn works_in(&self, states: &[ListingStatus]) -> Refusal {
        invalid_state(self.state.status(), states)
    }
}
