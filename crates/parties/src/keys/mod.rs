//! The keys that sign access tokens, and the tokens.
//!
//! Private keys rest in the database, sealed under the master key that the server is given; every
//! server of one market shares them. A new key is published first and signs only when everybody
//! has had time to fetch it; the old one verifies until its last token has expired.

mod random;
mod ring;
mod sealer;
mod token;

pub use random::{secret, secret_text};
pub use ring::{Key, KeyRing, Plan, Rotation, Span, plan_rotation};
pub use sealer::{MasterKey, Place, SEALING, Sealer};
pub use token::{Rejection, TOKEN_LIFETIME, TokenSettings, Verified, issue, verify};

/// A key that signs access tokens; its id is the token's `kid`.
#[derive(Debug)]
pub enum SigningKey {}

impl kernel::Kind for SigningKey {
    const NAME: &'static str = "signing_key";
}
