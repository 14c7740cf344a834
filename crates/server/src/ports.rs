//! Answers to the questions that domains ask of one another: the only place, besides reporting,
//! where reads cross.

use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt, future::BoxFuture};
use kernel::{
    Id, OrganisationStatus,
    kinds::{Introduction, Listing, Organisation},
};
use store::{Conn, Outcome};

/// Answers every domain's questions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports;

impl listing::Ports for Ports {
    fn organisation<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: Id<Organisation>,
    ) -> BoxFuture<'a, Outcome<Option<listing::OrganisationFacts>>> {
        async move {
            let found = parties::queries::organisation_facts(conn, &[id]).await?;
            Ok(found.into_iter().next().map(|facts| listing::OrganisationFacts {
                id: facts.id,
                name: facts.name,
                kind: facts.kind,
                region: facts.region,
                verified: facts.status == OrganisationStatus::Verified,
            }))
        }
        .boxed()
    }

    fn introductions<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: Id<Listing>,
    ) -> BoxFuture<'a, Outcome<i64>> {
        matching::queries::introductions_of(conn, id).boxed()
    }
}

impl matching::ports::Ports for Ports {
    fn contacts<'a>(
        &'a self,
        conn: &'a mut Conn,
        organisations: &'a [Id<Organisation>],
    ) -> BoxFuture<'a, Outcome<Vec<matching::ports::Contact>>> {
        async move {
            let found = parties::queries::contacts(conn, organisations).await?;
            let contacts = found.into_iter().map(|found| matching::ports::Contact {
                organisation_id: found.id,
                name: found.contact.name.to_string(),
                phone: found.contact.phone.map(|phone| phone.to_string()),
                email: found.contact.email.map(|email| email.to_string()),
            });
            Ok(contacts.collect())
        }
        .boxed()
    }

    fn verified<'a>(
        &'a self,
        conn: &'a mut Conn,
        organisations: &'a [Id<Organisation>],
    ) -> BoxFuture<'a, Outcome<BTreeSet<Id<Organisation>>>> {
        async move {
            let found = parties::queries::organisation_facts(conn, organisations).await?;
            let verified = found.iter().filter(|one| one.status == OrganisationStatus::Verified);
            Ok(verified.map(|one| one.id).collect())
        }
        .boxed()
    }
}

impl contracts::ports::Ports for Ports {
    fn organisations<'a>(
        &'a self,
        conn: &'a mut Conn,
        ids: &'a [Id<Organisation>],
    ) -> BoxFuture<'a, Outcome<BTreeMap<Id<Organisation>, contracts::ports::OrganisationFacts>>>
    {
        async move {
            let found = parties::queries::organisation_facts(conn, ids).await?;
            let facts = found.into_iter().map(|facts| {
                let identity = contracts::ports::Identity {
                    name: facts.name.to_string(),
                    kind: facts.kind,
                    credit_code: facts.credit_code,
                    region: facts.region,
                    state_organ: facts.state_organ,
                };
                let verified = facts.status == OrganisationStatus::Verified;
                (facts.id, contracts::ports::OrganisationFacts { identity, verified })
            });
            Ok(facts.collect())
        }
        .boxed()
    }

    fn listings<'a>(
        &'a self,
        conn: &'a mut Conn,
        ids: &'a [Id<Listing>],
    ) -> BoxFuture<'a, Outcome<BTreeMap<Id<Listing>, contracts::ports::ListingFacts>>> {
        async move {
            let found = listing::queries::listing_facts(conn, ids).await?;
            let facts = found.into_iter().map(|facts| {
                let listing::queries::ListingFacts { id, organisation_id, kind, status } = facts;
                (id, contracts::ports::ListingFacts { organisation_id, kind, status })
            });
            Ok(facts.collect())
        }
        .boxed()
    }

    fn introduction<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: Id<Introduction>,
    ) -> BoxFuture<'a, Outcome<Option<contracts::ports::IntroductionFacts>>> {
        async move {
            let found = matching::queries::introduction_facts(conn, id).await?;
            Ok(found.map(|facts| contracts::ports::IntroductionFacts {
                status: facts.status,
                need_organisation_id: facts.need_organisation_id,
                offer_organisation_id: facts.offer_organisation_id,
                broker_id: facts.broker_id,
            }))
        }
        .boxed()
    }
}
