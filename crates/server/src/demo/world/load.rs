//! Puts the world into the market, step by step as its people would: registered, verified,
//! written, submitted, published. What is there already is left alone, and what an interrupted
//! load has left half done is finished.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use kernel::{
    Actor, Caller, Id, Line, ListingStatus, OrganisationStatus, Role, kinds::Organisation,
};
use listing::{
    commands::{CreateListing, PublishListing, SubmitListing},
    model::{Listing, State},
};
use parties::{
    Hasher,
    commands::{NewOrganisation, VerifyOrganisation, register_organisation},
    model::Password,
};
use store::{Db, Outcome};

use super::sheets::{self, ListingSheet, OrganisationSheet};
use crate::{
    demo::{PASSWORD, parsed, people::People},
    ports::Ports,
    progress::Progress,
};

/// What has been put into the market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// So many organisations that were not there.
    pub organisations: usize,
    /// So many listings that were not there, or not published.
    pub listings: usize,
}

impl Loaded {
    /// Was everything there already?
    #[must_use]
    pub const fn nothing(self) -> bool {
        self.organisations == 0 && self.listings == 0
    }
}

/// Puts the world into the market, as far as it is not there.
///
/// # Errors
/// If a step is refused, which happens only where somebody has changed the demo's accounts.
pub async fn load(db: &Db, hasher: &Hasher) -> anyhow::Result<Loaded> {
    let people = People { db, hasher };
    people.employ_staff().await?;
    let operator = people.sign_in_staff(Role::Operator).await?;
    let done = World { db, people: &people }.fill(&Caller::SignedIn(operator)).await;
    people.sign_out(operator).await?;
    done
}

struct World<'w> {
    db: &'w Db,
    people: &'w People<'w>,
}

/// An organisation of the world, in the market.
struct Member {
    sheet: OrganisationSheet,
    id: Id<Organisation>,
    /// Its founder, once signed in.
    founder: Option<Actor>,
}

impl World<'_> {
    async fn fill(&self, operator: &Caller) -> anyhow::Result<Loaded> {
        let mut loaded = Loaded::default();
        let organisations = sheets::organisations()?;
        let mut progress = Progress::of("organisations", organisations.len());
        let mut members = BTreeMap::new();
        for sheet in organisations {
            let (id, added) =
                self.join(operator, &sheet).await.with_context(|| sheet.name.to_string())?;
            loaded.organisations += usize::from(added);
            members.insert(sheet.key.clone(), Member { sheet, id, founder: None });
            progress.add(1)?;
        }
        progress.finish()?;

        let listings = sheets::listings()?;
        let today = kernel::civil_date(self.db.clock().now());
        let mut progress = Progress::of("listings", listings.len());
        for sheet in listings {
            let owner = members.get_mut(&sheet.owner);
            let owner = owner.with_context(|| format!("nobody is called {}", sheet.owner))?;
            let reference = sheet.reference.clone();
            let added = self.list(operator, owner, sheet, today).await;
            loaded.listings += usize::from(added.with_context(|| reference.to_string())?);
            progress.add(1)?;
        }
        progress.finish()?;
        for founder in members.values().filter_map(|member| member.founder) {
            self.people.sign_out(founder).await?;
        }
        Ok(loaded)
    }

    /// Registers an organisation and verifies it, as far as that has not been done.
    async fn join(
        &self,
        operator: &Caller,
        sheet: &OrganisationSheet,
    ) -> anyhow::Result<(Id<Organisation>, bool)> {
        let filter = parties::queries::Filter {
            q: Some(sheet.name.to_string()),
            ..parties::queries::Filter::default()
        };
        let mut conn = self.db.reader().await?;
        let (found, _) =
            parties::queries::search_organisations(&mut conn, operator, filter, None, 9, false)
                .await?;
        drop(conn);
        let found = found.into_iter().find(|found| found.name == sheet.name);
        let is_new = found.is_none();
        let organisation = match found {
            Some(organisation) => organisation,
            None => {
                let new = NewOrganisation {
                    registration: sheet.registration().map_err(|fault| anyhow!("{fault:?}"))?,
                    email: parsed(&sheet.email())?,
                    name: sheet.person.clone(),
                    password: Password::from(PASSWORD.to_owned()),
                };
                let command = register_organisation(self.people.hasher, new).await?;
                self.db.write(Caller::Anyone, command).await?
            }
        };
        let is_registered = organisation.standing.status() == OrganisationStatus::Registered;
        if is_registered {
            let verify = VerifyOrganisation { id: organisation.id, version: organisation.version };
            self.db.write(*operator, verify).await?;
        }
        Ok((organisation.id, is_new || is_registered))
    }

    /// Writes, submits and publishes a listing, as far as that has not been done.
    async fn list(
        &self,
        operator: &Caller,
        owner: &mut Member,
        sheet: ListingSheet,
        today: NaiveDate,
    ) -> anyhow::Result<bool> {
        let found = self.find(operator, owner.id, &sheet.reference).await?;
        let mut listing = match found {
            Some(listing) => listing,
            None => {
                let content = sheet.content(&owner.sheet, today);
                let create = CreateListing::new(Arc::new(Ports), content);
                self.db.write(self.founder(owner).await?, create).await?
            }
        };
        if let State::Draft = listing.state {
            let (id, version) = (listing.id, listing.version);
            let submit = SubmitListing { ports: Arc::new(Ports), id, version };
            listing = self.db.write(self.founder(owner).await?, submit).await?;
        }
        let waits = listing.state.status() == ListingStatus::Submitted;
        if waits {
            let publish = PublishListing { id: listing.id, version: listing.version };
            self.db.write(*operator, publish).await?;
        }
        Ok(waits)
    }

    async fn find(
        &self,
        operator: &Caller,
        owner: Id<Organisation>,
        reference: &Line<100>,
    ) -> Outcome<Option<Listing>> {
        let mut conn = self.db.reader().await?;
        listing::queries::listing_by_reference(&mut conn, operator, owner, reference).await
    }

    async fn founder(&self, member: &mut Member) -> anyhow::Result<Caller> {
        let founder = match member.founder {
            Some(founder) => founder,
            None => self.people.sign_in(&member.sheet.email()).await?,
        };
        Ok(Caller::SignedIn(*member.founder.insert(founder)))
    }
}
