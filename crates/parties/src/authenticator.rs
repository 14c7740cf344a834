//! Makes access tokens and tells from them who asks.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use ::store::{Db, Outcome};
use anyhow::{Context, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use futures::{FutureExt, future::BoxFuture};
use kernel::{Actor, Caller, Id, kinds::Session};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use web::{Authenticate, refusals::INVALID_TOKEN};

use crate::{
    Hasher,
    commands::RotateKeys,
    keys::{
        self, KeyRing, MasterKey, Rejection, Rotation, Sealer, TOKEN_LIFETIME, TokenSettings,
        Verified, secret_text,
    },
    store,
};

/// Keys are renewed when they are so old.
const KEY_AGE: TimeDelta = TimeDelta::days(90);
/// An unknown `kid` makes the keys be read again, but no more often than this.
const LEAST_BETWEEN_LOOKS: TimeDelta = TimeDelta::seconds(5);
/// Longer than an access token is good.
const REMEMBERED: Duration = Duration::from_secs(16 * 60);
const MOST_REMEMBERED: u64 = 100_000;

/// An access token and how long it is good.
pub struct AccessToken {
    /// The JWT.
    pub token: String,
    /// Seconds.
    pub expires_in: i64,
}

/// Makes access tokens and tells from them who asks; cheap to clone, one per server.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    db: Db,
    sealer: Sealer,
    settings: TokenSettings,
    hasher: Hasher,
    ring: RwLock<Arc<KeyRing>>,
    looked_at: Mutex<DateTime<Utc>>,
    /// Tokens that were found good, by digest: a signature is checked once per token and server.
    good: Cache<[u8; 32], Verified>,
    /// Logins that have ended while their access tokens may still be good.
    ended: Cache<Id<Session>, ()>,
}

impl Authenticator {
    /// Opens the signing keys, making the first one if there is none, and tries them.
    ///
    /// # Errors
    /// A sentence for the operator if the master key does not open the keys in the database.
    pub async fn start(
        db: Db,
        settings: TokenSettings,
        master: &MasterKey,
        hasher: Hasher,
    ) -> Outcome<Self> {
        let sealer = Sealer::new(master);
        let first = RotateKeys { sealer: sealer.clone(), rotation: Rotation::IfNone };
        db.write(Caller::Anyone, first).await?;
        let now = db.clock().now();
        let ring = store::key_ring(&mut *db.reader().await?, &sealer, now).await?;
        let authenticator = Self(Arc::new(Inner {
            sealer,
            settings,
            hasher,
            ring: RwLock::new(Arc::new(ring)),
            looked_at: Mutex::new(now),
            good: Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build(),
            ended: Cache::builder().time_to_live(REMEMBERED).build(),
            db,
        }));
        authenticator.try_out(now)?;
        authenticator.tend().await?;
        Ok(authenticator)
    }

    /// Hashes and checks passwords.
    #[must_use]
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// The keys as this server knows them.
    #[must_use]
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// An access token for somebody who has signed in.
    ///
    /// # Errors
    /// If no key signs now.
    pub fn issue(&self, actor: &Actor) -> Outcome<AccessToken> {
        let now = self.0.db.clock().now();
        let token = keys::issue(&self.ring(), &self.0.settings, actor, secret_text::<16>()?, now)?;
        Ok(AccessToken { token, expires_in: TOKEN_LIFETIME.num_seconds() })
    }

    /// Remembers that logins have ended: their access tokens are refused here from now on, and on
    /// the other servers when they [`tend`](Self::tend) next.
    pub fn note_ended(&self, sessions: impl IntoIterator<Item = Id<Session>>) {
        for session in sessions {
            self.0.ended.insert(session, ());
        }
    }

    /// Looks into the database for what other servers have done (new keys, ended logins), and
    /// renews keys that have grown old. To be called every few seconds.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn tend(&self) -> Outcome<()> {
        let inner = &*self.0;
        let now = inner.db.clock().now();
        self.look().await?;
        if self.ring().newest_made_at().is_none_or(|made_at| made_at + KEY_AGE <= now) {
            self.rotate(Rotation::IfOlderThan(KEY_AGE)).await?;
        }
        let mut conn = inner.db.reader().await?;
        let since = now - TOKEN_LIFETIME - TimeDelta::minutes(1);
        self.note_ended(store::sessions_ended_since(&mut conn, since).await?);
        Ok(())
    }

    /// Makes a new key, which signs once everybody has had time to fetch it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn rotate(&self, rotation: Rotation) -> Outcome<()> {
        let command = RotateKeys { sealer: self.0.sealer.clone(), rotation };
        if let Some(key) = self.0.db.write(Caller::Anyone, command).await? {
            tracing::info!(?key, "a new signing key was made");
            self.look().await?;
        }
        Ok(())
    }

    /// Reads the keys again.
    async fn look(&self) -> Outcome<()> {
        let inner = &*self.0;
        let now = inner.db.clock().now();
        *inner.looked_at.lock().unwrap_or_else(PoisonError::into_inner) = now;
        let new = store::key_ring(&mut *inner.db.reader().await?, &inner.sealer, now).await?;
        let old = self.ring();
        if !old.is_within(&new) {
            // A key has gone: what it signed is to be looked at again.
            inner.good.invalidate_all();
        }
        *inner.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        Ok(())
    }

    fn may_look(&self, now: DateTime<Utc>) -> bool {
        let looked_at = *self.0.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        (now - looked_at).abs() >= LEAST_BETWEEN_LOOKS
    }

    async fn verified(&self, token: &str) -> Outcome<Verified> {
        let inner = &*self.0;
        let now = inner.db.clock().now();
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some(known) = inner.good.get(&digest).filter(|known| known.is_good(now)) {
            return Ok(known);
        }
        let check = || keys::verify(&self.ring(), &inner.settings, token, now);
        let mut checked = check();
        if checked == Err(Rejection::UnknownKey) && self.may_look(now) {
            self.look().await?;
            checked = check();
        }
        let verified = checked.map_err(|rejection| {
            tracing::info!(%rejection, "a token was refused");
            INVALID_TOKEN.refuse()
        })?;
        inner.good.insert(digest, verified);
        Ok(verified)
    }

    /// Signs and checks a token: a missing cryptography provider is to show at the start, not at
    /// the first login.
    fn try_out(&self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let actor = Actor {
            account: Id::from_parts(0, &[0; 10]),
            organisation: Id::from_parts(0, &[0; 10]),
            roles: kernel::RoleSet::EMPTY,
            session: Id::from_parts(0, &[0; 10]),
            rights_version: 0,
        };
        let ring = self.ring();
        let token = keys::issue(&ring, &self.0.settings, &actor, String::new(), now)?;
        let verified = keys::verify(&ring, &self.0.settings, &token, now)
            .context("an access token made now does not verify")?;
        if verified.actor == actor {
            Ok(())
        } else {
            Err(anyhow!("an access token made now names somebody else"))
        }
    }
}

impl Authenticate for Authenticator {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Outcome<Actor>> {
        async move {
            let verified = self.verified(token).await?;
            if self.0.ended.contains_key(&verified.actor.session) {
                return Err(INVALID_TOKEN.refuse().into());
            }
            Ok(verified.actor)
        }
        .boxed()
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("ring", &self.ring()).finish_non_exhaustive()
    }
}
