//! The seam through which time comes in.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is: the system's clock, shifted by as much as a test or a sandbox wishes.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The present instant, to the microsecond as PostgreSQL keeps it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the seam through which time comes in")]
    pub fn now(&self) -> DateTime<Utc> {
        let shifted = Utc::now() + TimeDelta::milliseconds(self.shift_ms.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(shifted.timestamp_micros()).unwrap_or(shifted)
    }

    /// Moves every clone of this clock forward (or, with a negative `by`, back).
    pub fn shift(&self, by: TimeDelta) {
        self.shift_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
