//! How many requests are served at once: a few wait briefly, the rest are turned away at once,
//! before their bodies are read and before the database suffers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One kind of requests that share a limit.
#[derive(Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
    patience: Duration,
}

impl Gate {
    /// A gate for `places` at once; as many as `most_waiting` may wait for `patience`.
    #[must_use]
    pub fn new(places: usize, most_waiting: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: Arc::new(AtomicUsize::new(0)),
            most_waiting,
            patience,
        }
    }

    /// A place, or `None` if the request is to be turned away.
    pub async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(place);
        }
        let _waiting = Waiting::begin(&self.waiting, self.most_waiting)?;
        let place =
            tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        place.ok().and_then(Result::ok)
    }
}

/// A request that waits; however its waiting ends, it is counted off: it may be dropped when its
/// client hangs up or its time is over.
struct Waiting<'g>(&'g AtomicUsize);

impl<'g> Waiting<'g> {
    /// Counts one more, unless so many wait already.
    fn begin(count: &'g AtomicUsize, most: usize) -> Option<Self> {
        let before = count.fetch_add(1, Ordering::Relaxed);
        let waiting = Self(count);
        (before < most).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The gates of a server.
#[derive(Clone)]
pub struct Gates {
    /// Whatever arrives, before anything of it is read but its head.
    pub arrivals: Gate,
    /// Reads.
    pub reads: Gate,
    /// Writes.
    pub writes: Gate,
    /// Files on their way in, each of which takes long.
    pub uploads: Gate,
    /// What waits for a password's hash.
    pub logins: Gate,
    /// What computes and stores nothing.
    pub calculations: Gate,
    /// Lists taken away whole, also by clients that take them slowly.
    pub exports: Gate,
    /// Of these, workbooks that are written: each keeps a thread.
    pub workbooks: Gate,
}

impl Default for Gates {
    fn default() -> Self {
        let patience = Duration::from_millis(400);
        Self {
            arrivals: Gate::new(4096, 0, Duration::ZERO),
            reads: Gate::new(256, 512, patience),
            writes: Gate::new(64, 256, patience),
            uploads: Gate::new(32, 64, Duration::from_secs(2)),
            logins: Gate::new(64, 256, patience),
            calculations: Gate::new(64, 256, patience),
            exports: Gate::new(32, 0, Duration::ZERO),
            workbooks: Gate::new(2, 32, Duration::from_secs(600)),
        }
    }
}

/// At which gate a request with a body waits, so that those which take long for a reason of their
/// own keep no place from the others.
pub trait Class: 'static {
    /// The gate.
    fn gate(gates: &Gates) -> &Gate;
}

/// What is short, and done when its transaction is.
#[derive(Debug)]
pub enum Short {}
/// What hashes a password, and waits for its turn to.
#[derive(Debug)]
pub enum Hashing {}
/// What computes and stores nothing.
#[derive(Debug)]
pub enum Computing {}

impl Class for Short {
    fn gate(gates: &Gates) -> &Gate {
        &gates.writes
    }
}
impl Class for Hashing {
    fn gate(gates: &Gates) -> &Gate {
        &gates.logins
    }
}
impl Class for Computing {
    fn gate(gates: &Gates) -> &Gate {
        &gates.calculations
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn gate(places: usize, most_waiting: usize) -> Gate {
        Gate::new(places, most_waiting, Duration::from_secs(60))
    }

    #[tokio::test]
    async fn as_many_wait_as_may_and_the_rest_is_turned_away() {
        let gate = gate(1, 1);
        let place = gate.enter().await.unwrap();
        let waits = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter().await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(gate.enter().await.is_none());
        drop(place);
        assert!(waits.await.unwrap());
        assert!(gate.enter().await.is_some());
    }

    #[tokio::test]
    async fn who_gives_up_waiting_is_counted_off() {
        let gate = gate(1, 2);
        let place = gate.enter().await.unwrap();
        for _ in 0..10 {
            // Polled once, so that it waits, and dropped.
            assert!(gate.enter().now_or_never().is_none());
        }
        let mut waits = Box::pin(gate.enter());
        assert!(waits.as_mut().now_or_never().is_none(), "it is not turned away");
        drop(place);
        assert!(waits.await.is_some());
    }
}
