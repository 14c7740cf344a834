//! The accounts of the demo: created, signed in, signed out.

use std::net::Ipv4Addr;

use anyhow::{Context, bail};
use kernel::{Actor, Caller, Role, RoleSet};
use parties::{
    Hasher,
    commands::{EndSession, Login, NewStaff, create_session, create_staff},
    model::{Network, Password},
    queries,
};
use store::{Db, Failure};

use super::{
    PASSWORD, parsed,
    world::{STAFF, StaffSheet, staff_email},
};

/// Where the demo's people come from.
pub(super) struct People<'p> {
    pub(super) db: &'p Db,
    pub(super) hasher: &'p Hasher,
}

impl People<'_> {
    /// Creates the accounts of the staff, as far as they are not there. Their password is known to
    /// everybody: they do not come into a market that others use.
    pub(super) async fn employ_staff(&self) -> anyhow::Result<()> {
        let first = STAFF.first().context("the demo world has no staff")?;
        let mut conn = self.db.reader().await?;
        if !queries::is_to_be_tried(&mut conn, &parsed(&first.email())?).await? {
            bail!(
                "this market is in use: it has organisations, and the demo's accounts, whose \
                 password everybody knows, are not among theirs. Load the demo into an empty \
                 market (another MARKET_DATA_DIR or DATABASE_URL)"
            );
        }
        drop(conn);
        for person in &STAFF {
            self.employ(person).await.with_context(|| person.email())?;
        }
        Ok(())
    }

    async fn employ(&self, person: &StaffSheet) -> anyhow::Result<()> {
        let new = NewStaff {
            kind: person.kind,
            organisation: parsed(person.organisation)?,
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

    /// Signs in whoever of the staff holds the role.
    pub(super) async fn sign_in_staff(&self, role: Role) -> anyhow::Result<Actor> {
        let email = staff_email(role).with_context(|| format!("nobody is {role}"))?;
        self.sign_in(&email).await
    }

    pub(super) async fn sign_in(&self, email: &str) -> anyhow::Result<Actor> {
        let login = Login {
            email: parsed(email)?,
            password: Password::from(PASSWORD.to_owned()),
            network: Network::of(Ipv4Addr::LOCALHOST.into()),
        };
        let signed_in = create_session(self.db, self.hasher, login).await;
        Ok(signed_in.with_context(|| format!("signing in as {email}"))?.actor)
    }

    pub(super) async fn sign_out(&self, actor: Actor) -> anyhow::Result<()> {
        self.db.write(Caller::SignedIn(actor), EndSession).await?;
        Ok(())
    }
}
