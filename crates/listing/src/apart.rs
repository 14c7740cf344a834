//! Work that keeps a processor busy, apart from the threads that serve requests.

use std::sync::LazyLock;

use ::store::Outcome;
use anyhow::Context;
use tokio::sync::Semaphore;

/// No more at once than there are processors.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
});

/// Runs the work on a thread that may be kept busy.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Outcome<T> {
    let _place = PLACES.acquire().await.context("no more work is taken")?;
    Ok(tokio::task::spawn_blocking(work).await.context("the work's task died")?)
}
