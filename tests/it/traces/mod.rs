//! Traces, as the real program sends them to a collector: a span a request, an operation, a call, and what the portal is told.

mod collector;
mod incoming;
mod parts;
mod trouble;

use std::collections::BTreeMap;

use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};

pub use self::collector::{Collector, Manner, Told};
use crate::house::{Client, http};
use crate::program::Served;

/// The gateway in front of the demonstration, with what it tells a collector.
struct Traced {
    simulator: Simulator,
    collector: Collector,
    served: Served,
    client: Client,
}

impl Traced {
    /// Everything is recorded, and sent soon, unless the settings say otherwise.
    async fn start(settings: &[(&str, &str)]) -> Self {
        Self::with(Collector::start().await, settings).await
    }

    async fn with(collector: Collector, settings: &[(&str, &str)]) -> Self {
        let simulator = Simulator::local(World::demo()).await;
        let url = simulator.url();
        let mut all = vec![
            ("PORTALGRAPH__PORTAL__URL", url.as_str()),
            ("PORTALGRAPH__PORTAL__CALLBACK_URL", &url),
            ("PORTALGRAPH__ICWS__URL", &url),
            ("PORTALGRAPH__TELEMETRY__ENDPOINT", &collector.url),
            ("PORTALGRAPH__TELEMETRY__SAMPLE_PER_THOUSAND", "1000"),
            ("PORTALGRAPH__TELEMETRY__EXPORT_INTERVAL_MILLISECONDS", "50"),
            ("PORTALGRAPH__TELEMETRY__EXPORT_TIMEOUT_MILLISECONDS", "1000"),
        ];
        // Of two of one name the last holds.
        all.extend(settings);
        let served = Served::start(&all);
        let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
        Self { simulator, collector, served, client }
    }

    /// What the simulator was called for since the last look, by operation, and the `traceparent` of each call.
    fn calls(&self) -> Vec<(&'static str, String)> {
        let calls = self.simulator.journal().take();
        let parent = |headers: &BTreeMap<_, String>| headers.get("traceparent").cloned().unwrap_or_default();
        calls.into_iter().map(|call| (call.operation, parent(&call.headers))).collect()
    }
}

/// The one span of this name.
fn one<'a>(spans: &'a [Told], name: &str) -> &'a Told {
    let mut found = spans.iter().filter(|span| span.name == name);
    let span = found.next().unwrap_or_else(|| panic!("no {name} in {spans:#?}"));
    assert!(found.next().is_none(), "{name} twice in {spans:#?}");
    span
}

#[tokio::test]
async fn a_request_is_one_trace_with_a_span_for_each_call_the_portal_saw() {
    let traced = Traced::start(&[]).await;
    traced.calls();
    // Departments are asked for by the request itself, and sites beside the agents.
    let query = "{ agents { nodes { skillGroups { name } user { site { name } } } } departments { name } }";
    traced.client.data(query).await;
    let calls = traced.calls();
    assert!(calls.len() > 3, "{calls:?}");
    let number = calls.len().to_string();
    let spans = traced.collector.trace_of("portalgraph.portal_calls", &number).await;

    let request = one(&spans, "POST /graphql");
    assert!(request.is_server() && request.parent.is_empty() && !request.is_error, "{request:?}");
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/graphql"),
        ("url.path", "/graphql"),
        ("url.scheme", "http"),
        ("http.response.status_code", "200"),
        ("network.protocol.version", "1.1"),
        ("service.name", "portalgraph"),
        ("service.version", env!("CARGO_PKG_VERSION")),
    ] {
        assert_eq!(request.get(key), value, "{key}: {request:?}");
    }
    let operation = one(&spans, "query");
    assert_eq!((operation.parent.as_str(), operation.kind), (request.id.as_str(), 1));
    for (key, value) in [
        ("graphql.operation.type", "query"),
        ("portalgraph.outcome", "ok"),
        ("portalgraph.answered", "worked_out"),
        ("graphql.operation.name", ""),
        ("graphql.document", ""),
    ] {
        assert_eq!(operation.get(key), value, "{key}: {operation:?}");
    }
    let told: Vec<_> = spans.iter().filter(|span| span.is_call()).collect();
    let mut names: Vec<_> = told.iter().map(|span| span.name.as_str()).collect();
    let mut operations: Vec<_> = calls.iter().map(|(operation, _)| *operation).collect();
    names.sort_unstable();
    operations.sort_unstable();
    assert_eq!(names, operations);
    for span in told {
        assert_eq!(span.parent, operation.id, "{span:?}");
        let expected = [
            ("http.request.method", "POST"),
            ("http.response.status_code", "200"),
            ("portalgraph.upstream", "portal"),
            ("http.request.resend_count", ""),
            ("error.type", ""),
            ("server.address", ""),
        ];
        for (key, value) in expected {
            assert_eq!(span.get(key), value, "{key}: {span:?}");
        }
        // The portal is told which call of which trace it is.
        let parent = format!("00-{}-{}-01", span.trace, span.id);
        let is_told = calls.iter().any(|(operation, told)| *operation == span.name && *told == parent);
        assert!(is_told, "{parent}: {calls:?}");
    }
}

#[tokio::test]
async fn without_a_collector_nobody_is_told_anything() {
    let (simulator, collector) = (Simulator::local(World::demo()).await, Collector::start().await);
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__TELEMETRY__SAMPLE_PER_THOUSAND", "1000"),
        ("PORTALGRAPH__LOG__LEVEL", "debug"),
    ]);
    let client = Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
    client.data("{ departments { name } }").await;
    assert!(simulator.journal().take().iter().all(|call| call.headers.is_empty()));
    let log = served.end();
    assert!(log.contains("portal call") && !log.contains("trace_id"), "{log}");
    assert!(collector.sent().is_empty());
}
