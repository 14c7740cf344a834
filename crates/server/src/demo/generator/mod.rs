//! Fills the database for load tests: random organisations, listings and contracts, as many as
//! are wanted, in varied Chinese.
//!
//! The same seed makes the same texts and figures. Organisations and listings are entered in
//! large portions, as an operator may who brings over what was kept elsewhere; matching learns of
//! the listings in the same transaction, without their being announced. Contracts take every step
//! that contracts take, and the market's reactions to them are settled before the work is done.

mod deals;
mod draw;
mod listings;
mod organisations;
mod vocabulary;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::commands::EnterContracts;
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{
    Actor, Caller, Id, ListingKind, OrganisationKind, Role, RoleSet, kinds::Organisation,
};
use listing::{
    commands::EnterListings,
    model::{NewListing, Owner},
};
use parties::{
    Hasher,
    commands::{EnterOrganisations, Entered, Founder},
    model::{Password, PasswordHash},
};
use store::{Command, Db, Outcome, Tx, outbox};

use self::{
    deals::{Member, Members},
    draw::Lots,
    vocabulary::Vocabulary,
};
use super::{PASSWORD, parsed, people::People};
use crate::{ports::Ports, progress::Progress, reactions::Reactions};

/// How many are entered in one transaction.
const ORGANISATIONS_AT_ONCE: usize = 100;
const LISTINGS_AT_ONCE: usize = 400;
const CONTRACTS_AT_ONCE: usize = 50;
/// How many transactions are at work at the same time: one waits for the database while the other
/// writes texts.
const SIDE_BY_SIDE: usize = 3;
/// After so long without any reaction's being settled, what is left is failing: what has failed
/// first meanwhile has been tried again four times, and the rest waits longer since it failed before.
const STALLED: Duration = Duration::from_secs(20);
/// Listings of one organisation, on average; and how many organisations there are at least.
const LISTINGS_EACH: usize = 120;
const ORGANISATIONS_MIN: usize = 40;
/// Over how many days the listings were published.
const DAYS: i64 = 900;

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// So many published listings.
    pub listings: usize,
    /// So many contracts, half of them recognised.
    pub contracts: usize,
    /// Decides about everything that is random.
    pub seed: u64,
}

/// Generates what the plan says.
///
/// # Errors
/// If what the seed makes is there already, or a step is refused.
pub async fn generate(db: &Db, hasher: &Hasher, plan: Plan) -> anyhow::Result<()> {
    let people = People { db, hasher };
    people.employ_staff().await?;
    let operator = people.sign_in_staff(Role::Operator).await?;
    let registrar = people.sign_in_staff(Role::Registrar).await?;
    let vocabulary = Arc::new(Vocabulary::read()?);
    let generator = Generator { db, vocabulary, plan, operator, registrar };
    let done = generator.run(hasher).await;
    people.sign_out(operator).await?;
    people.sign_out(registrar).await?;
    done
}

struct Generator<'g> {
    db: &'g Db,
    vocabulary: Arc<Vocabulary>,
    plan: Plan,
    operator: Actor,
    registrar: Actor,
}

