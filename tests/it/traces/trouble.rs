//! Collectors that are not there, refuse, or hang; the end of the gateway; what it does not start with.

use std::fs;
use std::path::PathBuf;

use nix::sys::signal::Signal;
use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};

use super::{Collector, Manner, Traced};
use crate::house::{Client, http};
use crate::metrics::{free, get, sample};
use crate::program::{Served, program};

fn file(name: &str, text: &str) -> String {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("traces-{}-{name}", std::process::id()));
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What is asked while nobody takes traces.
const QUERIES: [&str; 4] = [
    "{ departments { name } }",
    "{ sites { name } }",
    "{ agents { nodes { skillGroups { name } } } }",
    "{ departments { name } }",
];

// The collector goes on while the test waits for the program to end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_collector_does_costs_no_request_anything() {
    let mut without = None;
    let absent = format!("http://{}", free());
    for manner in [None, Some(Manner::Refuses), Some(Manner::Hangs)] {
        let collector = Collector::of(manner.unwrap_or(Manner::Takes)).await;
        let endpoint = if manner.is_none() { absent.clone() } else { collector.url.clone() };
        let operator = free();
        let traced = Traced::with(
            collector,
            &[
                ("PORTALGRAPH__TELEMETRY__ENDPOINT", &endpoint),
                // Far fewer than there are.
                ("PORTALGRAPH__TELEMETRY__MAX_QUEUED_SPANS", "4"),
                ("PORTALGRAPH__SERVER__OPERATOR_LISTEN", &operator),
            ],
        )
        .await;
        traced.calls();
        let mut answers = Vec::new();
        for query in QUERIES {
            answers.push(traced.client.data(query).await);
        }
        let mut calls: Vec<_> = traced.calls().into_iter().map(|(operation, _)| operation).collect();
        calls.sort_unstable();
        let told = (answers, calls);
        assert_eq!(*without.get_or_insert_with(|| told.clone()), told);
        let lost = r#"portalgraph_trace_spans_total{outcome="lost"}"#;
        while sample(&get(&format!("http://{operator}/metrics")).await.1, lost) == Some("0") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // Stopping waits for it no longer than it may take.
        traced.served.signal(Signal::SIGTERM);
        let (status, log) = traced.served.wait();
        assert!(status.success(), "{log}");
        assert_eq!(log.matches("traces are not taken").count(), 1, "{log}");
        assert!(!log.contains(endpoint.trim_start_matches("http://")), "{log}");
    }
}

// The collector goes on while the test waits for the program to end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_spans_are_sent_when_the_gateway_stops() {
    let traced = Traced::start(&[("PORTALGRAPH__TELEMETRY__EXPORT_INTERVAL_MILLISECONDS", "3600000")]).await;
    traced.client.data("{ departments { name } }").await;
    assert!(traced.collector.sent().is_empty());
    traced.served.signal(Signal::SIGTERM);
    assert!(traced.served.wait().0.success());
    let spans = traced.collector.spans();
    for name in ["POST /graphql", "query", "mutation", "login", "getAllDepartments"] {
        assert!(spans.iter().any(|span| span.name == name), "{name}: {spans:#?}");
    }
}

#[tokio::test]
async fn headers_come_from_a_file_or_a_variable_and_are_told_nobody_else() {
    let headers =
        file("headers", "authorization=Bearer%20s3cr3t-of-the-collector\nx-scope = one,x-other=a==\n");
    for settings in [
        [("PORTALGRAPH__TELEMETRY__HEADERS_FILE", headers.as_str()), ("OTHER", "")],
        [
            ("PORTALGRAPH__TELEMETRY__HEADERS_ENVIRONMENT", "COLLECTOR"),
            ("COLLECTOR", "authorization=Bearer s3cr3t-of-the-collector,x-scope=one,x-other=a=="),
        ],
    ] {
        let traced = Traced::start(&[&settings[..], &[("PORTALGRAPH__LOG__LEVEL", "trace")]].concat()).await;
        traced.collector.until(|spans| !spans.is_empty()).await;
        let sent = traced.collector.sent().remove(0).headers;
        assert_eq!(sent["authorization"], "Bearer s3cr3t-of-the-collector");
        assert_eq!((&sent["x-scope"], &sent["x-other"]), (&"one".parse().unwrap(), &"a==".parse().unwrap()));
        assert_eq!(sent["content-type"], "application/x-protobuf");
        assert!(!traced.served.end().contains("s3cr3t"));
    }
}

#[test]
fn it_does_not_start_with_what_cannot_be_used() {
    let wrong = file("wrong-headers", "s3cr3t-without-a-name");
    for (name, value, expected) in [
        ("HEADERS_FILE", "no/such", "telemetry.headers_file"),
        ("HEADERS_FILE", &wrong, "telemetry.headers_file"),
        ("HEADERS_ENVIRONMENT", "NOT_SET", "telemetry.headers_environment"),
        ("CA_FILE", "no/such.pem", "telemetry.ca_file"),
    ] {
        let mut command = program(&["serve", "--listen", "127.0.0.1:0"]);
        let command = command.envs([
            ("PORTALGRAPH__PORTAL__URL", "http://127.0.0.1:9"),
            ("PORTALGRAPH__TELEMETRY__ENDPOINT", "http://127.0.0.1:9"),
            (&*format!("PORTALGRAPH__TELEMETRY__{name}"), value),
        ]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected), "{name}: {said}");
        assert!(!said.contains("s3cr3t"), "{said}");
    }
}

#[tokio::test]
async fn nothing_that_is_not_asked_for_is_there_to_be_sent() {
    // Without an endpoint the other settings change nothing.
    let simulator = Simulator::local(World::demo()).await;
    let served = Served::start(&[
        ("PORTALGRAPH__PORTAL__URL", &simulator.url()),
        ("PORTALGRAPH__TELEMETRY__HEADERS_FILE", "no/such"),
    ]);
    Client::sign_in(&http(), &served.url, DEMO_LOGIN).await;
}
