//! Puts the world into the market, step by step as its people would: registered, verified,
//! written, submitted, published. What is there already is left alone, and what an interrupted
//! load has left half done is finished.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use kernel::{
    Caller, Id, Line, ListingStatus, OrganisationKind, OrganisationStatus, Role, RoleSet,
    kinds::Organisation,
};
use listing::{
    commands::{CreateListing, PublishListing, SubmitListing},
    model::{Listing, State},
};
use parties::{
    Hasher,
    commands::{
        EndSession, Login, NewOrganisation, NewStaff, VerifyOrganisation, create_session,
        create_staff, register_organisation,
    },
    model::{Network, Password},
};
use store::{Db, Failure, Outcome};

use super::sheets::{self, ListingSheet, OrganisationSheet, StaffSheet};
use crate::{
    demo::{PASSWORD, progress::Progress},
    ports::Ports,
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
    let market = Market { db, hasher };
    for person in &sheets::STAFF {
        market.employ(person).await.with_context(|| person.email())?;
    }
    let operator = super::staff_email(Role::Operator).context("the world has no operator")?;
    let operator = market.sign_in(&operator).await?;
    let done = market.fill(&operator).await;
    market.sign_out(&operator).await?;
    done
}

struct Market<'m> {
    db: &'m Db,
    hasher: &'m Hasher,
}

/// An organisation of the world, in the market.
struct Member {
    sheet: OrganisationSheet,
    id: Id<Organisation>,
    /// Its founder, once signed in.
    founder: Option<Caller>,
}

impl Market<'_> {
    /// Creates an account of the market's staff, unless it is there.
    async fn employ(&self, person: &StaffSheet) -> anyhow::Result<()> {
        let new = NewStaff {
            kind: OrganisationKind::Market,
            organisation: parsed(sheets::MARKET)?,
            region: kernel::CITY.into(),
            credit_code: None,
            email: parsed(&person.email())?,
            name: parsed(person.name)?,
            password: Password::from(PASSWORD.to_owned()),
            roles: RoleSet::EMPTY.with(person.role),
        };
        match create_staff(self.db, self.hasher, new).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused(why)) if why.reason == &parties::error::EMAIL_TAKEN => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

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
            self.sign_out(&founder).await?;
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
                let command = register_organisation(self.hasher, new).await?;
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
                let create = CreateListing::new(Arc::new(Ports), content).await?;
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
            None => self.sign_in(&member.sheet.email()).await?,
        };
        Ok(*member.founder.insert(founder))
    }

    async fn sign_in(&self, email: &str) -> anyhow::Result<Caller> {
        let login = Login {
            email: parsed(email)?,
            password: Password::from(PASSWORD.to_owned()),
            network: Network::of(Ipv4Addr::LOCALHOST.into()),
        };
        let signed_in = create_session(self.db, self.hasher, login).await;
        let signed_in = signed_in.with_context(|| format!("signing in as {email}"))?;
        Ok(Caller::SignedIn(signed_in.actor))
    }

    async fn sign_out(&self, caller: &Caller) -> anyhow::Result<()> {
        self.db.write(*caller, EndSession).await?;
        Ok(())
    }
}

fn parsed<T: std::str::FromStr<Err = kernel::Fault>>(text: &str) -> anyhow::Result<T> {
    text.parse().map_err(|fault: kernel::Fault| anyhow!("“{text}”: {}", fault.words.en))
}
