//! The operator's listener: `/metrics` for Prometheus, the health checks and the console, apart from what clients reach.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::console::Console;
use super::door::{Door, Offer, serve_here};
use super::refusal::NOT_FOUND;
use super::request_id::RequestId;
use super::router::{around, not_so, of_http, on};
use super::{Floor, health};
use crate::upstream::metric;

/// Upper ends of the classes that calls of an operation are counted in.
const CALLS: [f64; 11] = [0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// Upper ends of the classes that operations, and calls, are counted in by the time they took.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// How often what was measured is put into its classes although nobody looks.
const UPKEEP: Duration = Duration::from_secs(5);

/// How many connections are open at once: those who operate the gateway are few.
const MAX_CONNECTIONS: usize = 64;

/// Begins to collect; a process has one collector, however many gateways it runs.
pub(super) fn collector() -> Result<PrometheusHandle, BuildError> {
    static COLLECTOR: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(known) = COLLECTOR.get() {
        return Ok(known.clone());
    }
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("portal_calls".to_owned()), &CALLS)?
        .set_buckets_for_metric(Matcher::Full(metric::REQUESTS.to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full(metric::CALL_DURATION.to_owned()), &SECONDS)?;
    let collector = builder.install_recorder()?;
    metric::describe();
    Ok(COLLECTOR.get_or_init(|| collector).clone())
}

/// Serves the operator until it is dropped, with what holds by the settings of the moment.
pub(super) async fn serve(
    listener: TcpListener,
    collector: PrometheusHandle,
    floors: watch::Receiver<Arc<Floor>>,
) -> io::Result<()> {
    let rendered = collector.clone();
    // Looked up each time: a floor that is held on to would keep its answers when another has taken its place.
    let (counted, looked_at) = (floors.clone(), floors.clone());
    let metrics = async move || {
        let floor = Arc::clone(&counted.borrow());
        let [under_way, waiting, _] = floor.gate.figures();
        metric::show_requests(under_way, waiting);
        metric::show_sessions(usize::try_from(floor.gateway.sessions.count()).unwrap_or(usize::MAX));
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], rendered.render()).into_response()
    };
    let ready = async move || {
        let floor = Arc::clone(&looked_at.borrow());
        health::ready(State(floor)).await
    };
    let settings = floors.borrow().settings.clone();
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(ready))
        .merge(Console::new(collector.clone(), floors).router())
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn(|request, next: Next| {
            around(request, |request, id| on(request, id, next), ("http", None))
        }));
    // The sizes and timeouts of the clients' door, as they were when the gateway started.
    let (_offers, offer) = watch::channel(Offer::new(router.into(), &settings));
    let door = Door::new(offer, None, MAX_CONNECTIONS);
    let upkeep = async {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            collector.run_upkeep();
        }
    };
    tokio::select! {
        served = serve_here(door, listener, std::future::pending()) => served,
        () = upkeep => Ok(()),
    }
}

/// No such address.
pub(super) async fn nothing_here(Extension(id): Extension<RequestId>) -> Response {
    let message = "There is nothing here. The console is at /console, metrics are at /metrics.";
    of_http(StatusCode::NOT_FOUND, (NOT_FOUND, message), &id)
}
