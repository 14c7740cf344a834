//! What becomes of a published listing by the deal and by time.

use chrono::{DateTime, NaiveDate, Utc};
use events::{
    ContractOffered, ContractSigned, ContractWithdrawn, ListingExpired, ListingPublished,
    ListingReserved, ListingTraded,
};
use kernel::{ContractType, Id, ListingStatus, PartyRole, Permit, Refusal, civil_date, kinds};

use crate::{
    access::RenewListing,
    error::refuse_faults,
    model::{Listing, Publication, State},
};

impl Listing {
    /// Its owner lets it stand longer, or lets it come back: until a day, or for another year.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is published or expired; 422 `invalid` with everything that
    /// keeps it from being public any longer.
    pub fn renew(
        self,
        _permit: &Permit<RenewListing>,
        until: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<(Self, Option<ListingPublished>), Refusal> {
        let (publication, revision, was_expired) = match self.state.clone() {
            State::Published { publication, revision } => (publication, revision, false),
            State::Expired { publication } => (publication, None, true),
            State::Draft
            | State::Submitted { .. }
            | State::Returned { .. }
            | State::Reserved { .. }
            | State::Suspended { .. }
            | State::Withdrawn { .. }
            | State::Traded { .. } => {
                return Err(self.works_in(&[ListingStatus::Published, ListingStatus::Expired]));
            }
        };
        let mut listing = self.stepped(now);
        listing.content.expires_on = until;
        refuse_faults(listing.content.faults_at_submission(civil_date(now)))?;
        let publication = Publication { until: listing.stands_until(now), ..publication };
        listing.state = State::Published { publication, revision };
        let event = was_expired.then(|| listing.published(publication));
        Ok((listing, event))
    }

    /// Its last day is over: nobody finds it any longer. `None` if that is not so.
    #[must_use]
    pub fn expire(self, now: DateTime<Utc>) -> Option<(Self, ListingExpired)> {
        let State::Published { publication, .. } = &self.state else { return None };
        let publication = *publication;
        if publication.until >= civil_date(now) {
            return None;
        }
        let event = ListingExpired { listing_id: self.id, organisation_id: self.organisation.id };
        Some((Self { state: State::Expired { publication }, ..self.stepped(now) }, event))
    }

    /// Its owner has offered a contract that would take it off the market: it is held for that
    /// contract. What others offer holds nobody's listing.
    #[must_use]
    pub fn reserve(
        self,
        offered: &ContractOffered,
        now: DateTime<Utc>,
    ) -> Option<(Self, ListingReserved)> {
        let State::Published { publication, revision } = self.state.clone() else { return None };
        let is_traded = self.is_traded_by(offered.contract_type, |role| match role {
            PartyRole::Seller => offered.sellers.contains(&self.organisation.id),
            PartyRole::Buyer => offered.buyers.contains(&self.organisation.id),
            PartyRole::Broker => false,
        });
        if offered.offered_by != self.organisation.id || !is_traded {
            return None;
        }
        let contract_id = offered.contract_id;
        let event = ListingReserved {
            listing_id: self.id,
            organisation_id: self.organisation.id,
            contract_id,
        };
        let state = State::Reserved { publication, revision, contract_id };
        Some((Self { state, ..self.stepped(now) }, event))
    }

    /// The contract for which it was held has been taken back: everybody finds it again.
    #[must_use]
    pub fn release(
        self,
        withdrawn: &ContractWithdrawn,
        now: DateTime<Utc>,
    ) -> Option<(Self, ListingPublished)> {
        let State::Reserved { publication, revision, contract_id } = self.state.clone() else {
            return None;
        };
        if contract_id != withdrawn.contract_id {
            return None;
        }
        let state = State::Published { publication, revision };
        let listing = Self { state, ..self.stepped(now) };
        let event = listing.published(publication);
        Some((listing, event))
    }

    /// A contract that names it has been signed by every party. It takes a listing off the market
    /// if its owner is the buyer, whose need is met, or the seller who has transferred it; a
    /// licence, or what is developed from it, leaves the offer to others. Otherwise, and if it has
    /// been traded before, there is nothing to do. What was taken down or expired while the
    /// signatures were awaited is traded all the same: it must not come back.
    #[must_use]
    pub fn trade(
        self,
        signed: &ContractSigned,
        now: DateTime<Utc>,
    ) -> Option<(Self, ListingTraded)> {
        let is_new = self.state.status() != ListingStatus::Traded;
        let publication = self.state.publication().filter(|_| is_new)?;
        let contract = &signed.contract;
        let is_traded = self.is_traded_by(contract.contract_type, |role| {
            let mut parties = contract.parties.iter();
            parties.any(|party| party.role == role && party.organisation_id == self.organisation.id)
        });
        if !is_traded {
            return None;
        }
        let contract_id = signed.contract_id;
        let event = self.traded(contract_id);
        let state = State::Traded { publication, contract_id };
        Some((Self { state, ..self.stepped(now) }, event))
    }

    fn traded(&self, contract_id: Id<kinds::Contract>) -> ListingTraded {
        ListingTraded { listing_id: self.id, organisation_id: self.organisation.id, contract_id }
    }

    /// Would a contract of this type, in which its owner has one of these roles, take it off the
    /// market?
    fn is_traded_by(
        &self,
        contract_type: ContractType,
        owner_is: impl Fn(PartyRole) -> bool,
    ) -> bool {
        let kind = self.content.kind;
        PartyRole::ALL.iter().any(|role| owner_is(*role) && kind.is_dealt_by(*role, contract_type))
    }
}
