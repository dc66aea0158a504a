//! `/health/live` and `/health/ready`, for whoever restarts the gateway or sends it traffic.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::Floor;

/// The process answers; nothing else is asked.
pub(super) async fn live() -> impl IntoResponse {
    state(StatusCode::OK, "{\"status\":\"live\"}")
}

/// Whether requests should be sent here: not once the gateway is stopping, nor when it says itself that it cannot answer.
pub(super) async fn ready(State(floor): State<Arc<Floor>>) -> impl IntoResponse {
    let not_ready = |body| state(StatusCode::SERVICE_UNAVAILABLE, body);
    if floor.is_stopping.load(Ordering::Relaxed) {
        return not_ready("{\"status\":\"not ready\",\"reason\":\"stopping\"}");
    }
    match floor.gateway.readiness().await {
        Ok(()) => state(StatusCode::OK, "{\"status\":\"ready\"}"),
        Err(_) => not_ready("{\"status\":\"not ready\",\"reason\":\"session.store cannot be reached\"}"),
    }
}

fn state(status: StatusCode, body: &'static str) -> impl IntoResponse {
    (status, [(CONTENT_TYPE, "application/json")], body)
}
