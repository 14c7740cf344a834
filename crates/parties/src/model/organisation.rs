//! An organisation, and where it stands with the market.
//!
//! ```text
//! registered ──verify──▶ verified ──suspend──▶ suspended
//!      │                    ▲                     │  ▲
//!      │                    └───────verify────────┘  │
//!      └────────────────────suspend──────────────────┘
//! ```

use std::fmt;

use chrono::{DateTime, Utc};
use events::{OrganisationSuspended, OrganisationVerified};
use kernel::{
    CreditCode, Fault, Id, Line, OrganisationKind, OrganisationStatus, Permit, Prose, Refusal,
    Region, Version, kinds,
};

use crate::{
    access::{SuspendOrganisation, UpdateOrganisation, VerifyOrganisation},
    error,
    model::Contact,
};

/// Where an organisation stands, with the facts of that state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Registered, not yet checked.
    Registered,
    /// Checked by an operator.
    Verified {
        /// When, last.
        at: DateTime<Utc>,
    },
    /// Shut out.
    Suspended {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: Prose<1000>,
        /// When it had been verified, if ever.
        verified_at: Option<DateTime<Utc>>,
    },
}

impl Standing {
    /// The state's name.
    #[must_use]
    pub const fn status(&self) -> OrganisationStatus {
        match self {
            Self::Registered => OrganisationStatus::Registered,
            Self::Verified { .. } => OrganisationStatus::Verified,
            Self::Suspended { .. } => OrganisationStatus::Suspended,
        }
    }
}

/// An organisation.
#[derive(Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: Id<kinds::Organisation>,
    /// Its version.
    pub version: Version,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name, as in its licence.
    pub name: Line<200>,
    /// Its credit code; an individual broker may have none.
    pub credit_code: Option<CreditCode>,
    /// Where it belongs.
    pub region: Region,
    /// Whom to call.
    pub contact: Contact,
    /// When it was registered.
    pub registered_at: DateTime<Utc>,
    /// Where it stands.
    pub standing: Standing,
}

/// What somebody says of an organisation that they register.
#[derive(Clone, Debug)]
pub struct Registration {
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: Line<200>,
    /// Its credit code.
    pub credit_code: Option<CreditCode>,
    /// Where it belongs.
    pub region: Region,
    /// Whom to call.
    pub contact: Contact,
}

impl Registration {
    /// What is wrong with it, if the public registers it: each fault with its pointer.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, Fault)> {
        let mut faults = Vec::new();
        if matches!(self.kind, OrganisationKind::Government | OrganisationKind::Market) {
            faults.push((
                "/kind",
                Fault::new(
                    "kind_not_public",
                    "政府部门和科技大市场由系统管理员登记,不接受公开注册",
                    "government and market are entered by administrators, not registered here",
                ),
            ));
        }
        if self.credit_code.is_none() && self.kind != OrganisationKind::IndividualBroker {
            faults.push((
                "/credit_code",
                Fault::new(
                    "credit_code_required",
                    "除个人技术经纪人外,须填写统一社会信用代码",
                    "a credit code is needed of everybody but individual brokers",
                ),
            ));
        }
        faults
    }
}

/// What its administrator changes; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Another name.
    pub name: Option<Line<200>>,
    /// Another region.
    pub region: Option<Region>,
    /// Another contact.
    pub contact: Option<Contact>,
}

impl Organisation {
    /// A new organisation, not yet checked.
    #[must_use]
    pub fn register(
        id: Id<kinds::Organisation>,
        registration: Registration,
        now: DateTime<Utc>,
    ) -> Self {
        let Registration { kind, name, credit_code, region, contact } = registration;
        Self {
            id,
            version: Version::FIRST,
            kind,
            name,
            credit_code,
            region,
            contact,
            registered_at: now,
            standing: Standing::Registered,
        }
    }

    /// One of the market's or the government's own organisations, entered by an administrator
    /// who answers for it.
    #[must_use]
    pub fn enter(
        id: Id<kinds::Organisation>,
        registration: Registration,
        now: DateTime<Utc>,
    ) -> Self {
        let standing = Standing::Verified { at: now };
        Self { standing, ..Self::register(id, registration, now) }
    }

    /// Is it a state organ, by what it says it is or by its credit code? Those are no beneficiaries
    /// of subsidies.
    #[must_use]
    pub fn is_state_organ(&self) -> bool {
        let by_code = self.credit_code.as_ref().is_some_and(CreditCode::is_state_organ);
        by_code || self.kind == OrganisationKind::Government
    }

