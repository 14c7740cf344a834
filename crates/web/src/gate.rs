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
        let (queue, before) = Queue::join(&self.waiting);
        if before >= self.most_waiting {
            return None;
        }
        let place =
            tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        drop(queue);
        place.ok().and_then(Result::ok)
    }
}

/// Somebody's place in the queue; left also by a request that is given up while it waits.
struct Queue<'a>(&'a AtomicUsize);

impl<'a> Queue<'a> {
    /// Joins it: the place, and how many were there before.
    fn join(waiting: &'a AtomicUsize) -> (Self, usize) {
        (Self(waiting), waiting.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Queue<'_> {
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

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_gives_up_waiting_makes_room_for_another() {
        let gate = Gate::new(1, 1, Duration::from_secs(60));
        let place = gate.enter().await.unwrap();
        for _ in 0..3 {
            assert!(gate.enter().now_or_never().is_none(), "one may wait, and gives up");
        }
        let waits = gate.enter();
        futures::pin_mut!(waits);
        assert!(waits.as_mut().now_or_never().is_none());
        assert!(gate.enter().await.is_none(), "a second may not wait");
        drop(place);
        assert!(waits.await.is_some());
    }
}
