//! Texts from a file as published listings, for whoever wants to see the market find among real
//! ones: each is created, submitted and published by the commands that the API runs.
//!
//! Patents are listed as results, because a patent listing names its patents' numbers and the
//! lines do not. What is there already, by its `reference`, is left alone; what an interrupted
//! load has left half done is finished.

mod sheet;

use std::sync::Arc;

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{Caller, Id, OrganisationKind, Role, kinds::Organisation};
use listing::{
    commands::{CreateListing, PublishListing, SubmitListing},
    model::{Content, State},
};
use parties::{
    Hasher,
    commands::{EnterOrganisations, Founder},
    model::{Contact, Password, PasswordHash, Registration},
};
use store::{Db, outbox};

pub use self::sheet::{Kind, Skipped, Texts};
use super::{PASSWORD, parsed, people::People};
use crate::{ports::Ports, progress::Progress, reactions::Reactions};

/// How many texts are on their way at the same time.
const SIDE_BY_SIDE: usize = 8;
/// How many batches of reactions are settled at the same time.
const SETTLING: usize = 3;

/// What became of the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// So many came before the public.
    pub new: usize,
    /// So many were there already.
    pub known: usize,
}

/// Publishes the texts, as far as they are not there, and lets the market react to that.
///
/// # Errors
/// If a step is refused, which happens only where somebody has changed the demo's accounts.
pub async fn publish(db: &Db, hasher: &Hasher, texts: Texts) -> anyhow::Result<Published> {
    let people = People { db, hasher };
    people.employ_staff().await?;
    let operator = people.sign_in_staff(Role::Operator).await?;
    let done = publish_as(&people, Caller::SignedIn(operator), texts).await;
    people.sign_out(operator).await?;
    done
}

async fn publish_as(
    people: &People<'_>,
    operator: Caller,
    texts: Texts,
) -> anyhow::Result<Published> {
    found_owners(people, operator).await?;
    let offers = people.sign_in(&OFFERS.email()).await?;
    let asks = people.sign_in(&ASKS.email()).await?;
    let loader = Loader { db: people.db, operator, offers, asks };
    let published = loader.publish(texts).await;
    people.sign_out(offers).await?;
    people.sign_out(asks).await?;
    let published = published?;
    settle(people.db).await?;
    Ok(published)
}

/// An organisation that lists texts. Its name says that it is made up.
struct OwnerSheet {
    key: &'static str,
    kind: OrganisationKind,
    name: &'static str,
    credit_code: &'static str,
    person: &'static str,
}

/// Offers and needs belong to different ones: what is one's own is no match.
const OFFERS: OwnerSheet = OwnerSheet {
    key: "texts-offers",
    kind: OrganisationKind::Institute,
    name: "文本样例成果方\u{ff08}示例\u{ff09}",
    credit_code: "12630100MADEMTXT1B",
    person: "文成",
};
const ASKS: OwnerSheet = OwnerSheet {
    key: "texts-needs",
    kind: OrganisationKind::Enterprise,
    name: "文本样例需求方\u{ff08}示例\u{ff09}",
    credit_code: "91630100MADEMTXT29",
    person: "文需",
};

impl OwnerSheet {
    fn email(&self) -> String {
        format!("{}@demo.example", self.key)
    }

    fn registration(&self) -> anyhow::Result<Registration> {
        Ok(Registration {
            kind: self.kind,
            name: parsed(self.name)?,
            credit_code: Some(parsed(self.credit_code)?),
            region: kernel::CITY.into(),
            contact: Contact {
                name: parsed(self.person)?,
                phone: None,
                email: Some(parsed(&self.email())?),
            },
        })
    }

    fn founder(&self, hash: &PasswordHash) -> anyhow::Result<Founder> {
        Ok(Founder {
            email: parsed(&self.email())?,
            name: parsed(self.person)?,
            password_hash: hash.clone(),
        })
    }
}

