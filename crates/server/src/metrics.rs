//! Figures for Prometheus, on a listener of their own: they are not for the public.

use std::time::Duration;

use anyhow::Context;
use listing::SearchIndex;
use matching::MatchIndex;
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use store::{Db, outbox};

const MEASURE_EVERY: Duration = Duration::from_secs(5);
/// Bounds of the histogram of request times, in seconds.
const TIMES: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Starts collecting.
pub(crate) fn collect() -> anyhow::Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &TIMES)?
        .install_recorder()
        .context("starting to collect figures")
}

/// Serves `/metrics` on a listener of its own.
pub(crate) fn serve(address: &str, handle: PrometheusHandle) -> anyhow::Result<()> {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let server = HttpServer::new(move || {
        let handle = handle.clone();
        App::new().route(
                "/metrics",
                web::get().to(move || {
                    let figures = handle.render();
                    async move {
                        HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(figures)
                    }
                }),
            )
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .with_context(|| format!("listening on {address} for /metrics"))?
    .run();
    tokio::spawn(server);
    Ok(())
}

/// Measures what no request tells, for as long as the task runs.
pub(crate) async fn measure(
    db: Db,
    index: std::sync::Arc<MatchIndex>,
    search: std::sync::Arc<SearchIndex>,
    handle: PrometheusHandle,
) {
    loop {
        if let Ok((waiting, oldest)) = outbox::backlog(&db).await {
            let age_s = oldest.map_or(0, |since| (db.clock().now() - since).num_seconds());
            gauge!("outbox_waiting_events").set(float(waiting));
            gauge!("outbox_oldest_event_age_seconds").set(float(age_s));
        }
        gauge!("match_index_listings").set(float(i64::try_from(index.len()).unwrap_or(i64::MAX)));
        gauge!("search_index_listings").set(float(i64::try_from(search.len()).unwrap_or(i64::MAX)));
        if let Some(lag) = search.lag() {
            gauge!("search_index_lag_seconds").set(lag.as_secs_f64());
        }
        handle.run_upkeep();
        tokio::time::sleep(MEASURE_EVERY).await;
    }
}

#[expect(clippy::as_conversions, reason = "gauges are floats; counts are far below 2^53")]
const fn float(count: i64) -> f64 {
    count as f64
}
