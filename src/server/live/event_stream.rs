//! Server-sent events, as the protocol `graphql-sse` has them for connections of their own: one operation, one response.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body as Payload, to_bytes};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::unfold;

use super::{Event, Opened, Subscription, is_subscription, next_or_heartbeat};
use crate::server::door::Connection;
use crate::server::graphql::Asked;
use crate::server::media_type::MediaType;
use crate::server::question::Question;
use crate::server::refusal::{BAD_USER_INPUT, Refusal};
use crate::server::request_id::RequestId;
use crate::server::{Floor, answer};

const EVENT_STREAM: &str = "text/event-stream";

/// A reverse proxy that gathers what it passes on would keep events from their clients.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// That there is no more to tell.
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// Said to a client who is told nothing.
const NOTHING_NEW: &str = ":\n\n";

/// Whether the answer is to come as events.
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

/// The answer to an operation as events: of a query or a mutation one, of a subscription as many as come.
pub(in crate::server) async fn answered(
    asked: &Asked<'_>,
    floor: &Arc<Floor>,
    question: Question,
    id: &RequestId,
) -> Result<Response, Refusal> {
    if !is_subscription(floor, &question).await? {
        let response = asked.answer(floor, question, (MediaType::Json, id)).await?;
        return Ok(of_one(response).await);
    }
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

fn of_many(subscription: Box<Subscription>, connection: Connection) -> Payload {
    let beat = connection.hold();
    let state = Some((subscription, connection, beat));
    let events = unfold(state, |state| async move {
        let (mut subscription, connection, beat) = state?;
        let told = tokio::select! {
            // The end of the response without `complete`: the client comes again, to another gateway or this one.
            () = connection.stopped() => return None,
            told = next_or_heartbeat(&mut subscription) => told,
        };
        let (text, goes_on) = match told {
            None => (NOTHING_NEW.to_owned(), true),
            Some(Event::Next(written)) => (next(&written.body.plain), true),
            Some(Event::SignedOut(refusal)) => (one(&subscription.refused(&refusal).body.plain), false),
            Some(Event::Complete) => (COMPLETE.to_owned(), false),
        };
        let state = goes_on.then_some((subscription, connection, beat));
        Some((Ok::<_, Infallible>(Bytes::from(text)), state))
    });
    Payload::from_stream(events)
}

/// The answer to one operation, once it is written down, as events.
async fn of_one(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // It is in memory already.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut events = respond(Payload::from(one(&body)));
    for (name, value) in &parts.headers {
        if *name == SET_COOKIE || !(*name == CONTENT_TYPE || *name == CONTENT_LENGTH) {
            events.headers_mut().append(name, value.clone());
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