impl Generator<'_> {
    async fn run(&self, hasher: &Hasher) -> anyhow::Result<()> {
        self.expect_another_seed().await?;
        let entered = self.organisations(hasher).await?;
        let offers = self.listings(&entered).await?;
        let mut unsettled = self.settle().await?;
        if self.plan.contracts > 0 {
            self.contracts(&entered, offers).await?;
            unsettled = self.settle().await?;
        }
        if unsettled > 0 {
            bail!(
                "everything is entered, but {unsettled} reactions are put off because they fail \
                 (the log says why); `market serve` goes on trying them"
            );
        }
        Ok(())
    }

    const fn caller(&self) -> Caller {
        Caller::SignedIn(self.operator)
    }

    async fn expect_another_seed(&self) -> anyhow::Result<()> {
        let seed = self.plan.seed;
        let filter = parties::queries::Filter {
            q: Some(format!("样本{seed}-0\u{ff09}")),
            ..parties::queries::Filter::default()
        };
        let mut conn = self.db.reader().await?;
        let caller = self.caller();
        let (found, _) =
            parties::queries::search_organisations(&mut conn, &caller, filter, None, 1, false)
                .await?;
        if !found.is_empty() {
            bail!("what seed {seed} makes is there already; choose another one with --seed");
        }
        Ok(())
    }

    async fn organisations(&self, hasher: &Hasher) -> anyhow::Result<Vec<Entered>> {
        let wanted = (self.plan.listings / LISTINGS_EACH).max(ORGANISATIONS_MIN);
        // One hash for all: nobody signs in to most of these accounts.
        let hash = hasher.hash(Password::from(PASSWORD.to_owned())).await?;
        let mut progress = Progress::of("organisations", wanted);
        let mut entered = Vec::with_capacity(wanted);
        let numbers: Vec<usize> = (0..wanted).collect();
        for numbers in numbers.chunks(ORGANISATIONS_AT_ONCE) {
            let organisations = numbers.iter().map(|number| self.founded(*number, &hash));
            let organisations = organisations.collect::<anyhow::Result<_>>()?;
            let command = EnterOrganisations { organisations };
            entered.extend(self.db.write(self.caller(), command).await?);
            progress.add(numbers.len())?;
        }
        progress.finish()?;
        Ok(entered)
    }

    fn founded(
        &self,
        number: usize,
        hash: &PasswordHash,
    ) -> anyhow::Result<(parties::model::Registration, Founder)> {
        let seed = self.plan.seed;
        let mut lots = Lots::of(&self.vocabulary, seed, organisations::LOTS, number);
        let registration = organisations::registration(&mut lots, seed, number)?;
        let founder = Founder {
            email: parsed(&organisations::email(seed, number))?,
            name: registration.contact.name.clone(),
            password_hash: hash.clone(),
        };
        Ok((registration, founder))
    }

    /// Enters the listings; answers some offers of each organisation.
    async fn listings(
        &self,
        entered: &[Entered],
    ) -> anyhow::Result<BTreeMap<Id<Organisation>, Vec<Id<kernel::kinds::Listing>>>> {
        let owners = Arc::new(Owners::of(entered));
        let writer = Writer {
            vocabulary: Arc::clone(&self.vocabulary),
            owners,
            plan: self.plan,
            now: self.db.clock().now(),
        };
        let numbers: Vec<usize> = (0..self.plan.listings).collect();
        let mut progress = Progress::of("listings", numbers.len());
        let portions = numbers.chunks(LISTINGS_AT_ONCE).map(<[usize]>::to_vec);
        let mut work = stream::iter(portions)
            .map(|numbers| self.portion(writer.clone(), numbers))
            .buffer_unordered(SIDE_BY_SIDE);
        let mut offers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        while let Some(added) = work.try_next().await? {
            progress.add(added.len())?;
            for (organisation, listing) in added.into_iter().flatten() {
                let known = offers.entry(organisation).or_default();
                if known.len() < 20 {
                    known.push(listing);
                }
            }
        }
        progress.finish()?;
        Ok(offers)
    }

    /// Writes and enters one portion of listings; answers for each whose offer it is, if it is
    /// one.
    async fn portion(
        &self,
        writer: Writer,
        numbers: Vec<usize>,
    ) -> anyhow::Result<Vec<Option<(Id<Organisation>, Id<kernel::kinds::Listing>)>>> {
        let written = tokio::task::spawn_blocking(move || {
            numbers
                .into_iter()
                .map(|number| writer.write(number))
                .collect::<anyhow::Result<Vec<_>>>()
        });
        let listings = written.await??;
        let offers = listings.iter().map(|listing| {
            (!listing.content.kind.asks()).then_some((listing.organisation.id, listing.id))
        });
        let offers = offers.collect();
        let command = EnterAndLearn { listings: EnterListings::new(listings)? };
        self.db.write(self.caller(), command).await?;
        Ok(offers)
    }

    async fn contracts(
        &self,
        entered: &[Entered],
        mut offers: BTreeMap<Id<Organisation>, Vec<Id<kernel::kinds::Listing>>>,
    ) -> anyhow::Result<()> {
        let members = entered.iter().map(|entered| Member {
            kind: entered.organisation.kind,
            signatory: signatory(entered),
            offers: offers.remove(&entered.organisation.id).unwrap_or_default(),
        });
        let members = Arc::new(Members::of(members.collect()));
        let numbers: Vec<usize> = (0..self.plan.contracts).collect();
        let mut progress = Progress::of("contracts", numbers.len());
        let portions = numbers.chunks(CONTRACTS_AT_ONCE).map(<[usize]>::to_vec);
        let mut work = stream::iter(portions)
            .map(|numbers| self.deals(Arc::clone(&members), numbers))
            .buffer_unordered(SIDE_BY_SIDE);
        while let Some(entered) = work.try_next().await? {
            progress.add(entered)?;
        }
        progress.finish()?;
        Ok(())
    }

    /// Makes and enters one portion of contracts.
    async fn deals(&self, members: Arc<Members>, numbers: Vec<usize>) -> anyhow::Result<usize> {
        let today = kernel::civil_date(self.db.clock().now());
        let deals = numbers.into_iter().map(|number| {
            let mut lots = Lots::of(&self.vocabulary, self.plan.seed, deals::LOTS, number);
            deals::deal(&mut lots, &members, self.registrar, today)
        });
        let deals = deals.collect::<anyhow::Result<Vec<_>>>()?.into();
        let command = EnterContracts { deals, ports: Arc::new(Ports) };
        Ok(self.db.write(self.caller(), command).await?)
    }

    /// Lets the market react to everything that was announced, and says how many reactions are
    /// left: those that fail whenever they are tried. A server at work on the same database takes
    /// its part.
    async fn settle(&self) -> anyhow::Result<i64> {
        let (mut waiting, _) = outbox::backlog(self.db).await?;
        if waiting == 0 {
            return Ok(0);
        }
        let mut progress = Progress::of("reactions", usize::try_from(waiting).unwrap_or(0));
        let mut moved = Instant::now();
        while waiting > 0 && moved.elapsed() < STALLED {
            let settling = (0..SIDE_BY_SIDE).map(|_| outbox::settle(self.db, &Reactions));
            let settled: Vec<usize> = futures::future::try_join_all(settling).await?;
            let settled = settled.into_iter().sum();
            progress.add(settled)?;
            let (left, _) = outbox::backlog(self.db).await?;
            if settled > 0 || left < waiting {
                moved = Instant::now();
            } else {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            waiting = left;
        }
        progress.finish()?;
        Ok(waiting)
    }
}

