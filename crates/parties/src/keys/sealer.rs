//! Secrets at rest: AES-256-GCM-SIV (RFC 8452) under a key that is not in the database.

use std::fmt;

use aes_gcm_siv::{
    Aes256GcmSiv, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use anyhow::anyhow;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::random::secret;

/// The algorithm's name, kept beside each ciphertext.
pub const SEALING: &str = "AES-256-GCM-SIV";

const NONCE_BYTES: usize = 12;

/// The key under which secrets rest; given to the server, never stored in the database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// The key made of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(****)")
    }
}

/// Where a sealed value rests. It opens only there: nobody can move it to another row.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row.
    pub row: Uuid,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        format!("{}\u{1F}{}\u{1F}{}", self.table, self.column, self.row).into_bytes()
    }
}

/// Seals and opens secrets under the master key.
#[derive(Clone)]
pub struct Sealer(Aes256GcmSiv);

impl Sealer {
    /// A sealer under this master key.
    #[must_use]
    pub fn new(master: &MasterKey) -> Self {
        Self(Aes256GcmSiv::new(&Key::<Aes256GcmSiv>::from(master.0)))
    }

    /// Seals a secret: nonce, ciphertext, tag.
    ///
    /// # Errors
    /// If there is no randomness, or the secret is absurdly long.
    pub fn seal(&self, place: Place, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = secret()?;
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| anyhow!("a secret could not be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a sealed secret; `None` if it was sealed under another key or for another place, or
    /// was tampered with.
    #[must_use]
    pub fn open(&self, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        self.0.decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(****)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "signing_keys", column: "key", row: Uuid::from_u128(7) };

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey::new([byte; 32]))
    }

    #[test]
    fn a_secret_opens_under_its_key_and_in_its_place_only() {
        let sealed = sealer(1).seal(PLACE, b"secret").unwrap();
        assert_eq!(sealer(1).open(PLACE, &sealed).unwrap().as_slice(), b"secret");
        assert!(sealer(2).open(PLACE, &sealed).is_none());
        let elsewhere = Place { row: Uuid::from_u128(8), ..PLACE };
        assert!(sealer(1).open(elsewhere, &sealed).is_none());
        let elsewhere = Place { column: "other", ..PLACE };
        assert!(sealer(1).open(elsewhere, &sealed).is_none());
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let sealed = sealer(1).seal(PLACE, b"secret").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(sealer(1).open(PLACE, &changed).is_none(), "byte {index}");
        }
        assert!(sealer(1).open(PLACE, &sealed[..5]).is_none());
    }

    #[test]
    fn the_same_secret_never_looks_the_same() {
        let seal = || sealer(1).seal(PLACE, b"secret").unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn keys_are_not_printed() {
        let master = MasterKey::new([1; 32]);
        assert_eq!(format!("{master:?} {:?}", sealer(1)), "MasterKey(****) Sealer(****)");
    }
}
