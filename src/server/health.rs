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

/// Whether requests should be sent here.
pub(super) async fn ready(State(floor): State<Arc<Floor>>) -> Response {
    match not_ready(&floor).await {
        Some(reason) => {
            let body = format!("{{\"status\":\"not ready\",\"reason\":\"{reason}\"}}");
            state(StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
        None => state(StatusCode::OK, "{\"status\":\"ready\"}").into_response(),
    }
}

/// Why no request should be sent here, if so: the gateway is stopping, or the upstream or the store is gone.
pub(super) async fn not_ready(floor: &Floor) -> Option<String> {
    if floor.is_stopping.load(Ordering::Relaxed) {
        return Some("stopping".to_owned());
    }
    if floor.gateway.readiness().await.is_err() {
        return Some("session.store cannot be reached".to_owned());
    }
    match floor.reachability.gone().await? {
        (name, None) => Some(format!("{name} cannot be reached")),
        (name, Some(reason)) => Some(format!("{name} cannot be reached: {reason}")),
    }
}

fn state(status: StatusCode, body: impl IntoResponse) -> impl IntoResponse {
    (status, [(CONTENT_TYPE, "application/json")], body)
}