/// An organisation's founder, in the roles that founders have.
fn signatory(entered: &Entered) -> Actor {
    Actor {
        account: entered.founder,
        organisation: entered.organisation.id,
        roles: RoleSet::EMPTY.with(Role::OrgAdmin).with(Role::Editor).with(Role::Signatory),
        session: Id::from_parts(0, &[0; 10]),
        rights_version: 1,
    }
}

/// Who lists what.
struct Owners {
    offer: Vec<(Owner, kernel::Region)>,
    ask: Vec<(Owner, kernel::Region)>,
}

impl Owners {
    /// Universities and institutes offer, and so does one enterprise in five; enterprises ask.
    fn of(entered: &[Entered]) -> Self {
        let mut owners = Self { offer: Vec::new(), ask: Vec::new() };
        for (number, Entered { organisation, .. }) in entered.iter().enumerate() {
            let owner = Owner { id: organisation.id, name: organisation.name.clone() };
            let owner = (owner, organisation.region.clone());
            match organisation.kind {
                OrganisationKind::University | OrganisationKind::Institute => {
                    owners.offer.push(owner);
                }
                OrganisationKind::Enterprise => {
                    if number % 5 == 2 {
                        owners.offer.push(owner.clone());
                    }
                    owners.ask.push(owner);
                }
                OrganisationKind::BrokerAgency
                | OrganisationKind::IndividualBroker
                | OrganisationKind::Government
                | OrganisationKind::Market => {}
            }
        }
        owners
    }
}

/// Writes listings.
#[derive(Clone)]
struct Writer {
    vocabulary: Arc<Vocabulary>,
    owners: Arc<Owners>,
    plan: Plan,
    now: DateTime<Utc>,
}

impl Writer {
    fn write(&self, number: usize) -> anyhow::Result<NewListing> {
        let mut lots = Lots::of(&self.vocabulary, self.plan.seed, listings::LOTS, number);
        let kind = match lots.number(0, 99) {
            0..=54 => ListingKind::Result,
            55..=74 => ListingKind::Patent,
            _ => ListingKind::Need,
        };
        let owners = if kind.asks() { &self.owners.ask } else { &self.owners.offer };
        let owner = rand::seq::IndexedRandom::choose(owners.as_slice(), &mut lots.rng);
        let (owner, region) = owner.ok_or_else(|| anyhow::anyhow!("nobody lists a {kind}"))?;
        let reference = format!("G{}-{number}", self.plan.seed);
        let today = kernel::civil_date(self.now);
        let content = listings::content(&mut lots, kind, region, &reference, today)?;
        let created_at = self.published_at(number);
        let unix_ms = u64::try_from(created_at.timestamp_millis()).unwrap_or(0);
        let id = Id::from_parts(unix_ms, &lots.bytes());
        Ok(NewListing { id, organisation: owner.clone(), content, created_at })
    }

    /// Evenly over the past, the last one now.
    fn published_at(&self, number: usize) -> DateTime<Utc> {
        let later = self.plan.listings.saturating_sub(number.saturating_add(1));
        let count = i64::try_from(self.plan.listings.max(1)).unwrap_or(i64::MAX);
        let later = i64::try_from(later).unwrap_or(0);
        let millis = TimeDelta::days(DAYS).num_milliseconds() / count;
        self.now - TimeDelta::milliseconds(millis.saturating_mul(later))
    }
}

/// Enters listings, and lets matching learn of them.
#[derive(Clone)]
struct EnterAndLearn {
    listings: EnterListings,
}

impl Command for EnterAndLearn {
    const ACT: &'static str = EnterListings::ACT;
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        for published in self.listings.run(tx).await? {
            matching::learn_listing(tx, &published).await?;
        }
        Ok(())
    }
}
