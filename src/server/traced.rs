//! What is told of requests and their operations to whoever collects traces, by the semantic conventions of OpenTelemetry for HTTP and
//! GraphQL. Of what a client has written nothing: no document, no value, no query of an address, no name it has made up.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::extract::Request;
use axum::http::{Method, StatusCode, Version};

use super::answer::Written;
use super::measured;
use super::refusal::Refusal;
use super::router::{GRAPHQL, TABLE};
use crate::upstream::trace::Span;

/// The span of a request for what the upstreams know. Pages, checks of health and what there is not are no part of any trace.
pub(super) fn request(request: &Request, scheme: &'static str) -> Span {
    let (route, path) = match request.uri().path() {
        GRAPHQL => (GRAPHQL, GRAPHQL),
        // What follows may be whatever a client has written.
        path if path.starts_with("/table/") => (TABLE, "/table/REDACTED"),
        _ => return Span::default(),
    };
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        // There is nothing for others here.
        _ => return Span::default(),
    };
    let name = match (method, route) {
        ("POST", GRAPHQL) => "POST /graphql",
        ("GET", GRAPHQL) => "GET /graphql",
        ("HEAD", GRAPHQL) => "HEAD /graphql",
        ("HEAD", _) => "HEAD /table/{*name}",
        ("POST", _) => "POST /table/{*name}",
        _ => "GET /table/{*name}",
    };
    let span = Span::of_request(request.headers(), name);
    if span.is_recording() {
        span.set("http.request.method", method);
        span.set("http.route", route);
        span.set("url.path", path);
        span.set("url.scheme", scheme);
        span.set("network.protocol.version", if request.version() == Version::HTTP_2 { "2" } else { "1.1" });
    }
    span
}

/// Ends it with its answer.
pub(super) fn answered(span: Span, status: StatusCode) {
    span.set("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.fail(status.as_str().to_owned());
    }
    span.end();
}

/// What became of an operation.
pub(super) struct End<'a> {
    /// Its type, if that is known.
    pub(super) kind: Option<OperationType>,
    /// Its name, if that is of the operator's list.
    pub(super) name: Option<&'a str>,
    pub(super) outcome: &'static str,
    /// How its answer came: kept, shared, worked out.
    pub(super) answered: Option<&'static str>,
    /// Why there is none.
    pub(super) refusal: Option<&'a Refusal>,
}

/// The span of an operation, named once it is known of what type it is.
pub(super) fn operation() -> Span {
    Span::of_operation("GraphQL Operation")
}

/// Ends it.
pub(super) fn worked_out(span: Span, end: &End<'_>) {
    if span.is_recording() {
        if let Some(kind) = end.kind.map(measured::word) {
            span.set("graphql.operation.type", kind);
            span.rename(end.name.map_or(Cow::Borrowed(kind), |name| format!("{kind} {name}").into()));
        }
        if let Some(name) = end.name {
            span.set("graphql.operation.name", name.to_owned());
        }
        span.set("portalgraph.outcome", end.outcome);
        if let Some(answered) = end.answered {
            span.set("portalgraph.answered", answered);
        }
        if let Some(refusal) = end.refusal {
            span.set("portalgraph.code", refusal.code.as_str());
        }
        if end.outcome == "failed" {
            span.fail(end.refusal.map_or("failed", |refusal| refusal.code.as_str()));
        }
    }
    span.end();
}

/// What a subscription tells, or that it is opened, with a span of its own.
pub(super) async fn subscription(
    name: Option<Arc<str>>,
    work: impl Future<Output = Result<Arc<Written>, Refusal>>,
) -> Result<Arc<Written>, Refusal> {
    let span = operation();
    let written = span.around(work).await;
    let end = End {
        kind: Some(OperationType::Subscription),
        name: name.as_deref(),
        outcome: written.as_ref().map_or_else(measured::of_refusal, |written| measured::of_written(written)),
        answered: None,
        refusal: written.as_ref().err(),
    };
    worked_out(span, &end);
    written
}
