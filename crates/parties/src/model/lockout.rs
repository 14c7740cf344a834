//! Failed logins: five in a row lock an address for one network, and for that network only.

use chrono::{DateTime, TimeDelta, Utc};

/// So many failures lock.
const LOCKING_FAILURES: i32 = 5;
/// So long does a lock hold, and so long after the last failure is a count forgotten.
const LOCK: TimeDelta = TimeDelta::minutes(15);

/// What is remembered of failed logins for one address from one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: i32,
    /// When the last one was.
    pub last_failed_at: DateTime<Utc>,
    /// Until when no login is tried.
    pub locked_until: Option<DateTime<Utc>>,
}

impl Failures {
    /// The first failure.
    #[must_use]
    pub const fn first(now: DateTime<Utc>) -> Self {
        Self { count: 1, last_failed_at: now, locked_until: None }
    }

    /// One more failure. A lock that holds is not prolonged: a stranger's tries must not keep
    /// others of the same network out for ever.
    #[must_use]
    pub fn one_more(self, now: DateTime<Utc>) -> Self {
        if self.locked_for(now).is_some() {
            return self;
        }
        if self.last_failed_at + LOCK <= now {
            return Self::first(now);
        }
        let count = self.count.saturating_add(1);
        let locked_until = (count >= LOCKING_FAILURES).then(|| now + LOCK);
        Self { count, last_failed_at: now, locked_until }
    }

    /// For how much longer no login is tried; `None` if one may be.
    #[must_use]
    pub fn locked_for(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.locked_until.map(|until| until - now).filter(|rest| *rest > TimeDelta::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-03-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn failed_at(minutes: &[i64]) -> Failures {
        let (first, rest) = minutes.split_first().unwrap();
        rest.iter().fold(Failures::first(at(*first)), |failures, m| failures.one_more(at(*m)))
    }

    #[test]
    fn the_fifth_failure_in_a_row_locks_for_a_quarter_of_an_hour() {
        assert_eq!(failed_at(&[0, 1, 2, 3]).locked_for(at(3)), None);
        let locked = failed_at(&[0, 1, 2, 3, 4]);
        assert_eq!(locked.locked_for(at(4)), Some(TimeDelta::minutes(15)));
        assert_eq!(locked.locked_for(at(19)), None);
    }

    #[test]
    fn tries_while_locked_do_not_prolong_the_lock() {
        assert_eq!(failed_at(&[0, 1, 2, 3, 4, 10, 18]), failed_at(&[0, 1, 2, 3, 4]));
    }

    #[test]
    fn a_count_is_forgotten_after_a_quarter_of_an_hour_without_failure() {
        assert_eq!(failed_at(&[0, 1, 2, 3, 18]).count, 1);
        assert_eq!(failed_at(&[0, 1, 2, 3, 4, 19]), Failures::first(at(19)));
    }
}
