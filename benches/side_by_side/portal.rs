//! The portal as a process: a simulator whose answers are played back from memory, so that it is fast beside those it serves.
//!
//! What is played back are the simulator's own bytes, of the same session and the same question. `/control/` counts the
//! calls and sets how long each takes.

use portalgraph::upstream::{Http, Patience, TlsFiles};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use portalgraph::simulator::Simulator;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::world;

/// A question as it came: its path, its session, its body.
type Question = (String, Option<HeaderValue>, Bytes);

struct Portal {
    simulator: String,
    http: reqwest::Client,
    answers: RwLock<HashMap<Question, Bytes>>,
    calls: AtomicU64,
    delay: AtomicU64,
    waits: Sender<(Instant, oneshot::Sender<()>)>,
}

/// Serves the world of the size that the second argument names.
pub(crate) async fn serve() {
    let users = std::env::args().nth(2).unwrap().parse().unwrap();
    let simulator = Simulator::local(world::of(users)).await;
    let timeout = Duration::from_mins(1);
    let patience = Patience { connect: timeout, call: timeout, idle_connections: 64 };
    let portal = Arc::new(Portal {
        simulator: simulator.url(),
        http: Http::new(patience, TlsFiles::default()).unwrap().here(),
        answers: RwLock::default(),
        calls: AtomicU64::new(0),
        delay: AtomicU64::new(0),
        waits: alarms(),
    });
    let router = Router::new()
        .route("/control/calls", get(calls).post(calls))
        .route("/control/delay/{milliseconds}", get(delay).post(delay))
        .fallback(answer)
        .layer(DefaultBodyLimit::disable())
        .with_state(portal);
    let listener = listen("portal").await;
    axum::serve(listener, router).await.unwrap();
}

/// A listener for a server of the field, once it has said where it serves.
pub(crate) async fn listen(name: &str) -> impl axum::serve::Listener<Addr = std::net::SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    println!("{name} is serving http://{}", listener.local_addr().unwrap());
    listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    })
}

/// Rings each alarm at its time, to the tenth of a millisecond: the runtime's own timer ticks in milliseconds, and is late by up
/// to two. Whoever waits does so as long as those before.
#[expect(clippy::disallowed_methods, reason = "the thread is no runtime's")]
fn alarms() -> Sender<(Instant, oneshot::Sender<()>)> {
    let (waits, due) = channel::<(Instant, oneshot::Sender<()>)>();
    std::thread::spawn(move || {
        for (time, rings) in due {
            std::thread::sleep(time.saturating_duration_since(Instant::now()));
            let _ = rings.send(());
        }
    });
    waits
}

async fn calls(State(portal): State<Arc<Portal>>) -> String {
    portal.calls.load(Ordering::Relaxed).to_string()
}

async fn delay(State(portal): State<Arc<Portal>>, Path(milliseconds): Path<u64>) {
    portal.delay.store(milliseconds, Ordering::Relaxed);
}

async fn answer(State(portal): State<Arc<Portal>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    portal.calls.fetch_add(1, Ordering::Relaxed);
    let delay = portal.delay.load(Ordering::Relaxed);
    if delay > 0 {
        let (rings, alarm) = oneshot::channel();
        portal.waits.send((Instant::now() + Duration::from_millis(delay), rings)).unwrap();
        alarm.await.unwrap();
    }
    let question = (uri.path().to_owned(), headers.get(COOKIE).cloned(), body);
    let known = portal.answers.read().unwrap().get(&question).cloned();
    match known {
        Some(bytes) => ([(CONTENT_TYPE, "application/json")], bytes).into_response(),
        None => portal.find(question).await,
    }
}

impl Portal {
    /// The simulator's answer; one that begins a session is not kept.
    async fn find(&self, (path, cookie, body): Question) -> Response {
        let mut request = self.http.post(format!("{}{path}", self.simulator)).body(body.clone());
        request = request.header(CONTENT_TYPE, "application/json");
        if let Some(cookie) = &cookie {
            request = request.header(COOKIE, cookie.clone());
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let begun = response.headers().get(SET_COOKIE).cloned();
        let bytes = response.bytes().await.unwrap();
        let mut answer = (status, [(CONTENT_TYPE, "application/json")], bytes.clone()).into_response();
        if let Some(begun) = begun {
            answer.headers_mut().insert(SET_COOKIE, begun);
        } else if status.is_success() {
            self.answers.write().unwrap().insert((path, cookie, body), bytes);
        }
        answer
    }
}
