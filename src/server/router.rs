//! The table of contents: every address the gateway answers, and what is around each answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::FutureExt as _;

use super::media_type::MediaType;
use super::refusal::{BAD_USER_INPUT, INTERNAL, INTERNAL_MESSAGE, NOT_FOUND, Refusal};
use super::request_id::{RequestId, X_REQUEST_ID};
use super::{Floor, answer, cors, graphql, health, page, table, traced};
use crate::graph::Code;

/// Where the graph is.
pub(super) const GRAPHQL: &str = "/graphql";

/// Where tables are.
pub(super) const TABLE: &str = "/table/{*name}";

/// All routes.
pub(super) fn router(floor: Arc<Floor>) -> Router {
    let mut graphql = get(graphql::graphql).post(graphql::graphql);
    let mut table = get(table::table);
    if let Some(cors) = cors::layer(&floor.settings.cors_origins) {
        // The layer answers this method itself, wherever there is a route for it.
        graphql = graphql.options(not_so).layer(cors.clone());
        table = table.options(not_so).layer(cors);
    }
    let scheme = floor.settings.scheme();
    // Settings read again may say it before the restart that begins with TLS.
    let hsts = if floor.settings.is_tls() { hsts(floor.settings.hsts_max_age_seconds) } else { None };
    Router::new()
        .route(GRAPHQL, graphql)
        .route(TABLE, table)
        .route("/", get(page::page))
        .route("/assets/{*file}", get(page::page))
        .route("/licenses.md", get(page::page))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn(move |request, next| around(request, next, (scheme, hsts.clone()))))
        .with_state(floor)
}

/// What browsers are told of TLS, if anything.
fn hsts(max_age_seconds: u64) -> Option<HeaderValue> {
    (max_age_seconds > 0).then(|| HeaderValue::from_str(&format!("max-age={max_age_seconds}")).ok()).flatten()
}

/// What every request gets: an id, and an answer even if its handler panics.
pub(super) async fn around(
    mut request: Request,
    next: Next,
    (scheme, hsts): (&'static str, Option<HeaderValue>),
) -> Response {
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let span = traced::request(&request, scheme);
    let answered = AssertUnwindSafe(span.around(next.run(request))).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        tracing::error!(request.id = %id, "a handler panicked");
        of_http(StatusCode::INTERNAL_SERVER_ERROR, (INTERNAL, INTERNAL_MESSAGE), &id)
    });
    traced::answered(span, response.status());
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.header());
    let fixed: [(HeaderName, &str); 2] =
        [(X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.extend(hsts.map(|hsts| (STRICT_TRANSPORT_SECURITY, hsts)));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// No such address.
pub(super) async fn nothing_here(Extension(id): Extension<RequestId>) -> Response {
    of_http(
        StatusCode::NOT_FOUND,
        (NOT_FOUND, "There is nothing here. The graph is at /graphql, the editor at /."),
        &id,
    )
}

/// An address that does not answer this method.
pub(super) async fn not_so(Extension(id): Extension<RequestId>) -> Response {
    let message = "This address does not answer this method; Allow lists those it does.";
    of_http(StatusCode::METHOD_NOT_ALLOWED, (BAD_USER_INPUT, message), &id)
}

/// A refusal that HTTP alone is enough for.
pub(super) fn of_http(status: StatusCode, (code, message): (Code, &str), id: &RequestId) -> Response {
    answer::refused(&Refusal::of_http(status, code, message), MediaType::Json, id)
}
