//! A request to see what is protected of a listing, and what becomes of it.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use events::{DisclosureGranted, DisclosureRefused, DisclosureRequested, DisclosureRevoked};
use kernel::{Fault, Field, Id, Line, Permit, Prose, Refusal, Version, civil_date, kinds, words};

use crate::{
    access::{GrantDisclosure, RefuseDisclosure, RequestDisclosure, RevokeDisclosure},
    error::{invalid_disclosure_state, refuse_faults},
    model::Owner,
};

/// How long a grant lasts if nothing else is said.
const USUAL_DAYS: Days = Days::new(90);
/// How long a grant lasts at most.
const MOST_MONTHS: Months = Months::new(12);

words! {
    /// Where a request to see what is protected stands.
    pub enum DisclosureStatus {
        /// Waiting for the owner.
        Requested = "requested", "待发布单位决定", "requested";
        /// The protected part may be read.
        Granted = "granted", "已同意", "granted";
        /// The owner has refused.
        Refused = "refused", "已拒绝", "refused";
        /// The owner has taken the grant back.
        Revoked = "revoked", "已撤回", "revoked";
        /// The grant's last day is over.
        Expired = "expired", "已到期", "expired";
    }
}

words! {
    /// What was looked at.
    pub enum Looked {
        /// The protected description.
        Description = "description", "受保护的说明", "description";
        /// A protected file.
        Attachment = "attachment", "受保护的附件", "attachment";
    }
}

/// Where it stands, with the facts of that state. That a grant is over follows from its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisclosureState {
    /// Waiting for the owner.
    Requested,
    /// The owner lets it be seen.
    Granted(Granted),
    /// The owner does not.
    Refused {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: Prose<1000>,
    },
    /// The owner no longer does.
    Revoked {
        /// What was granted before.
        grant: Granted,
        /// When it was taken back.
        at: DateTime<Utc>,
        /// Why.
        reason: Prose<1000>,
    },
    /// Over, and the organisation has asked again since.
    Expired(Granted),
}

/// A grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Its last day.
    pub expires_on: NaiveDate,
}

impl DisclosureState {
    /// The state's name on a day.
    #[must_use]
    pub fn status(&self, today: NaiveDate) -> DisclosureStatus {
        match self {
            Self::Requested => DisclosureStatus::Requested,
            Self::Granted(grant) if today > grant.expires_on => DisclosureStatus::Expired,
            Self::Granted(_) => DisclosureStatus::Granted,
            Self::Refused { .. } => DisclosureStatus::Refused,
            Self::Revoked { .. } => DisclosureStatus::Revoked,
            Self::Expired(_) => DisclosureStatus::Expired,
        }
    }

    /// The grant, if there ever was one.
    #[must_use]
    pub const fn grant(&self) -> Option<Granted> {
        match self {
            Self::Granted(grant) | Self::Expired(grant) | Self::Revoked { grant, .. } => {
                Some(*grant)
            }
            Self::Requested | Self::Refused { .. } => None,
        }
    }
}

/// A request to see what is protected of a listing.
///
/// ```text
/// requested ──grant──▶ granted ──revoke──▶ revoked
///     │                   │
///   refuse            its last day
///     ▼                   ▼
///  refused             expired
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Its id.
    pub id: Id<kinds::Disclosure>,
    /// Its version.
    pub version: Version,
    /// The listing of which something is protected.
    pub listing_id: Id<kinds::Listing>,
    /// Whose listing.
    pub owner_id: Id<kinds::Organisation>,
    /// The listing's title when it was asked about.
    pub listing_title: Line<200>,
    /// Who asks, under the name that it had then.
    pub requester: Owner,
    /// What for.
    pub purpose: Line<200>,
    /// What else the owner should know.
    pub message: Option<Prose<2000>>,
    /// When it was asked.
    pub requested_at: DateTime<Utc>,
    /// Where it stands.
    pub state: DisclosureState,
}

/// What a request says.
#[derive(Clone, Debug)]
pub struct DisclosureRequest {
    /// The listing of which something is protected.
    pub listing_id: Id<kinds::Listing>,
    /// Whose listing.
    pub owner_id: Id<kinds::Organisation>,
    /// The listing's title.
    pub listing_title: Line<200>,
    /// Who asks.
    pub requester: Owner,
    /// What for.
    pub purpose: Line<200>,
    /// What else the owner should know.
    pub message: Option<Prose<2000>>,
}

