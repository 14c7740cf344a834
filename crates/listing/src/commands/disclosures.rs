//! `request_disclosure`, `grant_disclosure`, `refuse_disclosure`, `revoke_disclosure`.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx, refusals::NOT_FOUND};
use anyhow::anyhow;
use chrono::NaiveDate;
use events::Event;
use kernel::{Act, Id, Line, Permit, Prose, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{
    Ports, access,
    error::{NOTHING_PROTECTED, ORGANISATION_NOT_VERIFIED},
    model::{Disclosure, DisclosureRequest, Owner},
    queries::ShownDisclosure,
    store,
};

/// Asks to see what is protected of a listing.
#[derive(Clone)]
pub struct RequestDisclosure {
    /// The listing.
    pub listing_id: Id<kinds::Listing>,
    /// What for.
    pub purpose: Line<200>,
    /// What else its owner should know.
    pub message: Option<Prose<2000>>,
    /// Tells whether the caller's organisation is verified.
    pub ports: Arc<dyn Ports>,
}

impl Command for RequestDisclosure {
    const ACT: &'static str = "request_disclosure";
    type Output = ShownDisclosure;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<ShownDisclosure> {
        let listing = store::listing_for_update(tx.conn(), self.listing_id).await?;
        let permit = access::permit::<access::RequestDisclosure>(tx.caller(), &listing)?;
        if !access::is_public(listing.state.status()) {
            // Staff know of it, but nobody can be let see what is not public yet.
            return Err(NOT_FOUND.refuse().into());
        }
        let own = tx.actor()?.organisation;
        let facts = self.ports.organisation(tx.conn(), own).await?;
        let facts = facts.ok_or_else(|| anyhow!("an actor's {own:?} is unknown"))?;
        if !facts.verified {
            return Err(ORGANISATION_NOT_VERIFIED.refuse().into());
        }
        if !store::has_protected(tx.conn(), listing.id).await? {
            return Err(NOTHING_PROTECTED.refuse().into());
        }
        close_expired(tx, listing.id, own).await?;
        let request = DisclosureRequest {
            listing_id: listing.id,
            owner_id: listing.organisation.id,
            listing_title: listing.content.title.clone(),
            requester: Owner { id: facts.id, name: facts.name },
            purpose: self.purpose,
            message: self.message,
        };
        let (disclosure, event) = Disclosure::request(&permit, tx.new_id(), request, tx.now());
        store::add_disclosure(tx.conn(), &disclosure).await?;
        record(tx, &disclosure);
        tx.announce(event);
        shown(tx, disclosure.id).await
    }
}

/// A grant that is over makes room for the next request.
async fn close_expired(
    tx: &mut Tx<'_>,
    listing: Id<kinds::Listing>,
    organisation: Id<kinds::Organisation>,
) -> Outcome<()> {
    let today = tx.today();
    let granted = store::granted_for_update(tx.conn(), listing, organisation).await?;
    let before = granted.as_ref().map(|granted| granted.version);
    let expired = granted.and_then(|granted| granted.expire(today));
    if let (Some(before), Some(expired)) = (before, expired) {
        store::save_disclosure(tx.conn(), before, &expired).await?;
        record(tx, &expired);
    }
    Ok(())
}

/// Lets it be seen.
#[derive(Clone, Copy, Debug)]
pub struct GrantDisclosure {
    /// Which request.
    pub id: Id<kinds::Disclosure>,
    /// The version that the owner means.
    pub version: Version,
    /// The last day; three months from now if nothing is said.
    pub expires_on: Option<NaiveDate>,
}

impl Command for GrantDisclosure {
    const ACT: &'static str = "grant_disclosure";
    type Output = ShownDisclosure;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<ShownDisclosure> {
        let (disclosure, permit) =
            disclosure_for::<access::GrantDisclosure>(tx, self.id, self.version).await?;
        let (granted, event) = disclosure.grant(&permit, self.expires_on, tx.now())?;
        save(tx, self.version, &granted, event).await
    }
}

/// Does not let it be seen.
#[derive(Clone, Debug)]
pub struct RefuseDisclosure {
    /// Which request.
    pub id: Id<kinds::Disclosure>,
    /// The version that the owner means.
    pub version: Version,
    /// Why; told to who asked.
    pub reason: Prose<1000>,
}

impl Command for RefuseDisclosure {
    const ACT: &'static str = "refuse_disclosure";
    type Output = ShownDisclosure;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<ShownDisclosure> {
        let (disclosure, permit) =
            disclosure_for::<access::RefuseDisclosure>(tx, self.id, self.version).await?;
        let (refused, event) = disclosure.refuse(&permit, self.reason, tx.now())?;
        save(tx, self.version, &refused, event).await
    }
}

/// No longer lets it be seen.
#[derive(Clone, Debug)]
pub struct RevokeDisclosure {
    /// Which request.
    pub id: Id<kinds::Disclosure>,
    /// The version that the owner means.
    pub version: Version,
    /// Why; told to who asked.
    pub reason: Prose<1000>,
}

impl Command for RevokeDisclosure {
    const ACT: &'static str = "revoke_disclosure";
    type Output = ShownDisclosure;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<ShownDisclosure> {
        let (disclosure, permit) =
            disclosure_for::<access::RevokeDisclosure>(tx, self.id, self.version).await?;
        let (revoked, event) = disclosure.revoke(&permit, self.reason, tx.now())?;
        save(tx, self.version, &revoked, event).await
    }
}

/// A request, locked until the transaction ends, with the permit to do the act `A` to it.
async fn disclosure_for<A: Act>(
    tx: &mut Tx<'_>,
    id: Id<kinds::Disclosure>,
    version: Version,
) -> Outcome<(Disclosure, Permit<A>)> {
    let disclosure = store::disclosure_for_update(tx.conn(), id).await?;
    access::expect_knows_disclosure(tx.caller(), &disclosure)?;
    let relations = access::relations_to_disclosure(tx.caller(), &disclosure);
    let permit = judge(tx.caller(), relations)?;
    expect_version(disclosure.version, version)?;
    Ok((disclosure, permit))
}

async fn save(
    tx: &mut Tx<'_>,
    before: Version,
    disclosure: &Disclosure,
    event: impl Into<Event>,
) -> Outcome<ShownDisclosure> {
    store::save_disclosure(tx.conn(), before, disclosure).await?;
    record(tx, disclosure);
    tx.announce(event);
    shown(tx, disclosure.id).await
}

/// Where it stands, and not what people wrote to one another.
fn record(tx: &mut Tx<'_>, disclosure: &Disclosure) {
    let facts = json!({
        "status": disclosure.state.status(tx.today()),
        "listing_id": disclosure.listing_id,
        "expires_on": disclosure.state.grant().map(|grant| grant.expires_on),
    });
    tx.record(disclosure.id, disclosure.version, facts);
}

async fn shown(tx: &mut Tx<'_>, id: Id<kinds::Disclosure>) -> Outcome<ShownDisclosure> {
    let today = tx.today();
    Ok(ShownDisclosure { named: store::disclosure(tx.conn(), id).await?, today })
}
