//! The table of contents: every address the gateway answers, and what is around each answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::FutureExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::media_type::MediaType;
use super::refusal::{BAD_USER_INPUT, INTERNAL, INTERNAL_MESSAGE, NOT_FOUND, Refusal};
use super::request_id::{RequestId, X_REQUEST_ID};
use super::{Floor, answer, cors, graphql, health, page, table, traced};
use crate::config;
use crate::graph::Code;

/// Where the graph is.
pub(super) const GRAPHQL: &str = "/graphql";

/// Where tables are.
pub(super) const TABLE: &str = "/table/{*name}";

/// Everything that is answered.
#[derive(Clone)]
pub(super) struct Site {
    /// Who is asked for the graph straight away: nearly all that comes is for it, and on the way through the table of contents a
    /// request is packed up and copied several times. Not where answers get headers for other hosts' pages on that way.
    graph: Option<Arc<Graph>>,
    router: TowerToHyperService<Router>,
}

struct Graph {
    floor: Arc<Floor>,
    scheme: &'static str,
    hsts: Option<HeaderValue>,
}

impl Site {
    /// What clients are answered.
    pub(super) fn of_clients(floor: &Arc<Floor>) -> Self {
        let settings = &floor.settings;
        let graph = || Graph { floor: Arc::clone(floor), scheme: settings.scheme(), hsts: hsts(settings) };
        Self {
            graph: settings.cors_origins.is_empty().then(|| Arc::new(graph())),
            router: TowerToHyperService::new(router(Arc::clone(floor))),
        }
    }

    /// The answer to a request.
    pub(super) async fn answer(self, request: Request) -> Response {
        match &self.graph {
            Some(graph) if *request.method() == Method::POST && request.uri().path() == GRAPHQL => {
                let floor = State(Arc::clone(&graph.floor));
                let answer = |request, id| graphql::graphql(floor, Extension(id), request);
                around(request, answer, (graph.scheme, graph.hsts.clone())).await
            }
            _ => {
                let Ok(response) = self.router.call(request).await;
                response
            }
        }
    }
}

impl From<Router> for Site {
    fn from(router: Router) -> Self {
        Self { graph: None, router: TowerToHyperService::new(router) }
    }
}

/// All routes.
fn router(floor: Arc<Floor>) -> Router {
    let mut graphql = get(graphql::graphql).post(graphql::graphql);
    let mut table = get(table::table);
    if let Some(cors) = cors::layer(&floor.settings.cors_origins) {
        // The layer answers this method itself, wherever there is a route for it.
        graphql = graphql.options(not_so).layer(cors.clone());
        table = table.options(not_so).layer(cors);
    }
    let scheme = floor.settings.scheme();
    let hsts = hsts(&floor.settings);
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
        .layer(from_fn(move |request, next: Next| {
            around(request, |request, id| on(request, id, next), (scheme, hsts.clone()))
        }))
        .with_state(floor)
}

/// What browsers are told of TLS, if anything.
fn hsts(settings: &config::Server) -> Option<HeaderValue> {
    let seconds = settings.hsts_max_age_seconds;
    // Settings read again may say it before the restart that begins with TLS.
    let is_told = settings.is_tls() && seconds > 0;
    is_told.then(|| HeaderValue::from_str(&format!("max-age={seconds}")).ok()).flatten()
}

/// What every request gets: an id, and an answer even if its handler panics.
pub(super) async fn around<A: Future<Output = Response>>(
    request: Request,
    answer: impl FnOnce(Request, RequestId) -> A,
    (scheme, hsts): (&'static str, Option<HeaderValue>),
) -> Response {
    let id = RequestId::of(request.headers());
    let span = traced::request(&request, scheme);
    let answered = AssertUnwindSafe(span.around(answer(request, id.clone()))).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        tracing::error!(request.id = %id, "a handler panicked");
        of_http(StatusCode::INTERNAL_SERVER_ERROR, (INTERNAL, INTERNAL_MESSAGE), &id)
    });
    traced::answered(span, response.status());
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.header());
    headers.insert(X_CONTENT_TYPE_OPTIONS, const { HeaderValue::from_static("nosniff") });
    headers.insert(REFERRER_POLICY, const { HeaderValue::from_static("no-referrer") });
    headers.extend(hsts.map(|hsts| (STRICT_TRANSPORT_SECURITY, hsts)));
    headers.entry(CACHE_CONTROL).or_insert(const { HeaderValue::from_static("no-store") });
    response
}

/// On to whoever a router finds, who finds the id in the request.
pub(super) fn on(mut request: Request, id: RequestId, next: Next) -> impl Future<Output = Response> {
    request.extensions_mut().insert(id);
    next.run(request)
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
