//! Cursors: where a list goes on, opaque and signed, so that nobody builds on their inside.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

/// The key that signs cursors and fingerprints requests; the same on all servers of a database.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

const TAG_BYTES: usize = 12;

impl CursorKey {
    /// A key made from the server's secret.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// A keyed digest: equal for equal parts, of use to nobody without the key.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// A cursor of the list `list` that goes on after `position`.
    pub(crate) fn sign(&self, list: &str, position: &impl Serialize) -> Option<String> {
        let position = serde_json::to_vec(position).ok()?;
        let digest = self.digest(&[list.as_bytes(), &position]);
        let mut cursor = digest.get(..TAG_BYTES)?.to_vec();
        cursor.extend(position);
        Some(URL_SAFE_NO_PAD.encode(cursor))
    }

    /// The position in a cursor of this list.
    pub(crate) fn open<K: DeserializeOwned>(&self, list: &str, cursor: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, position) = bytes.split_at_checked(TAG_BYTES)?;
        let digest = self.digest(&[list.as_bytes(), position]);
        // Nothing secret is in a cursor, so a comparison that takes varying time tells nothing.
        (digest.get(..TAG_BYTES)? == tag).then(|| serde_json::from_slice(position).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_for_its_own_list_and_key() {
        let key = CursorKey::new([7; 32]);
        let cursor = key.sign("/listings?kind=need", &(5_i64, "a")).unwrap();
        let opened: Option<(i64, String)> = key.open("/listings?kind=need", &cursor);
        assert_eq!(opened, Some((5, "a".to_owned())));
        assert_eq!(key.open::<(i64, String)>("/listings?kind=result", &cursor), None);
        assert_eq!(
            CursorKey::new([8; 32]).open::<(i64, String)>("/listings?kind=need", &cursor),
            None
        );
        assert_eq!(key.open::<(i64, String)>("/listings?kind=need", "AAAA"), None);
        assert_eq!(key.open::<(i64, String)>("/listings?kind=need", "☃"), None);
    }
}
