//! Work that keeps a processor busy, apart from the threads that serve requests.

use std::sync::{Arc, LazyLock};

use anyhow::Context;
use store::Outcome;
use tokio::sync::Semaphore;

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    Places::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
});

/// Runs the work on a thread that may be kept busy, no more at once than there are processors.
/// Work that has begun is finished, also when nobody waits for it any more.
///
/// # Errors
/// If the work panics.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    PLACES.run(work).await
}

/// So much may be done at once.
struct Places(Arc<Semaphore>);

impl Places {
    fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Outcome<T> {
        let place = Arc::clone(&self.0).acquire_owned().await.context("no more work is taken")?;
        let working = tokio::task::spawn_blocking(move || {
            // Free when the work is done, not when whoever asked for it has gone.
            let _place = place;
            work()
        });
        Ok(working.await.context("the work's task died")?)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test]
    async fn a_place_is_taken_for_as_long_as_the_work_goes_on() {
        let places = Places::new(1);
        let (finish, finished) = mpsc::channel::<()>();
        let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
        {
            let long = places.run(move || {
                begin.send(()).unwrap();
                finished.recv().ok();
            });
            tokio::select! {
                _ = long => panic!("nobody has finished it"),
                _ = begun.recv() => {}
            }
        }
        // Who asked for it has gone; the work has not.
        let next = places.run(|| ());
        tokio::pin!(next);
        let early = tokio::time::timeout(Duration::from_millis(100), &mut next).await;
        assert!(early.is_err(), "two works in one place");
        finish.send(()).unwrap();
        next.await.unwrap();
    }

    #[tokio::test]
    async fn work_that_dies_gives_its_place_back() {
        let places = Places::new(1);
        assert!(places.run(|| panic!("on purpose")).await.is_err());
        assert_eq!(places.run(|| 7).await.unwrap(), 7);
    }
}
