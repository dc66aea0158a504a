//! `WebSocket`s that speak `graphql-transport-ws`: several operations on one connection, each under an id of the client's.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::FromRequestParts as _;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{ACCEPT_ENCODING, AUTHORIZATION, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::message::{self, ACKNOWLEDGED, PROTOCOL, Said};
use super::operation::{Operation, Sent, Then};
use super::{HEARTBEAT, PATIENCE};
use crate::server::asked::Asked;
use crate::server::audit::Subject;
use crate::server::door::Connection;
use crate::server::refusal::{BAD_USER_INPUT, OVERLOADED, Refusal};
use crate::server::request_id::RequestId;
use crate::server::{Floor, answer};

/// How long a client may take to say who it is.
const INIT: Duration = Duration::from_secs(10);

/// How many operations of one connection are worked on or followed at once.
const MOST_OPERATIONS: usize = 1_000;

/// How many messages wait for a client who reads slowly; operations wait behind them.
const WAITING: usize = 16;

/// The longest reason a close frame holds.
const LONGEST_REASON: usize = 123;

/// Close codes, by the protocol and by RFC 6455.
mod code {
    pub(super) const NORMAL: u16 = 1000;
    pub(super) const GOING_AWAY: u16 = 1001;
    /// The client is to connect again, with the token it has by now.
    pub(super) const SERVICE_RESTART: u16 = 1012;
    pub(super) const BAD_REQUEST: u16 = 4400;
    pub(super) const UNAUTHORIZED: u16 = 4401;
    pub(super) const FORBIDDEN: u16 = 4403;
    pub(super) const SUBPROTOCOL_NOT_ACCEPTABLE: u16 = 4406;
    pub(super) const INITIALISATION_TIMEOUT: u16 = 4408;
    pub(super) const SUBSCRIBER_EXISTS: u16 = 4409;
    pub(super) const TOO_MANY_INITIALISATIONS: u16 = 4429;
}

/// Whether a request wants to become a WebSocket.
pub(in crate::server) fn is_upgrade(parts: &Parts) -> bool {
    let upgrade = parts.headers.get(UPGRADE).and_then(|value| value.to_str().ok());
    parts.method == Method::GET && upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Makes a WebSocket of a request.
pub(in crate::server) async fn upgraded(
    floor: &Arc<Floor>,
    mut parts: Parts,
    id: &RequestId,
) -> Result<Response, Refusal> {
    // What a browser sends along by itself must be sent by the own page.
    let subject = Subject::of(&parts, id, &floor.settings.trusted_proxies);
    Asked::of(floor, &parts, &subject)?.admit(floor).await?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.map_err(|rejection| {
        Refusal::of_http(StatusCode::BAD_REQUEST, BAD_USER_INPUT, format!("{}.", rejection.body_text()))
    })?;
    let Some(connection) = parts.extensions.get::<Connection>().cloned() else {
        return Err(Refusal::of_http(
            StatusCode::BAD_REQUEST,
            BAD_USER_INPUT,
            "No WebSockets are served here.",
        ));
    };
    // What comes over it comes by POST, as far as operations are concerned, and is not packed.
    parts.method = Method::POST;
    parts.headers.remove(ACCEPT_ENCODING);
    let most = floor.settings.max_body_bytes;
    let (floor, id) = (Arc::clone(floor), id.clone());
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most);
    Ok(upgrade.on_upgrade(move |socket| {
        let client = Client {
            floor,
            parts,
            id,
            operations: HashMap::new(),
            count: 0,
            idle_since: Instant::now(),
            is_known: false,
            is_leaving: false,
        };
        client.serve(socket, connection)
    }))
}

/// One client on one WebSocket.
struct Client {
    floor: Arc<Floor>,
    /// The request it began with, and since it has said who it is, what proves that.
    parts: Parts,
    id: RequestId,
    operations: HashMap<String, Running>,
    /// How many there have been.
    count: u64,
    /// Since when there is none.
    idle_since: Instant,
    is_known: bool,
    /// Whether the gateway stops: what is asked is still answered, and nothing more is taken.
    is_leaving: bool,
}