/// Enters the organisations that list texts, as far as they are not there.
async fn found_owners(people: &People<'_>, operator: Caller) -> anyhow::Result<()> {
    let mut organisations = Vec::new();
    for owner in [&OFFERS, &ASKS] {
        let filter = parties::queries::Filter {
            q: Some(owner.name.to_owned()),
            ..parties::queries::Filter::default()
        };
        let mut conn = people.db.reader().await?;
        let (found, _) =
            parties::queries::search_organisations(&mut conn, &operator, filter, None, 1, false)
                .await?;
        drop(conn);
        if found.is_empty() {
            let hash = people.hasher.hash(Password::from(PASSWORD.to_owned())).await?;
            organisations.push((owner.registration()?, owner.founder(&hash)?));
        }
    }
    if !organisations.is_empty() {
        people.db.write(operator, EnterOrganisations { organisations }).await?;
    }
    Ok(())
}

struct Loader<'l> {
    db: &'l Db,
    operator: Caller,
    offers: kernel::Actor,
    asks: kernel::Actor,
}

impl Loader<'_> {
    async fn publish(&self, texts: Texts) -> anyhow::Result<Published> {
        let mut progress = Progress::of("texts", texts.listings.len());
        let mut work = stream::iter(texts.listings)
            .map(|content| self.list(content))
            .buffer_unordered(SIDE_BY_SIDE);
        let mut published = Published::default();
        while let Some(is_new) = work.try_next().await? {
            let which = if is_new { &mut published.new } else { &mut published.known };
            *which = which.saturating_add(1);
            progress.add(1)?;
        }
        progress.finish()?;
        Ok(published)
    }

    async fn list(&self, content: Content) -> anyhow::Result<bool> {
        let reference = content.reference.as_ref().map(ToString::to_string);
        let listed = self.list_in_steps(content).await;
        listed.with_context(|| reference.unwrap_or_default())
    }

    /// Creates, submits and publishes a listing, as far as that has not been done.
    async fn list_in_steps(&self, content: Content) -> anyhow::Result<bool> {
        let editor = if content.kind.asks() { self.asks } else { self.offers };
        let (owner, editor) = (editor.organisation, Caller::SignedIn(editor));
        let mut listing = match self.find(owner, &content).await? {
            Some(listing) => listing,
            None => {
                let create = CreateListing::new(Arc::new(Ports), content);
                self.db.write(editor, create).await?
            }
        };
        if let State::Draft = listing.state {
            let (id, version) = (listing.id, listing.version);
            let submit = SubmitListing { ports: Arc::new(Ports), id, version };
            listing = self.db.write(editor, submit).await?;
        }
        let waits = matches!(listing.state, State::Submitted { .. });
        if waits {
            let publish = PublishListing { id: listing.id, version: listing.version };
            self.db.write(self.operator, publish).await?;
        }
        Ok(waits)
    }

    async fn find(
        &self,
        owner: Id<Organisation>,
        content: &Content,
    ) -> anyhow::Result<Option<listing::model::Listing>> {
        let Some(reference) = &content.reference else { return Ok(None) };
        let mut conn = self.db.reader().await?;
        let found =
            listing::queries::listing_by_reference(&mut conn, &self.operator, owner, reference);
        Ok(found.await?)
    }
}

/// Lets the market react to what is due; a server at work on the same database takes its part.
/// What fails is put off, and stays for the server.
async fn settle(db: &Db) -> anyhow::Result<()> {
    let (waiting, _) = outbox::backlog(db).await?;
    if waiting == 0 {
        return Ok(());
    }
    let mut progress = Progress::of("reactions", usize::try_from(waiting).unwrap_or(0));
    loop {
        let settling = (0..SETTLING).map(|_| outbox::settle(db, &Reactions));
        let settled: Vec<usize> = futures::future::try_join_all(settling).await?;
        let settled = settled.into_iter().sum();
        if settled == 0 {
            break;
        }
        progress.add(settled)?;
    }
    progress.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owners_of_texts_may_register() {
        for owner in [&OFFERS, &ASKS] {
            let registration = owner.registration().unwrap();
            assert!(registration.faults().is_empty(), "{registration:?}");
            assert!(owner.name.contains("示例"), "{} must say that it is invented", owner.name);
            let email = owner.email();
            let password = Password::from(PASSWORD.to_owned());
            assert_eq!(password.check(&[owner.person, owner.name, &email]), Ok(()), "{email}");
        }
    }
}
