//! What browsers are told about front ends on other hosts (CORS): nothing, unless the settings list them.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderValue, Method};
use tower_http::cors::CorsLayer;

use super::aside::{COST, EXPLAIN};
use super::deadline::DEADLINE;
use super::origin::X_REQUESTED_WITH;
use super::request_id::X_REQUEST_ID;
use super::table;
use super::worked_out::CACHE_STATUS;

/// How long a browser may go without asking again what it may send.
const REMEMBERED: Duration = Duration::from_mins(10);

/// Lets scripts of these origins ask, with the session's cookie or a token, and read what they need of the answer.
pub(super) fn layer(origins: &[String]) -> Option<CorsLayer> {
    // Each was read as an origin by the settings.
    let listed: Vec<_> = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let sent =
        [AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH, X_REQUESTED_WITH, X_REQUEST_ID, COST, DEADLINE, EXPLAIN];
    (!listed.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(listed)
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(sent)
            .expose_headers([CACHE_STATUS, ETAG, RETRY_AFTER, X_REQUEST_ID, table::ERRORS, table::STALE])
            .max_age(REMEMBERED)
    })
}
