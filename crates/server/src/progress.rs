//! How far a long piece of work has come, for somebody who waits at a terminal.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// How often a line is written where nobody sees it being overwritten.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// How often the line is overwritten on a terminal.
const LIVE_EVERY: Duration = Duration::from_millis(100);

/// A line on standard error that counts up: `market: 1200 of 20000 listings, 12 s, 100/s`.
pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    began: Instant,
    shown: Option<Instant>,
    live: bool,
}

impl Progress {
    /// Begins to count up to `total` of `what`.
    pub(crate) fn of(what: &'static str, total: usize) -> Self {
        Self {
            what,
            total: u64::try_from(total).unwrap_or(u64::MAX),
            done: 0,
            began: Instant::now(),
            shown: None,
            live: io::stderr().is_terminal(),
        }
    }

    /// So many more are done.
    pub(crate) fn add(&mut self, more: usize) -> io::Result<()> {
        self.done = self.done.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
        let every = if self.live { LIVE_EVERY } else { PLAIN_EVERY };
        let due = self.shown.unwrap_or(self.began).elapsed() >= every;
        if due && self.done < self.total {
            self.shown = Some(Instant::now());
            return self.show(if self.live { "" } else { "\n" });
        }
        Ok(())
    }

    /// Everything is done.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.total = self.done;
        self.show("\n")
    }

    fn show(&self, end: &str) -> io::Result<()> {
        let Self { what, total, done, .. } = self;
        let elapsed = self.began.elapsed();
        let seconds = elapsed.as_secs();
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = done.saturating_mul(1000) / millis;
        let start = if self.live { "\r\x1b[K" } else { "" };
        let mut err = io::stderr();
        write!(err, "{start}market: {done} of {total} {what}, {seconds} s, {rate}/s{end}")?;
        err.flush()
    }
}
