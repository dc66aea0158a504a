//! The trace that a client names: what of it goes on, what is decided by whom, and what reaches the portal.

use serde_json::{Value, json};

use super::Traced;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// Asks as a client who is part of this trace, and says whether it is recorded.
async fn ask(traced: &Traced, query: &str, is_sampled: bool) {
    let body = json!({ "query": query }).to_string();
    let request = traced.client.http().post(format!("{}/graphql", traced.client.url));
    let request = request.bearer_auth(&traced.client.token).header("content-type", "application/json");
    let parent = format!("00-{TRACE}-{SPAN}-0{}", u8::from(is_sampled));
    let request = request.header("traceparent", parent).header("tracestate", "vendor=of-the-client");
    let answer: Value =
        serde_json::from_str(&request.body(body).send().await.unwrap().text().await.unwrap()).unwrap();
    assert!(answer.get("errors").is_none(), "{answer}");
}

/// The trace and the flags that the portal was told of the one call there was.
fn told(traced: &Traced) -> (String, String) {
    let calls = traced.calls();
    let [(_, parent)] = calls.as_slice() else { panic!("{calls:?}") };
    let parts: Vec<_> = parent.split('-').collect();
    assert_eq!(parts.len(), 4, "{parent}");
    (parts[1].to_owned(), parts[3].to_owned())
}

// The collector goes on while the test waits for the program to end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_continues_a_trace_and_has_nothing_recorded() {
    let traced = Traced::start(&[("PORTALGRAPH__TELEMETRY__SAMPLE_PER_THOUSAND", "0")]).await;
    traced.calls();
    for (query, is_sampled) in [("{ departments { name } }", true), ("{ sites { name } }", false)] {
        ask(&traced, query, is_sampled).await;
        assert_eq!(told(&traced), (TRACE.to_owned(), "00".to_owned()));
    }
    // Whoever asks for nothing is part of a trace that nobody records.
    traced.client.data("{ platforms { name } }").await;
    let (trace, flags) = told(&traced);
    assert!(trace != TRACE && flags == "00");
    let Traced { served, collector, .. } = traced;
    served.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(served.wait().0.success());
    assert!(collector.sent().is_empty());
}

#[tokio::test]
async fn what_is_recorded_of_a_strangers_trace_is_decided_here() {
    let traced = Traced::start(&[]).await;
    traced.calls();
    ask(&traced, "{ departments { name } }", false).await;
    assert_eq!(told(&traced), (TRACE.to_owned(), "01".to_owned()));
    let spans = traced.collector.until(|spans| spans.iter().any(|span| span.parent == SPAN)).await;
    let ours: Vec<_> = spans.iter().filter(|span| span.trace == TRACE).collect();
    assert_eq!(ours.len(), 3, "{ours:#?}");
    assert!(ours.iter().all(|span| !format!("{span:?}").contains("of-the-client")));
}

#[tokio::test]
async fn a_service_that_is_trusted_decides() {
    let trusted = ("PORTALGRAPH__TELEMETRY__INCOMING_CONTEXT", "trust");
    let traced = Traced::start(&[trusted, ("PORTALGRAPH__TELEMETRY__SAMPLE_PER_THOUSAND", "0")]).await;
    traced.calls();
    ask(&traced, "{ sites { name } }", false).await;
    assert_eq!(told(&traced), (TRACE.to_owned(), "00".to_owned()));
    ask(&traced, "{ departments { name } }", true).await;
    assert_eq!(told(&traced), (TRACE.to_owned(), "01".to_owned()));
    let spans = traced.collector.until(|spans| spans.iter().any(|span| span.parent == SPAN)).await;
    assert!(spans.iter().all(|span| span.trace == TRACE && span.name != "getAllSites"), "{spans:#?}");
}

#[tokio::test]
async fn what_is_not_believed_is_not_looked_at_and_the_portal_need_not_be_told() {
    let ignored = ("PORTALGRAPH__TELEMETRY__INCOMING_CONTEXT", "ignore");
    let traced = Traced::start(&[ignored, ("PORTALGRAPH__TELEMETRY__PROPAGATE_TO_UPSTREAMS", "false")]).await;
    traced.calls();
    ask(&traced, "{ departments { name } }", true).await;
    assert_eq!(traced.calls(), [("getAllDepartments", String::new())]);
    let is_there = |spans: &[super::Told]| spans.iter().any(|span| span.name == "query");
    let spans = traced.collector.until(is_there).await;
    assert!(spans.iter().all(|span| span.trace != TRACE && span.parent != SPAN), "{spans:#?}");
}
