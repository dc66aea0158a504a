//! `/health/live` and `/health/ready`, for whoever restarts the gateway or sends it traffic.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::Floor;

/// The process answers; nothing else is asked.
pub(super) async fn live() -> impl IntoResponse {
    state(StatusCode::OK, "{\"status\":\"live\"}")
}

/// Whether requests should be sent here: not once the gateway is stopping, nor while the upstream or the store is gone.
pub(super) async fn ready(State(floor): State<Arc<Floor>>) -> Response {
    let not_ready = |reason: &str| {
        state(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{{\"status\":\"not ready\",\"reason\":\"{reason}\"}}"),
        )
    };
    if floor.is_stopping.load(Ordering::Relaxed) {
        return not_ready("stopping").into_response();
    }
    if floor.gateway.readiness().await.is_err() {
        return not_ready("session.store cannot be reached").into_response();
    }
    match floor.reachability.gone().await {
        Some((name, None)) => not_ready(&format!("{name} cannot be reached")).into_response(),
        Some((name, Some(reason))) => {
            not_ready(&format!("{name} cannot be reached: {reason}")).into_response()
        }
        None => state(StatusCode::OK, "{\"status\":\"ready\"}").into_response(),
    }
}

fn state(status: StatusCode, body: impl IntoResponse) -> impl IntoResponse {
    (status, [(CONTENT_TYPE, "application/json")], body)
}
