//! The signing keys of a market at one moment, and when they change.

use std::{collections::HashMap, fmt};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::Id;

use super::{SigningKey, token::TOKEN_LIFETIME};

/// A new key is published for so long before it signs, so that everybody has fetched it. Longer
/// than the servers' own look into the database and than clients may cache the published keys.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// After the last token of a key has expired, it still verifies for so long: clocks differ.
const GRACE: TimeDelta = TimeDelta::minutes(1);

/// When a key signs and verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which key.
    pub id: Id<SigningKey>,
    /// Published from here.
    pub created_at: DateTime<Utc>,
    /// Signs from here until its successor does.
    pub activates_at: DateTime<Utc>,
    /// Verifies until here; open for the newest key.
    pub retires_at: Option<DateTime<Utc>>,
}

impl Span {
    fn is_published(&self, now: DateTime<Utc>) -> bool {
        self.retires_at.is_none_or(|end| now < end)
    }
}

/// When a new key is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Only if there is none.
    IfNone,
    /// If the newest one is at least so old, or there is none.
    IfOlderThan(TimeDelta),
    /// In any case.
    Now,
}

/// What a rotation does: when the new key begins to sign, and which key it succeeds, until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When the new key begins to sign.
    pub activates_at: DateTime<Utc>,
    /// Which key ends, and when it stops verifying.
    pub predecessor: Option<(Id<SigningKey>, DateTime<Utc>)>,
}

/// Plans a rotation; `None` if none is due.
#[must_use]
pub fn plan_rotation(keys: &[Span], rotation: Rotation, now: DateTime<Utc>) -> Option<Plan> {
    let Some(newest) = keys.iter().find(|key| key.retires_at.is_none()) else {
        return Some(Plan { activates_at: now, predecessor: None });
    };
    let due = match rotation {
        Rotation::IfNone => false,
        Rotation::IfOlderThan(age) => newest.created_at + age <= now,
        Rotation::Now => true,
    };
    due.then(|| {
        // A key that does not sign yet keeps its turn: its successor comes after it.
        let activates_at = now.max(newest.activates_at) + OVERLAP;
        let retires_at = activates_at + TOKEN_LIFETIME + GRACE;
        Plan { activates_at, predecessor: Some((newest.id, retires_at)) }
    })
}

/// A key, ready to sign and verify.
pub struct Key {
    /// When it signs and verifies.
    pub span: Span,
    public: [u8; 32],
    pub(super) signs: EncodingKey,
    pub(super) verifies: DecodingKey,
}

impl Key {
    /// The key of a private key (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// If the private key cannot be written in PKCS #8.
    pub fn new(span: Span, private: &[u8; 32]) -> anyhow::Result<Self> {
        let pair = ed25519_dalek::SigningKey::from_bytes(private);
        let public = pair.verifying_key().to_bytes();
        let pkcs8 = pair.to_pkcs8_der().context("writing a private key in PKCS #8")?;
        Ok(Self {
            span,
            public,
            signs: EncodingKey::from_ed_der(pkcs8.as_bytes()),
            verifies: DecodingKey::from_ed_der(&public),
        })
    }

    /// The public key (RFC 8032 §5.1.5).
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The public key as the `x` of a JSON Web Key (RFC 8037 §2).
    #[must_use]
    pub fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.public)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("span", &self.span).finish_non_exhaustive()
    }
}

/// The keys of a market at one moment.
#[derive(Debug, Default)]
pub struct KeyRing {
    keys: HashMap<Id<SigningKey>, Key>,
}

