//! What nobody needs any more is forgotten: least data, shortest time (GB/T 22239 §8.1.4.11).

use ::store::{Command, Outcome, Tx};
use chrono::TimeDelta;

use crate::store;

/// Logins, failed logins and keys are kept for so long after they are over; the audit trail
/// keeps who signed in when.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Forgets old logins, failed logins and keys; answers how many. To be run once in a while.
#[derive(Clone, Copy, Debug)]
pub struct ForgetOld;

impl Command for ForgetOld {
    const ACT: &'static str = "forget_old";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let before = tx.now() - KEPT;
        let logins = store::forget_before(tx.conn(), before).await?;
        let keys = store::forget_keys_before(tx.conn(), before).await?;
        Ok(logins.saturating_add(keys))
    }
}
