//! The audit log: one event for each sign-in, tenant selection, sign-out, mutation and refusal, with exact fields.

mod discreet;
mod mutation;
mod program;
mod refusal;
mod sign_in;

use serde_json::Value;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::log_lines::Lines;

/// The events since the last look, without their time and what is the same in all.
fn events_of(lines: &Lines) -> Vec<Value> {
    lines.take().lines().map(event).collect()
}

/// An event by its fields.
fn event(line: &str) -> Value {
    let mut event: Value = serde_json::from_str(line).unwrap();
    let fields = event.as_object_mut().unwrap();
    for (name, expected) in [("level", "INFO"), ("target", "portalgraph::audit"), ("message", "audit")] {
        assert_eq!(fields.remove(name), Some(expected.into()), "{line}");
    }
    assert!(fields.remove("timestamp").is_some());
    // Of whatever came by a request; the gateway signs in by itself.
    if let Some(address) = fields.remove("client.address") {
        assert_eq!(address, "127.0.0.1", "{line}");
    } else {
        assert!(!fields.contains_key("request.id"), "{line}");
    }
    event
}

/// The same without the id of the request, which must be there.
fn without_id(mut event: Value) -> Value {
    let id = event.as_object_mut().unwrap().remove("request.id");
    assert!(id.is_some_and(|id| !id.as_str().unwrap().is_empty()), "{event}");
    event
}

/// Runs something whose every task is on this thread, and hands it the audit log.
fn audited<F: Future>(run: impl FnOnce(Lines) -> F) -> F::Output {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(move || writer.clone())
        .finish()
        .with(Targets::new().with_target("portalgraph::audit", LevelFilter::INFO));
    // With one subscriber, a thread without any could decide for all that nobody wants a line; with two it is asked.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let _here = tracing::subscriber::set_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { run(lines).await }.with_current_subscriber())
}