    /// An operator has checked that it is what it says; a suspended one is let in again.
    ///
    /// # Errors
    /// 409 `invalid_state` if it is verified already.
    pub fn verify(
        self,
        _permit: &Permit<VerifyOrganisation>,
        now: DateTime<Utc>,
    ) -> Result<(Self, OrganisationVerified), Refusal> {
        match self.standing {
            Standing::Registered | Standing::Suspended { .. } => {}
            Standing::Verified { .. } => {
                return Err(error::invalid_state(
                    OrganisationStatus::Verified,
                    &[OrganisationStatus::Registered, OrganisationStatus::Suspended],
                ));
            }
        }
        let event = OrganisationVerified {
            organisation_id: self.id,
            name: self.name.as_str().to_owned(),
            kind: self.kind,
            region: self.region.clone(),
        };
        Ok((Self { standing: Standing::Verified { at: now }, ..self.next() }, event))
    }

    /// An operator shuts it out.
    ///
    /// # Errors
    /// 409 `invalid_state` if it is suspended already; 409 `staff_organisation` for the market and
    /// the bureaus, without whom nobody could let it in again.
    pub fn suspend(
        self,
        _permit: &Permit<SuspendOrganisation>,
        reason: Prose<1000>,
        now: DateTime<Utc>,
    ) -> Result<(Self, OrganisationSuspended), Refusal> {
        if matches!(self.kind, OrganisationKind::Government | OrganisationKind::Market) {
            return Err(error::STAFF_ORGANISATION.refuse());
        }
        let verified_at = match &self.standing {
            Standing::Registered => None,
            Standing::Verified { at } => Some(*at),
            Standing::Suspended { .. } => {
                return Err(error::invalid_state(
                    OrganisationStatus::Suspended,
                    &[OrganisationStatus::Registered, OrganisationStatus::Verified],
                ));
            }
        };
        let event = OrganisationSuspended {
            organisation_id: self.id,
            name: self.name.as_str().to_owned(),
            kind: self.kind,
        };
        let standing = Standing::Suspended { at: now, reason, verified_at };
        Ok((Self { standing, ..self.next() }, event))
    }

    /// Its profile changes. Name and region are what an operator checks, and the region decides
    /// who pays a subsidy: while it is verified they stand. An operator who suspends it may put
    /// them right before it is verified again; its own people cannot act meanwhile.
    ///
    /// # Errors
    /// 409 `invalid_state` if name or region would change while it is verified.
    pub fn update(
        self,
        _permit: &Permit<UpdateOrganisation>,
        changes: Changes,
    ) -> Result<Self, Refusal> {
        let Changes { name, region, contact } = changes;
        let identity_changes = name.as_ref().is_some_and(|name| *name != self.name)
            || region.as_ref().is_some_and(|region| *region != self.region);
        if identity_changes && self.standing.status() == OrganisationStatus::Verified {
            return Err(error::invalid_state(
                OrganisationStatus::Verified,
                &[OrganisationStatus::Registered, OrganisationStatus::Suspended],
            ));
        }
        let same = self.clone();
        Ok(Self {
            name: name.unwrap_or(same.name),
            region: region.unwrap_or(same.region),
            contact: contact.unwrap_or(same.contact),
            ..self.next()
        })
    }

    fn next(self) -> Self {
        Self { version: self.version.next(), ..self }
    }
}

