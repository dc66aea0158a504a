//! The trace that a client says its request is part of (W3C Trace Context), as far as it is believed.

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use reqwest::header::{HeaderMap, HeaderName};

use crate::config::IncomingContext;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What a request is part of; nothing, if its headers name nothing or are not to be believed.
pub(super) fn parent(headers: &HeaderMap, incoming: IncomingContext) -> Context {
    let nothing = Context::new();
    // Who names two has had something in between that did not read the first: neither can be right.
    if incoming == IncomingContext::Ignore || headers.get_all(TRACEPARENT).iter().count() != 1 {
        return nothing;
    }
    let named = TraceContextPropagator::new().extract_with_context(&nothing, &HeaderExtractor(headers));
    if incoming == IncomingContext::Trust {
        return named;
    }
    let span = named.span();
    let told = span.span_context();
    if !told.is_valid() {
        return nothing;
    }
    // Neither the client's decision nor the text it may send along: that would be exported and passed on.
    let believed =
        SpanContext::new(told.trace_id(), told.span_id(), TraceFlags::default(), true, TraceState::default());
    nothing.with_remote_span_context(believed)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(sent: &[(&'static str, &'static str)]) -> HeaderMap {
        sent.iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn told(sent: &HeaderMap, incoming: IncomingContext) -> Option<(String, bool, String)> {
        let parent = parent(sent, incoming);
        let span = parent.span();
        let told = span.span_context();
        let all = (told.trace_id().to_string(), told.is_sampled(), told.trace_state().header());
        told.is_valid().then_some(all)
    }

    #[test]
    fn a_stranger_names_a_trace_and_decides_nothing() {
        let sent = headers(&[("traceparent", SAMPLED), ("tracestate", "vendor=text")]);
        let believed = |is_sampled, state: &str| Some((TRACE.to_owned(), is_sampled, state.to_owned()));
        assert_eq!(told(&sent, IncomingContext::Continue), believed(false, ""));
        assert_eq!(told(&sent, IncomingContext::Trust), believed(true, "vendor=text"));
        assert_eq!(told(&sent, IncomingContext::Ignore), None);
    }

    #[test]
    fn what_names_no_trace_is_not_looked_at() {
        for wrong in [
            "",
            "00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            let sent = headers(&[("traceparent", wrong)]);
            for incoming in [IncomingContext::Continue, IncomingContext::Trust] {
                assert_eq!(told(&sent, incoming), None, "{wrong}");
            }
        }
        let mut twice = headers(&[("traceparent", SAMPLED)]);
        twice.append(TRACEPARENT, HeaderValue::from_static(SAMPLED));
        assert_eq!(told(&twice, IncomingContext::Trust), None);
    }
}
