//! The words and rules of this domain: no database, no HTTP, no clock, no randomness.

mod account;
mod contact;
mod lockout;
mod network;
mod organisation;
mod password;
mod session;
mod showcase;

pub use account::{Account, AccountStatus, check_roles};
pub use contact::{Contact, masked_email, masked_name};
pub use lockout::Failures;
pub use network::Network;
pub use organisation::{Changes, Organisation, Registration, Standing};
pub use password::{Password, PasswordHash};
pub use session::{Lifetime, SessionEnd, lifetime};
pub use showcase::{MOST_DOMAINS, Office, ShortName, Showcase, Website};
