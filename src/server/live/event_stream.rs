//! Server-sent events, as the protocol `graphql-sse` has them for connections of their own: one operation, one response.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body as Payload, to_bytes};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderName, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::unfold;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Event, Opened, PATIENCE, Subscription};
use crate::graph::Arrival;
use crate::server::asked::Asked;
use crate::server::door::Connection;
use crate::server::media_type::MediaType;
use crate::server::question::Question;
use crate::server::refusal::{BAD_USER_INPUT, Refusal};
use crate::server::request_id::RequestId;
use crate::server::worked_out::CACHE_STATUS;
use crate::server::{Floor, answer};

const EVENT_STREAM: &str = "text/event-stream";

/// A reverse proxy that gathers what it passes on would keep events from their clients.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// That there is no more to tell.
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// How many events wait for a client who reads slowly.
const WAITING: usize = 4;

/// Said to a client who is told nothing.
const NOTHING_NEW: &str = ":\n\n";

/// Whether the answer may come as events.
pub(in crate::server) fn is_wanted(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| {
        value.split(',').any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(EVENT_STREAM));
            is_it && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    })
}

/// What a subscription tells, as events.
pub(in crate::server) async fn followed(
    asked: &Asked<'_>,
    floor: &Arc<Floor>,
    question: (Question, Arrival),
    id: &RequestId,
) -> Result<Response, Refusal> {
    let Some(connection) = asked.parts.extensions.get::<Connection>().cloned() else {
        return Err(Refusal::of_http(
            StatusCode::NOT_ACCEPTABLE,
            BAD_USER_INPUT,
            "Events are not sent here.",
        ));
    };
    match asked.subscribed(floor, question, id).await? {
        Opened::Answered(written) => Ok(respond(Payload::from(one(&written.body.plain)))),
        Opened::Subscription(subscription) => Ok(respond(of_many(subscription, connection))),
    }
}

/// Refuses what is turned away before its operation is known, in a way that a client of events can read.
pub(in crate::server) fn refused(refusal: &Refusal, id: &RequestId) -> Response {
    if refusal.is_well_formed {
        return respond(Payload::from(one(&answer::of_refusal(refusal, id).body.plain)));
    }
    answer::refused(refusal, MediaType::Json, id)
}

/// A body that is written by a task of its own: where nobody reads, that ends, and with it what it follows.
fn of_many(subscription: Box<Subscription>, connection: Connection) -> Payload {
    let (sender, received) = mpsc::channel(WAITING);
    tokio::spawn(tell(subscription, connection, sender));
    Payload::from_stream(unfold(received, |mut received| async move {
        let text: String = received.recv().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), received))
    }))
}

async fn tell(mut subscription: Box<Subscription>, connection: Connection, sender: mpsc::Sender<String>) {
    let _beat = connection.hold();
    loop {
        let event = tokio::select! {
            // The end of the response without `complete`: the client comes again, to another gateway or this one.
            () = connection.stopped() => return,
            () = sender.closed() => return,
            event = subscription.next() => event,
        };
        let (text, is_last) = match event {
            Event::Nothing => (NOTHING_NEW.to_owned(), false),
            Event::Next(written) => (next(&written.body.plain), false),
            Event::SignedOut { refusal, .. } => (one(&subscription.refused(&refusal).body.plain), true),
            Event::Complete => (COMPLETE.to_owned(), true),
        };
        let is_sent = timeout(PATIENCE, sender.send(text)).await.is_ok_and(|sent| sent.is_ok());
        if is_last || !is_sent {
            return;
        }
    }
}

/// The answer to one operation, once it is written down, as events.
pub(in crate::server) async fn of_one(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // It is in memory already.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut events = respond(Payload::from(one(&body)));
    for name in [SET_COOKIE, RETRY_AFTER, CACHE_STATUS] {
        for value in parts.headers.get_all(&name) {
            events.headers_mut().append(&name, value.clone());
        }
    }
    events
}

fn next(body: &Bytes) -> String {
    // JSON as it is written here has no line breaks.
    format!("event: next\ndata: {}\n\n", String::from_utf8_lossy(body))
}

fn one(body: &Bytes) -> String {
    next(body) + COMPLETE
}

fn respond(body: Payload) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}
