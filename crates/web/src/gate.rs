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
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.most_waiting {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let place =
            tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        place.ok().and_then(Result::ok)
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
}

impl Default for Gates {
    fn default() -> Self {
        let patience = Duration::from_millis(400);
        Self {
            arrivals: Gate::new(4096, 0, Duration::ZERO),
            reads: Gate::new(256, 512, patience),
            writes: Gate::new(64, 256, patience),
            uploads: Gate::new(32, 64, Duration::from_secs(2)),
        }
    }
}