impl KeyRing {
    /// A ring of these keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        Self { keys: keys.into_iter().map(|key| (key.span.id, key)).collect() }
    }

    /// The key that signs now: of those whose time has come, the one whose came last.
    #[must_use]
    pub fn signing(&self, now: DateTime<Utc>) -> Option<&Key> {
        self.keys
            .values()
            .filter(|key| key.span.activates_at <= now && key.span.is_published(now))
            .max_by_key(|key| (key.span.activates_at, key.span.id))
    }

    /// The key of this id, if it still verifies.
    #[must_use]
    pub fn verifying(&self, id: Id<SigningKey>, now: DateTime<Utc>) -> Option<&Key> {
        self.keys.get(&id).filter(|key| key.span.is_published(now))
    }

    /// Every key that verifies now or will, oldest first.
    #[must_use]
    pub fn published(&self, now: DateTime<Utc>) -> Vec<&Key> {
        let mut keys: Vec<&Key> =
            self.keys.values().filter(|key| key.span.is_published(now)).collect();
        keys.sort_unstable_by_key(|key| key.span.id);
        keys
    }

    /// When the newest key was made.
    #[must_use]
    pub fn newest_made_at(&self) -> Option<DateTime<Utc>> {
        self.keys.values().map(|key| key.span.created_at).max()
    }

    /// Does every key of this ring stand in the other one, too?
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.keys.keys().all(|id| other.keys.contains_key(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-03-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn id(number: u8) -> Id<SigningKey> {
        Id::from_parts(u64::from(number), &[number; 10])
    }

    fn span(number: u8, created: i64, activates: i64, retires: Option<i64>) -> Span {
        Span {
            id: id(number),
            created_at: at(created),
            activates_at: at(activates),
            retires_at: retires.map(at),
        }
    }

    #[test]
    fn the_first_key_signs_at_once() {
        for rotation in
            [Rotation::IfNone, Rotation::Now, Rotation::IfOlderThan(TimeDelta::days(90))]
        {
            let plan = plan_rotation(&[], rotation, at(0));
            assert_eq!(plan, Some(Plan { activates_at: at(0), predecessor: None }));
        }
    }

    #[test]
    fn a_rotation_is_due_by_age_or_on_demand() {
        let keys = [span(1, 0, 0, None)];
        let ninety_days = TimeDelta::days(90);
        let plan = |rotation, now| plan_rotation(&keys, rotation, now).is_some();
        assert!(!plan(Rotation::IfNone, at(60)));
        assert!(plan(Rotation::Now, at(60)));
        assert!(!plan(
            Rotation::IfOlderThan(ninety_days),
            at(0) + ninety_days - TimeDelta::seconds(1)
        ));
        assert!(plan(Rotation::IfOlderThan(ninety_days), at(0) + ninety_days));
    }

    #[test]
    fn a_new_key_is_published_before_it_signs_and_the_old_one_verifies_to_the_end() {
        let plan = plan_rotation(&[span(1, 0, 0, None)], Rotation::Now, at(60)).unwrap();
        assert_eq!(plan.activates_at, at(70));
        assert_eq!(plan.predecessor, Some((id(1), at(70 + 15 + 1))));

        let ring = KeyRing::new([
            Key::new(span(1, 0, 0, Some(86)), &[1; 32]).unwrap(),
            Key::new(span(2, 60, 70, None), &[2; 32]).unwrap(),
        ]);
        let signs = |now| ring.signing(now).unwrap().span.id;
        let published = |now| ring.published(now).len();
        assert_eq!((signs(at(65)), published(at(65))), (id(1), 2));
        assert_eq!((signs(at(70)), published(at(70))), (id(2), 2));
        assert!(ring.verifying(id(1), at(85)).is_some());
        assert!(ring.verifying(id(1), at(86)).is_none());
        assert_eq!(published(at(86)), 1);
    }

    #[test]
    fn two_rotations_in_a_row_keep_their_turns() {
        let keys = [span(1, 0, 0, Some(86)), span(2, 60, 70, None)];
        let plan = plan_rotation(&keys, Rotation::Now, at(61)).unwrap();
        assert_eq!(plan.activates_at, at(80));
        assert_eq!(plan.predecessor, Some((id(2), at(96))));
    }

    #[test]
    fn an_empty_ring_signs_nothing() {
        assert!(KeyRing::default().signing(at(0)).is_none());
    }
}
