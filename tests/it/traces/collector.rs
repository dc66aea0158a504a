//! `Collector`: takes traces as the gateway sends them, and shows them to the test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as Status;
use prost::Message as _;
use tokio::net::TcpListener;

/// What a collector does with what it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Takes,
    Refuses,
    /// It answers nothing.
    Hangs,
}

/// What was sent at once.
#[derive(Clone)]
pub struct Sent {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A collector; it ends with the test.
pub struct Collector {
    pub url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

/// A span as tests look at it.
#[derive(Clone, Debug)]
pub struct Told {
    pub trace: String,
    pub id: String,
    /// Empty if it has none.
    pub parent: String,
    pub name: String,
    pub kind: i32,
    pub is_error: bool,
    pub attributes: BTreeMap<String, String>,
}

impl Told {
    pub fn get(&self, key: &str) -> &str {
        self.attributes.get(key).map(String::as_str).unwrap_or_default()
    }

    /// Whether it is a call of an upstream.
    pub fn is_call(&self) -> bool {
        self.kind == 3
    }

    /// Whether it is a client's request, or what begins by itself.
    pub fn is_server(&self) -> bool {
        self.kind == 2
    }
}

impl Collector {
    pub async fn start() -> Self {
        Self::of(Manner::Takes).await
    }

    pub async fn of(manner: Manner) -> Self {
        let sent = Arc::<Mutex<Vec<Sent>>>::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state((Arc::clone(&sent), manner));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, sent }
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// All spans that have come.
    pub fn spans(&self) -> Vec<Told> {
        self.sent().iter().flat_map(|sent| told(&sent.body)).collect()
    }

    /// Waits until what has come is enough.
    pub async fn until(&self, is_enough: impl Fn(&[Told]) -> bool) -> Vec<Told> {
        for _ in 0..1_000 {
            let spans = self.spans();
            if is_enough(&spans) {
                return spans;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("that did not come: {:#?}", self.spans());
    }

    /// Waits until a request of which the last span has this attribute is told whole: its server's span ends last.
    pub async fn trace_of(&self, key: &str, value: &str) -> Vec<Told> {
        let trace = |spans: &[Told]| {
            let found = spans.iter().find(|span| span.get(key) == value)?;
            let is_whole = spans.iter().any(|span| span.trace == found.trace && span.is_server());
            is_whole.then(|| found.trace.clone())
        };
        let spans = self.until(|spans| trace(spans).is_some()).await;
        let trace = trace(&spans).unwrap();
        spans.into_iter().filter(|span| span.trace == trace).collect()
    }
}

async fn take(
    State((all, manner)): State<(Arc<Mutex<Vec<Sent>>>, Manner)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    all.lock().unwrap().push(Sent { headers, body });
    match manner {
        Manner::Takes => StatusCode::OK.into_response(),
        Manner::Refuses => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Manner::Hangs => std::future::pending().await,
    }
}

fn told(body: &Bytes) -> Vec<Told> {
    let request = ExportTraceServiceRequest::decode(&**body).unwrap();
    let mut told = Vec::new();
    for resource in request.resource_spans {
        let own = attributes(resource.resource.unwrap().attributes);
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            told.push(of(span, &own));
        }
    }
    told
}

fn of(span: Span, resource: &BTreeMap<String, String>) -> Told {
    // Nothing is told in any other way.
    assert!(span.events.is_empty() && span.links.is_empty(), "{span:?}");
    let mut attributes = attributes(span.attributes);
    attributes.extend(resource.clone());
    let status = span.status.unwrap_or_default();
    assert_eq!(status.message, "");
    Told {
        trace: hexadecimal(&span.trace_id),
        id: hexadecimal(&span.span_id),
        parent: hexadecimal(&span.parent_span_id),
        name: span.name,
        kind: span.kind,
        is_error: status.code == Status::Error as i32,
        attributes,
    }
}

fn attributes(given: Vec<KeyValue>) -> BTreeMap<String, String> {
    given.into_iter().map(|KeyValue { key, value, .. }| (key, text(value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
