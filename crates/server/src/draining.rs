//! Going down without dropping anybody.
//!
//! The server's workers are not to be stopped while requests are under way: a worker that has
//! none itself ends at once, and with it the database connections that it opened, which another
//! worker's request may be using. So requests are counted here, and waited for before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::ConnectionType,
    middleware::Next,
    web::Data,
};

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Whether this server is going down and wants no more requests, and how many are under way.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<State>);

#[derive(Debug, Default)]
struct State {
    begun: AtomicBool,
    under_way: AtomicUsize,
}

/// A request under way; however it ends, it is counted off.
struct UnderWay(Draining);

impl Draining {
    /// From now on `/readyz` says no, and answers ask clients to make their next connection
    /// elsewhere.
    pub fn begin(&self) {
        self.0.begun.store(true, Ordering::Release);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::Acquire)
    }

    /// Waits until no request is under way.
    pub(crate) async fn finished(&self) {
        while self.0.under_way.load(Ordering::Acquire) > 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn enter(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(self.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The middleware that counts, and that sends clients away from a server that is going down.
///
/// # Errors
/// What fails inside.
pub(crate) async fn count<B: MessageBody + 'static>(
    draining: Data<Draining>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let _under_way = draining.enter();
    let mut response = next.call(request).await?;
    if draining.has_begun() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn it_is_finished_when_the_last_request_is() {
        let draining = Draining::default();
        let (one, other) = (draining.enter(), draining.clone().enter());
        draining.begin();
        drop(one);
        assert_eq!(draining.finished().now_or_never(), None);
        drop(other);
        draining.finished().await;
    }
}
