//! Argon2id (RFC 9106) on its own threads, as many at once as there are processors.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use anyhow::{Context, anyhow};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use store::Outcome;
use web::Gate;

use crate::{
    error,
    keys::secret_text,
    model::{Password, PasswordHash},
};

const LANES: u32 = 1;
/// So many wait for each processor, and so long; the rest are told to come back.
const MOST_WAITING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(5);

/// What hashing a password costs whoever has stolen the hash and guesses. A hash says at what cost it
/// was made, so that it is checked at that.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// How often the memory is passed over.
    pub passes: u32,
}

impl Cost {
    /// OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    pub const RECOMMENDED: Self = Self { memory_kib: 19 * 1024, passes: 2 };
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    gate: Gate,
    /// The hash of a password that nobody has: checked for unknown addresses, so that they take
    /// as long as known ones.
    nobodys: Arc<PasswordHash>,
}

impl Hasher {
    /// A hasher for this machine, at the recommended cost.
    ///
    /// # Errors
    /// If the operating system gives no random bytes.
    pub fn new() -> anyhow::Result<Self> {
        Self::at(Cost::RECOMMENDED)
    }

    /// A hasher for this machine, at another cost: less protects nobody.
    ///
    /// # Errors
    /// If the operating system gives no random bytes, or there is no such cost.
    pub fn at(cost: Cost) -> anyhow::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, LANES, None)
            .map_err(|error| anyhow!("parameters of Argon2: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobodys = hash(&argon2, &Password::from(secret_text::<32>()?))?;
        let processors = available_parallelism().map_or(1, usize::from);
        let gate = Gate::new(processors, processors.saturating_mul(MOST_WAITING), PATIENCE);
        Ok(Self { argon2, gate, nobodys: Arc::new(nobodys) })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// 503 `login_busy` if too many wait.
    pub async fn hash(&self, password: Password) -> Outcome<PasswordHash> {
        let argon2 = self.argon2.clone();
        Ok(self.alone(move || hash(&argon2, &password)).await??)
    }

    /// Is this the password of the hash? Without a hash, the answer is no, after as long a time.
    ///
    /// # Errors
    /// 503 `login_busy` if too many wait.
    pub async fn matches(&self, password: Password, hash: Option<PasswordHash>) -> Outcome<bool> {
        let argon2 = self.argon2.clone();
        let nobodys = Arc::clone(&self.nobodys);
        let matches = move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| nobodys.as_ref().clone());
            argon2.verify_password(password.as_bytes(), hash.as_str()).is_ok() && known
        };
        self.alone(matches).await
    }

    async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Outcome<T> {
        let Some(place) = self.gate.enter().await else {
            return Err(error::LOGIN_BUSY.refuse().into());
        };
        // The place is given back when the work is done, even if the client has hung up by then.
        let work = move || {
            let done = work();
            drop(place);
            done
        };
        Ok(tokio::task::spawn_blocking(work).await.context("hashing a password")?)
    }
}

fn hash(argon2: &Argon2<'static>, password: &Password) -> anyhow::Result<PasswordHash> {
    let hash = argon2
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow!("hashing a password: {error}"))?;
    hash.to_string().parse().map_err(|fault: kernel::Fault| anyhow!("{}", fault.words.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::new().unwrap();
        let hash = hasher.hash(password("harbour lantern")).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(hasher.matches(password("harbour lantern"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.matches(password("harbour lanterns"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.matches(password("harbour lantern"), None).await.unwrap());
        let again = hasher.hash(password("harbour lantern")).await.unwrap();
        assert!(again != hash, "each hash has its own salt");
    }
}