/// An operation under way, until this is dropped.
struct Running {
    /// Tells it from another one that had the same id.
    number: u64,
    follows: Arc<AtomicBool>,
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a connection is closed, and what the client is told of it.
struct Close(u16, String);

impl Client {
    async fn serve(mut self, mut socket: WebSocket, connection: Connection) {
        let close = if socket.protocol().is_some() {
            self.converse(&mut socket, &connection).await
        } else {
            Some(Close(code::SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable".to_owned()))
        };
        self.operations.clear();
        let Some(Close(code, mut reason)) = close else { return };
        let mut length = LONGEST_REASON.min(reason.len());
        while !reason.is_char_boundary(length) {
            length -= 1;
        }
        reason.truncate(length);
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
    }

    /// Serves the client until one of the two wants no more; how that is told, if the client is still there.
    async fn converse(&mut self, socket: &mut WebSocket, connection: &Connection) -> Option<Close> {
        let (sender, mut sent) = mpsc::channel::<Sent>(WAITING);
        let mut init = std::pin::pin!(sleep(INIT));
        let mut pings = interval(HEARTBEAT);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        let idle = Duration::from_secs(self.floor.settings.idle_timeout_seconds);
        loop {
            if self.is_leaving {
                // Each time: what was being opened when the gateway began to stop may follow something by now.
                self.operations.retain(|_, running| !running.follows.load(Ordering::Acquire));
                if self.operations.is_empty() {
                    return Some(Close(code::GOING_AWAY, "The gateway stops".to_owned()));
                }
            }
            let message = tokio::select! {
                () = connection.stopped(), if !self.is_leaving => {
                    self.is_leaving = true;
                    continue;
                }
                () = &mut init, if !self.is_known => {
                    let reason = "Connection initialisation timeout".to_owned();
                    return Some(Close(code::INITIALISATION_TIMEOUT, reason));
                }
                _ = pings.tick() => {
                    if heard.elapsed() > 2 * HEARTBEAT + PATIENCE {
                        return None;
                    }
                    if self.operations.is_empty() && self.idle_since.elapsed() > idle {
                        return Some(Close(code::NORMAL, "Nothing was asked for long".to_owned()));
                    }
                    Message::Ping(Bytes::new())
                }
                Some(sent) = sent.recv() => match self.pass_on(sent) {
                    None => continue,
                    Some((message, None)) => message,
                    Some((message, close)) => {
                        let _ = timeout(PATIENCE, socket.send(message)).await;
                        return close;
                    }
                },
                received = socket.recv() => {
                    heard = Instant::now();
                    let text = match received? {
                        Ok(Message::Text(text)) => text,
                        Ok(Message::Ping(_) | Message::Pong(_)) => continue,
                        Ok(Message::Binary(_)) => {
                            return Some(Close(code::BAD_REQUEST, "Invalid message received".to_owned()));
                        }
                        Ok(Message::Close(_)) | Err(_) => return None,
                    };
                    match self.hear(text.as_str(), &sender).await {
                        Ok(Some(reply)) => Message::text(reply),
                        Ok(None) => continue,
                        Err(close) => return Some(close),
                    }
                }
            };
            timeout(PATIENCE, socket.send(message)).await.ok()?.ok()?;
        }
    }

    /// The message of an operation that is still wanted, and with what the connection is closed after it.
    fn pass_on(&mut self, Sent { id, number, text, then }: Sent) -> Option<(Message, Option<Close>)> {
        if self.operations.get(&id)?.number != number {
            return None;
        }
        let close = match then {
            Then::More => None,
            Then::End => {
                self.end(&id);
                None
            }
            Then::Close { is_replaced: true } => {
                Some(Close(code::SERVICE_RESTART, "The session was replaced by signing in".to_owned()))
            }
            Then::Close { is_replaced: false } => {
                Some(Close(code::UNAUTHORIZED, "The session has ended".to_owned()))
            }
        };
        Some((Message::text(text), close))
    }

    fn end(&mut self, id: &str) {
        self.operations.remove(id);
        self.idle_since = Instant::now();
    }

    /// Does what a message says; what is replied to it at once.
    async fn hear(&mut self, text: &str, sender: &mpsc::Sender<Sent>) -> Result<Option<String>, Close> {
        let said = Said::read(text).map_err(|reason| Close(code::BAD_REQUEST, reason.to_owned()))?;
        match said {
            Said::Init(_) if self.is_known => {
                Err(Close(code::TOO_MANY_INITIALISATIONS, "Too many initialisation requests".to_owned()))
            }
            Said::Init(payload) => {
                let introduced = timeout(INIT, self.introduce(&payload)).await;
                introduced.unwrap_or_else(|_| {
                    let reason = "Connection initialisation timeout".to_owned();
                    Err(Close(code::INITIALISATION_TIMEOUT, reason))
                })?;
                self.is_known = true;
                Ok(Some(ACKNOWLEDGED.to_owned()))
            }
            Said::Ping(payload) => Ok(Some(message::pong(payload.as_ref()))),
            Said::Pong => Ok(None),
            Said::Subscribe(..) if !self.is_known => {
                Err(Close(code::UNAUTHORIZED, "Unauthorized".to_owned()))
            }
            Said::Subscribe(id, _) if self.operations.contains_key(&id) => {
                Err(Close(code::SUBSCRIBER_EXISTS, format!("Subscriber for {id} already exists")))
            }
            Said::Subscribe(id, Err(refusal)) => Ok(Some(self.refused(&id, &refusal))),
            Said::Subscribe(id, Ok(_)) if self.is_leaving => {
                let refusal = Refusal::of_request(OVERLOADED, "The gateway stops: connect again.");
                Ok(Some(self.refused(&id, &refusal)))
            }
            Said::Subscribe(id, Ok(_)) if self.operations.len() >= MOST_OPERATIONS => {
                let message =
                    format!("This connection has {MOST_OPERATIONS} operations: end another one first.");
                Ok(Some(self.refused(&id, &Refusal::of_request(OVERLOADED, message))))
            }
            Said::Subscribe(id, Ok(posed)) => {
                self.count += 1;
                let (number, follows) = (self.count, Arc::<AtomicBool>::default());
                let operation = Operation {
                    floor: Arc::clone(&self.floor),
                    parts: self.parts.clone(),
                    request: self.id.clone(),
                    id: id.clone(),
                    number,
                    follows: Arc::clone(&follows),
                    sender: sender.clone(),
                };
                let task = tokio::spawn(operation.run(posed)).abort_handle();
                self.operations.insert(id, Running { number, follows, task });
                Ok(None)
            }
            Said::Complete(id) => {
                self.end(&id);
                Ok(None)
            }
        }
    }

    /// Takes what the client says of who it is: the same as it would send in `Authorization`, there or among `headers`.
    async fn introduce(&mut self, payload: &Map<String, Value>) -> Result<(), Close> {
        let forbidden = |reason: &str| Close(code::FORBIDDEN, reason.to_owned());
        let headers = payload.get("headers").and_then(Value::as_object);
        let mut shown = [Some(payload), headers].into_iter().flatten().flatten();
        if let Some((_, shown)) = shown.find(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            let value = shown.as_str().and_then(|text| HeaderValue::from_str(text).ok());
            let value = value.ok_or_else(|| forbidden("Forbidden: authorization is not a header's value"))?;
            self.parts.headers.insert(AUTHORIZATION, value);
        }
        let subject = Subject::of(&self.parts, &self.id, &self.floor.settings.trusted_proxies);
        let known = async { Asked::of(&self.floor, &self.parts, &subject)?.is_somebody(&self.floor).await };
        let is_somebody = known.await.map_err(|refusal| {
            subject.refused(&refusal);
            Close(code::FORBIDDEN, format!("Forbidden: {}", refusal.message))
        })?;
        if is_somebody { Ok(()) } else { Err(forbidden("Forbidden: the token opens no session")) }
    }

    fn refused(&self, id: &str, refusal: &Refusal) -> String {
        message::error(id, &answer::of_refusal(refusal, &self.id).body.plain)
    }
}
