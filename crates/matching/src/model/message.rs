//! What the participants of an introduction write to each other.

use std::fmt;

use chrono::{DateTime, Utc};
use kernel::{Id, Prose, kinds};

use super::introduction::Speaker;

/// How many messages an introduction holds.
pub const MESSAGES_MAX: i64 = 1000;

/// A message to the other participants; it is never changed.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: Id<kinds::IntroductionMessage>,
    /// In which introduction.
    pub introduction_id: Id<kinds::Introduction>,
    /// When.
    pub posted_at: DateTime<Utc>,
    /// Who speaks.
    pub by: Speaker,
    /// By which person.
    pub account_id: Id<kinds::Account>,
    /// What.
    pub text: Prose<4000>,
}

impl fmt::Debug for Message {
    /// Without its text: letters do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({:?} by {:?})", self.id, self.by)
    }
}
