//! What nobody needs any more is forgotten: least data, shortest time (GB/T 22239 §8.1.4.11).

use ::store::{Command, Outcome, Tx};
use chrono::TimeDelta;

use crate::store;

/// Logins, failed logins and keys are kept for so long after they are over; the audit trail
/// keeps who signed in when.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Forgets old logins, failed logins and keys, a bounded number at a time; answers how many rows.
/// To be run once in a while, until it answers none.
#[derive(Clone, Copy, Debug)]
pub struct ForgetOld {
    /// How many rows of each table, at most.
    pub at_most: i64,
}

impl Command for ForgetOld {
    const ACT: &'static str = "forget_old";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let before = tx.now() - KEPT;
        // A login goes after its tokens, of which it may have more than are forgotten at a time.
        let tokens = store::forget_tokens_before(tx.conn(), before, self.at_most).await?;
        let logins = store::forget_logins_before(tx.conn(), before, self.at_most).await?;
        let failures = store::forget_failures_before(tx.conn(), before, self.at_most).await?;
        let keys = store::forget_keys_before(tx.conn(), before).await?;
        Ok([tokens, logins, failures, keys].into_iter().fold(0, usize::saturating_add))
    }
}