impl fmt::Debug for Organisation {
    /// An individual broker's name and every contact are personal data and do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Organisation")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("kind", &self.kind)
            .field("standing", &self.standing.status())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Act, Actor, Caller, Relation, Role, RoleSet, judge};

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-01T08:00:00Z".parse().unwrap()
    }

    fn permit<A: Act>(role: Role, relation: Relation) -> Permit<A> {
        let actor = Actor {
            account: Id::from_parts(1, &[1; 10]),
            organisation: Id::from_parts(1, &[2; 10]),
            roles: RoleSet::EMPTY.with(role),
            session: Id::from_parts(1, &[3; 10]),
            rights_version: 1,
        };
        judge(&Caller::SignedIn(actor), &[relation]).unwrap()
    }

    fn registration(kind: OrganisationKind, credit_code: Option<&str>) -> Registration {
        Registration {
            kind,
            name: "青海大学".parse().unwrap(),
            credit_code: credit_code.map(|code| code.parse().unwrap()),
            region: "630105".parse().unwrap(),
            contact: Contact { name: "王小兰".parse().unwrap(), phone: None, email: None },
        }
    }

    fn organisation(status: OrganisationStatus) -> Organisation {
        let code = Some("12630000MB0X00019A");
        let id = Id::from_parts(1, &[2; 10]);
        let organisation =
            Organisation::register(id, registration(OrganisationKind::University, code), now());
        let standing = match status {
            OrganisationStatus::Registered => Standing::Registered,
            OrganisationStatus::Verified => Standing::Verified { at: now() },
            OrganisationStatus::Suspended => Standing::Suspended {
                at: now(),
                reason: "材料造假".parse().unwrap(),
                verified_at: Some(now()),
            },
        };
        Organisation { standing, ..organisation }
    }

    fn verify(status: OrganisationStatus) -> Result<OrganisationStatus, &'static str> {
        organisation(status)
            .verify(&permit(Role::Operator, Relation::Stranger), now())
            .map(|(after, _)| after.standing.status())
            .map_err(|refusal| refusal.reason.code)
    }

    fn suspend(status: OrganisationStatus) -> Result<OrganisationStatus, &'static str> {
        let permit = permit(Role::Operator, Relation::Stranger);
        organisation(status)
            .suspend(&permit, "投诉查实".parse().unwrap(), now())
            .map(|(after, _)| after.standing.status())
            .map_err(|refusal| refusal.reason.code)
    }

    #[test]
    fn every_state_and_transition() {
        use OrganisationStatus::{Registered, Suspended, Verified};
        assert_eq!(verify(Registered), Ok(Verified));
        assert_eq!(verify(Verified), Err("invalid_state"));
        assert_eq!(verify(Suspended), Ok(Verified));
        assert_eq!(suspend(Registered), Ok(Suspended));
        assert_eq!(suspend(Verified), Ok(Suspended));
        assert_eq!(suspend(Suspended), Err("invalid_state"));
    }

    #[test]
    fn verifying_announces_who_it_is() {
        let permit = permit(Role::Operator, Relation::Stranger);
        let before = organisation(OrganisationStatus::Registered);
        let (after, event) = before.clone().verify(&permit, now()).unwrap();
        assert_eq!(after.version, before.version.next());
        assert_eq!((event.organisation_id, event.name.as_str()), (before.id, "青海大学"));
        assert_eq!((event.kind, event.region), (before.kind, before.region));
    }

    #[test]
    fn suspending_announces_who_is_shut_out() {
        let permit = permit(Role::Operator, Relation::Stranger);
        let before = organisation(OrganisationStatus::Verified);
        let reason = "投诉查实".parse().unwrap();
        let (after, event) = before.clone().suspend(&permit, reason, now()).unwrap();
        assert_eq!(after.version, before.version.next());
        let told = (event.organisation_id, event.name.as_str(), event.kind);
        assert_eq!(told, (before.id, "青海大学", before.kind));
    }

    #[test]
    fn the_market_and_the_bureaus_are_not_suspended() {
        let registration = registration(OrganisationKind::Market, None);
        let market = Organisation::enter(Id::from_parts(1, &[4; 10]), registration, now());
        assert_eq!(market.standing.status(), OrganisationStatus::Verified);
        let permit = permit(Role::Operator, Relation::Own);
        let refusal = market.suspend(&permit, "x".parse().unwrap(), now()).unwrap_err();
        assert_eq!(refusal.reason.code, "staff_organisation");
    }

    #[test]
    fn name_and_region_stand_once_they_have_been_checked() {
        let permit = permit(Role::OrgAdmin, Relation::Own);
        let elsewhere =
            || Changes { region: Some("630102".parse().unwrap()), ..Changes::default() };
        let renamed = || Changes { name: Some("青大".parse().unwrap()), ..Changes::default() };
        let same = || Changes { name: Some("青海大学".parse().unwrap()), ..Changes::default() };
        let contact = || Changes {
            contact: Some(Contact {
                name: "李".parse().unwrap(),
                phone: Some("0971-6100000".parse().unwrap()),
                email: None,
            }),
            ..Changes::default()
        };
        let update = |status, changes| organisation(status).update(&permit, changes);
        for changes in [elsewhere(), renamed(), same(), contact()] {
            let after = update(OrganisationStatus::Registered, changes).unwrap();
            assert_eq!(after.version, Version::FIRST.next());
        }
        for changes in [elsewhere(), renamed()] {
            let refusal = update(OrganisationStatus::Verified, changes).unwrap_err();
            assert_eq!(refusal.reason.code, "invalid_state");
        }
        let after = update(OrganisationStatus::Verified, contact()).unwrap();
        assert_eq!(after.contact.name.as_str(), "李");
        assert!(update(OrganisationStatus::Verified, same()).is_ok());
    }

    #[test]
    fn the_public_registers_no_bureaus_and_needs_a_credit_code() {
        use OrganisationKind::{Enterprise, Government, IndividualBroker, Market};
        let code = Some("91630102MA75X0012D");
        for (kind, code, faults) in [
            (Enterprise, code, vec![]),
            (Enterprise, None, vec!["/credit_code"]),
            (IndividualBroker, None, vec![]),
            (IndividualBroker, code, vec![]),
            (Government, code, vec!["/kind"]),
            (Market, None, vec!["/kind", "/credit_code"]),
        ] {
            let found = registration(kind, code).faults();
            let found: Vec<&str> = found.iter().map(|(pointer, _)| *pointer).collect();
            assert_eq!(found, faults, "{kind}");
        }
    }

    #[test]
    fn logs_do_not_name_people() {
        let shown = format!("{:?}", organisation(OrganisationStatus::Registered));
        assert!(!shown.contains('青') && !shown.contains('王'), "{shown}");
    }
}
