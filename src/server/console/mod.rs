//! The console on the operator's listener: a page that shows how the gateway is, and the state it draws. It only reads.

mod counted;
mod gather;
mod guard;
mod state;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;

use super::media_type::MediaType;
use super::operator::nothing_here;
use super::request_id::RequestId;
use super::{Floor, answer, page};

/// Only the page's own files and the state; no inline script or style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>portalgraph console</title>\
    <h1>The console is not in this program</h1>\
    <p>It was compiled before the page was built. <code>make demo</code> builds both; by hand it is \
    <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and then <code>cargo build</code>.</p>\
    <p>What it would show is at <code>/console/state.json</code>.</p></html>";

/// What the console looks at.
#[derive(Clone)]
pub(super) struct Console {
    collector: PrometheusHandle,
    /// What clients are served by now.
    floors: watch::Receiver<Arc<Floor>>,
    began: Instant,
}

impl Console {
    /// Of a gateway that begins to serve now.
    pub(super) fn new(collector: PrometheusHandle, floors: watch::Receiver<Arc<Floor>>) -> Self {
        Self { collector, floors, began: Instant::now() }
    }

    /// Its addresses.
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/console", get(file))
            .route("/console/state.json", get(state))
            .route("/assets/{*file}", get(file))
            .with_state(self)
    }

    fn floor(&self) -> Arc<Floor> {
        Arc::clone(&self.floors.borrow())
    }
}

/// The page, and its files under their own names.
async fn file(State(console): State<Console>, id: Extension<RequestId>, parts: Parts) -> Response {
    if let Err(refusal) = guard::require_known_host(&parts, &console.floor().settings.operator_hosts) {
        return closed(answer::refused(&refusal, MediaType::Json, &id));
    }
    let path = parts.uri.path().trim_start_matches('/');
    let is_page = path == "console";
    let built = page::built(if is_page { "console.html" } else { path }, &parts.headers).await;
    closed(match built {
        Some(file) => file,
        None if is_page => page::notice(NOT_BUILT),
        None => nothing_here(id).await,
    })
}

/// What the page draws, as JSON.
async fn state(State(console): State<Console>, id: Extension<RequestId>, parts: Parts) -> Response {
    let floor = console.floor();
    let admitted = guard::require_known_host(&parts, &floor.settings.operator_hosts)
        .and_then(|()| guard::refuse_foreign(&parts));
    if let Err(refusal) = admitted {
        return closed(answer::refused(&refusal, MediaType::Json, &id));
    }
    let page = console.collector.render();
    let state = gather::state(&floor, &page, console.began.elapsed()).await;
    closed(match serde_json::to_vec(&state) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    })
}

/// Closes an answer to other sites: nothing may frame it, embed it, keep it, or hold its window.
fn closed(mut response: Response) -> Response {
    let fixed = [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    response.headers_mut().extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}