impl Disclosure {
    /// Somebody asks.
    #[must_use]
    pub fn request(
        _permit: &Permit<RequestDisclosure>,
        id: Id<kinds::Disclosure>,
        request: DisclosureRequest,
        now: DateTime<Utc>,
    ) -> (Self, DisclosureRequested) {
        let DisclosureRequest { listing_id, owner_id, listing_title, requester, purpose, message } =
            request;
        let organisation_id = requester.id;
        let event =
            DisclosureRequested { disclosure_id: id, listing_id, owner_id, organisation_id };
        let state = DisclosureState::Requested;
        let version = Version::FIRST;
        let asked = Self {
            id,
            version,
            listing_id,
            owner_id,
            listing_title,
            requester,
            purpose,
            message,
            requested_at: now,
            state,
        };
        (asked, event)
    }

    /// The owner lets it be seen, until the end of a day.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it waits for the owner; 422 if the day is past or too far off.
    pub fn grant(
        self,
        _permit: &Permit<GrantDisclosure>,
        expires_on: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<(Self, DisclosureGranted), Refusal> {
        let today = civil_date(now);
        self.expect(DisclosureStatus::Requested, today)?;
        let expires_on = expires_on.unwrap_or(today + USUAL_DAYS);
        let (first, last) = (today, today + MOST_MONTHS);
        if !(first..=last).contains(&expires_on) {
            let fault = Fault::new(
                "out_of_range",
                format!("应为 {first} 至 {last} 之间的日期"),
                format!("a date from {first} to {last}"),
            );
            refuse_faults(vec![Field { pointer: "/expires_on".to_owned(), fault }])?;
        }
        let event = DisclosureGranted {
            disclosure_id: self.id,
            listing_id: self.listing_id,
            owner_id: self.owner_id,
            organisation_id: self.requester.id,
            expires_on,
        };
        Ok((self.stepped(DisclosureState::Granted(Granted { at: now, expires_on })), event))
    }

    /// The owner does not.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it waits for the owner.
    pub fn refuse(
        self,
        _permit: &Permit<RefuseDisclosure>,
        reason: Prose<1000>,
        now: DateTime<Utc>,
    ) -> Result<(Self, DisclosureRefused), Refusal> {
        self.expect(DisclosureStatus::Requested, civil_date(now))?;
        let event = DisclosureRefused {
            disclosure_id: self.id,
            listing_id: self.listing_id,
            owner_id: self.owner_id,
            organisation_id: self.requester.id,
        };
        Ok((self.stepped(DisclosureState::Refused { at: now, reason }), event))
    }

    /// The owner takes the grant back.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is granted and not over.
    pub fn revoke(
        self,
        _permit: &Permit<RevokeDisclosure>,
        reason: Prose<1000>,
        now: DateTime<Utc>,
    ) -> Result<(Self, DisclosureRevoked), Refusal> {
        let today = civil_date(now);
        self.expect(DisclosureStatus::Granted, today)?;
        let Some(grant) = self.state.grant() else {
            return Err(self.works_in(DisclosureStatus::Granted, today));
        };
        let event = DisclosureRevoked {
            disclosure_id: self.id,
            listing_id: self.listing_id,
            owner_id: self.owner_id,
            organisation_id: self.requester.id,
        };
        Ok((self.stepped(DisclosureState::Revoked { grant, at: now, reason }), event))
    }

    /// A grant that is over makes room for another request; one that is not stays.
    #[must_use]
    pub fn expire(self, today: NaiveDate) -> Option<Self> {
        let DisclosureState::Granted(grant) = self.state else { return None };
        (today > grant.expires_on).then(|| self.stepped(DisclosureState::Expired(grant)))
    }

    /// May the organisation that asked read what is protected today?
    #[must_use]
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.state.status(today) == DisclosureStatus::Granted
    }

    fn stepped(self, state: DisclosureState) -> Self {
        Self { version: self.version.next(), state, ..self }
    }

    fn expect(&self, wanted: DisclosureStatus, today: NaiveDate) -> Result<(), Refusal> {
        if self.state.status(today) == wanted { Ok(()) } else { Err(self.works_in(wanted, today)) }
    }

