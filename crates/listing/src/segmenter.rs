//! Cuts texts into words without holding up other requests.

use std::sync::LazyLock;

use ::store::Outcome;
use anyhow::Context;
use tokio::sync::Semaphore;

use crate::model::{Content, Terms, TextQuery};

/// Cutting keeps a processor busy: no more at once than there are processors.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
});

/// The words by which a listing is found.
pub(crate) async fn terms(content: Content) -> Outcome<Terms> {
    apart(move || Terms::of(&content)).await
}

/// What a query asks; `None` if there is no word in it.
pub(crate) async fn query(text: String) -> Outcome<Option<TextQuery>> {
    apart(move || TextQuery::of(&text)).await
}

/// Runs the work on a thread that may be kept busy.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    let _place = PLACES.acquire().await.context("the segmenter is closed")?;
    Ok(tokio::task::spawn_blocking(work).await.context("the segmenter's task died")?)
}
