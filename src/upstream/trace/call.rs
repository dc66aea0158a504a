//! `CallSpan`: the span of one call of an upstream, from when it is sent until its answer is read, and what the upstream is told of it.

use futures_util::future::Either;
use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::SpanKind;
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};

use super::{Carried, Span, TRACING, within};
use crate::upstream::Destination;

/// What vendors add to a trace's name; there is something in it only where a client is trusted.
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The span of one call; there is none until the call is sent.
#[derive(Default)]
pub struct CallSpan {
    span: Span,
    status: Option<StatusCode>,
}

/// How often what is asked here was asked before.
struct Resends(i64);

/// A call, which asks what was asked that many times before without an answer.
pub fn resent<F: Future>(resends: u32, call: F) -> Carried<F> {
    if TRACING.get().is_none() {
        return Either::Left(call);
    }
    within(call, Context::current_with_value(Resends(resends.into())))
}

impl CallSpan {
    /// Begins with the request, which is told the trace it is part of.
    pub fn send(
        &mut self,
        (operation, destination): (&'static str, Destination),
        method: &Method,
        request: RequestBuilder,
    ) -> RequestBuilder {
        let Some(tracing) = TRACING.get() else { return request };
        let parent = Context::current();
        self.span = tracing.span(&parent, SpanKind::Client, operation);
        if self.span.is_recording() {
            self.span.set("http.request.method", method.as_str().to_owned());
            self.span.set("portalgraph.upstream", destination.word());
            if let Some(Resends(resends)) = parent.get() {
                self.span.set("http.request.resend_count", *resends);
            }
        }
        match self.span.context() {
            Some(context) if tracing.is_propagated => {
                let mut headers = HeaderMap::new();
                TraceContextPropagator::new().inject_context(context, &mut HeaderInjector(&mut headers));
                if headers.get(TRACESTATE).is_some_and(HeaderValue::is_empty) {
                    headers.remove(TRACESTATE);
                }
                request.headers(headers)
            }
            _ => request,
        }
    }

    /// The head of the answer is there.
    pub fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
        self.span.set("http.response.status_code", i64::from(status.as_u16()));
    }

    /// Ends with the call: why it failed in a word, if it did. A status that says so is the better word.
    pub fn end(self, failed: Option<&'static str>) {
        let Self { span, status } = self;
        let status = status.filter(|status| status.is_client_error() || status.is_server_error());
        match (status, failed) {
            (Some(status), _) => span.fail(status.as_str().to_owned()),
            (None, Some(failed)) => span.fail(failed),
            (None, None) => {}
        }
        span.end();
    }
}