    fn works_in(&self, wanted: DisclosureStatus, today: NaiveDate) -> Refusal {
        invalid_disclosure_state(self.state.status(today), wanted)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Act, Actor, Caller, Relation, Role, RoleSet, judge};
    use proptest::prelude::*;

    use super::*;

    fn permit<A: Act>(relation: Relation) -> Permit<A> {
        let actor = Actor {
            account: Id::from_parts(1, &[1; 10]),
            organisation: Id::from_parts(1, &[2; 10]),
            roles: RoleSet::EMPTY.with(Role::Editor),
            session: Id::from_parts(1, &[3; 10]),
            rights_version: 1,
        };
        judge(&Caller::SignedIn(actor), &[relation]).unwrap()
    }

    fn asked(now: DateTime<Utc>) -> Disclosure {
        let request = DisclosureRequest {
            listing_id: Id::from_parts(1, &[4; 10]),
            owner_id: Id::from_parts(1, &[5; 10]),
            listing_title: "盐湖提锂".parse().unwrap(),
            requester: Owner {
                id: Id::from_parts(1, &[6; 10]), name: "示例公司".parse().unwrap()
            },
            purpose: "评估".parse().unwrap(),
            message: None,
        };
        let id = Id::from_parts(1, &[7; 10]);
        Disclosure::request(&permit(Relation::Stranger), id, request, now).0
    }

    fn granted(now: DateTime<Utc>, until: Option<NaiveDate>) -> Result<Disclosure, Refusal> {
        asked(now).grant(&permit(Relation::Own), until, now).map(|(granted, _)| granted)
    }

    #[test]
    fn a_grant_is_open_to_the_end_of_its_last_day_in_shanghai() {
        // Half past seven in the morning of the first of January, in Shanghai.
        let now = "2026-12-31T23:30:00Z".parse().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let usual = granted(now, None).unwrap();
        assert_eq!(usual.state.grant().unwrap().expires_on, day("2027-04-01"));
        assert!(usual.is_open(day("2027-04-01")));
        assert!(!usual.is_open(day("2027-04-02")));
        assert!(usual.clone().expire(day("2027-04-01")).is_none());
        let over = usual.expire(day("2027-04-02")).unwrap();
        assert_eq!(over.state.status(day("2027-01-01")), DisclosureStatus::Expired);
        for (until, taken) in [
            ("2026-12-31", false),
            ("2027-01-01", true),
            ("2028-01-01", true),
            ("2028-01-02", false),
        ] {
            assert_eq!(granted(now, Some(day(until))).is_ok(), taken, "{until}");
        }
    }

    proptest! {
        /// Whatever is tried in whatever order: only what is granted and not over is open, each
        /// step makes one version, and nothing leaves an end.
        #[test]
        fn only_a_grant_opens(steps in proptest::collection::vec((0_u8..4, 0_i64..120), 0..12)) {
            let mut now: DateTime<Utc> = "2026-06-01T00:00:00Z".parse().unwrap();
            let mut one = asked(now);
            for (step, days) in steps {
                now += chrono::TimeDelta::days(days);
                let (before, today) = (one.clone(), civil_date(now));
                let reason: Prose<1000> = "x".parse().unwrap();
                let own = Relation::Own;
                let next = match step {
                    0 => one.clone().grant(&permit(own), None, now).map(|(next, _)| next).ok(),
                    1 => one.clone().refuse(&permit(own), reason, now).map(|(next, _)| next).ok(),
                    2 => one.clone().revoke(&permit(own), reason, now).map(|(next, _)| next).ok(),
                    _ => one.clone().expire(today),
                };
                if let Some(next) = next {
                    prop_assert_eq!(next.version, before.version.next());
                    one = next;
                }
                let is_granted = matches!(one.state, DisclosureState::Granted(_));
                let is_over = one.state.grant().is_some_and(|grant| today > grant.expires_on);
                prop_assert_eq!(one.is_open(today), is_granted && !is_over);
                let ended = |state: &DisclosureState| {
                    !matches!(state, DisclosureState::Requested | DisclosureState::Granted(_))
                };
                prop_assert!(!ended(&before.state) || one == before);
            }
        }
    }
}
