//! What one domain causes in another: one match, in which no event can be forgotten.

use events::Event;
use store::{Outcome, Tx, outbox::React};

/// The market's reactions; each runs in the transaction that takes its event from the outbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reactions;

impl React for Reactions {
    async fn react(&self, tx: &mut Tx<'_>, event: &Event) -> Outcome<()> {
        match event {
            Event::OrganisationVerified(e) => matching::learn_organisation(tx, e).await,
            Event::OrganisationSuspended(e) => matching::leave_organisation_out(tx, e).await,
            Event::ListingPublished(e) => {
                matching::learn_listing(tx, e).await?;
                listing::note_hits(tx, e).await
            }
            Event::ListingCompared(e) => listing::note_further_hits(tx, e).await,
            Event::ListingWithdrawn(e) => matching::forget_listing(tx, e.listing_id).await,
            Event::ListingSuspended(e) => matching::forget_listing(tx, e.listing_id).await,
            Event::ListingExpired(e) => matching::forget_listing(tx, e.listing_id).await,
            Event::ListingReserved(e) => matching::forget_listing(tx, e.listing_id).await,
            Event::ListingTraded(e) => matching::forget_listing(tx, e.listing_id).await,
            Event::ContractOffered(e) => listing::reserve(tx, e).await,
            Event::ContractWithdrawn(e) => listing::release(tx, e).await,
            Event::ContractSigned(e) => {
                listing::mark_traded(tx, e).await?;
                matching::mark_contracted(tx, e).await?;
                subsidies::project(tx, e).await
            }
            Event::ContractRecognised(e) => subsidies::assess(tx, e).await,
            Event::ContractPaymentRecorded(e) => subsidies::reassess_payment(tx, e).await,
            // Told to those whom they concern, who read them in their lists.
            Event::ListingReturned(_)
            | Event::DisclosureRequested(_)
            | Event::DisclosureGranted(_)
            | Event::DisclosureRefused(_)
            | Event::DisclosureRevoked(_)
            | Event::SavedSearchHit(_)
            | Event::IntroductionProposed(_)
            | Event::IntroductionAccepted(_)
            | Event::IntroductionDeclined(_)
            | Event::IntroductionLapsing(_)
            | Event::IntroductionLapsed(_)
            | Event::IntroductionClosed(_)
            | Event::IntroductionMessagePosted(_)
            | Event::ListingExpiring(_)
            | Event::ContractRecognitionRefused(_)
            | Event::AwardProjected(_)
            | Event::AwardComputed(_) => Ok(()),
        }
    }
}
