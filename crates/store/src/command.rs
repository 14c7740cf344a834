//! A write, as a value.

use std::future::Future;

use crate::{Outcome, Tx};

/// One act that changes something: its input, and how it is done inside a transaction.
///
/// It may be run again from the start after a serialization failure or deadlock, hence `Clone`.
pub trait Command: Clone + Send + Sync + 'static {
    /// The operation id of the API, or the name of the job; stands in the audit trail.
    const ACT: &'static str;
    /// What has come of it.
    type Output: Send + 'static;

    /// Load for update → permit → decide → save → record and announce.
    fn run(self, tx: &mut Tx<'_>) -> impl Future<Output = Outcome<Self::Output>> + Send;
}
