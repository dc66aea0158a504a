//! The door: connections are taken here, and served by whatever the settings of the moment say, in one place for all threads.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Version};
use axum::serve::Listener;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::pulse::{Beat, Fault, Pulse, Watched};
use super::router::Site;
use super::tls::Tls;
use crate::config;

/// How long a connection without a request is kept when the gateway stops: one may be on its way.
const LINGER: Duration = Duration::from_millis(250);

/// After so long without one, no connection waits in the kernel's queue any more.
const QUIET: Duration = Duration::from_millis(20);

/// Requests under way on one connection of HTTP/2, which counts as one.
const MAX_STREAMS: u32 = 32;

/// What connections are served by.
pub(super) struct Offer {
    site: Site,
    max_header_bytes: u32,
    head: Duration,
    idle: Duration,
    /// The longest a request may take.
    deadline: Duration,
}

/// The door.
#[derive(Clone)]
pub(super) struct Door {
    offer: watch::Receiver<Arc<Offer>>,
    /// What connections begin with, if they are not plain.
    tls: Option<Tls>,
    /// A place for each connection that may be open.
    places: Arc<Semaphore>,
}

/// What a request knows of its connection, and holds of it if it outlives its answer's head.
#[derive(Clone)]
pub(super) struct Connection(Arc<Held>);

struct Held {
    address: SocketAddr,
    pulse: Arc<Pulse>,
    stop: CancellationToken,
    /// Dropped with the last who holds it.
    _open: mpsc::Sender<()>,
}

impl Connection {
    /// Lets the connection count as used until this is dropped.
    pub(super) fn hold(&self) -> Beat {
        self.0.pulse.begin(false)
    }

    /// Where it comes from.
    pub(super) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Waits until the gateway stops.
    pub(super) async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }
}

/// A connection that was taken, and the place it has.
pub(super) struct Taken {
    pub(super) stream: TcpStream,
    pub(super) address: SocketAddr,
    pub(super) place: OwnedSemaphorePermit,
}

/// What a connection is told from beside it.
enum Word {
    /// Answer what is under way, and close.
    Finish,
    /// Close now.
    Leave,
}

/// From where a connection came, when, and until when it may stay. A slow handshake takes from the time for the first head.
struct Came {
    address: SocketAddr,
    opened: std::time::Instant,
    stop: CancellationToken,
}

impl Offer {
    pub(super) fn new(site: Site, settings: &config::Server) -> Arc<Self> {
        Arc::new(Self {
            site,
            max_header_bytes: settings.max_header_bytes,
            head: Duration::from_secs(settings.header_timeout_seconds),
            idle: Duration::from_secs(settings.idle_timeout_seconds),
            deadline: Duration::from_secs(settings.deadline_seconds),
        })
    }

    /// The longest a request may still take that comes when stopping has just begun.
    pub(super) fn drain(&self) -> Duration {
        self.deadline + 4 * LINGER
    }

    fn http(&self) -> Builder<TokioExecutor> {
        let mut http = Builder::new(TokioExecutor::new());
        http.http1().max_buf_size(usize::try_from(self.max_header_bytes).unwrap_or(usize::MAX));
        http.http2().max_header_list_size(self.max_header_bytes).max_concurrent_streams(MAX_STREAMS);
        http
    }

    /// Waits until there is something to tell a connection.
    async fn watch(&self, pulse: &Pulse, stop: &CancellationToken, was_told: bool) -> Word {
        let mut looks = interval_at(Instant::now() + self.look(), self.look());
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopped = pin!(stop.cancelled());
        let mut leaves_at = None;
        loop {
            tokio::select! {
                _ = looks.tick() => match pulse.fault(self.head, self.idle) {
                    None => {}
                    Some(Fault::Idle) if !was_told => return Word::Finish,
                    Some(Fault::Idle | Fault::SlowHead) => return Word::Leave,
                },
                () = &mut stopped, if leaves_at.is_none() => {
                    pulse.end();
                    leaves_at = Some(Instant::now() + LINGER);
                }
                () = at(leaves_at), if !was_told => return Word::Finish,
            }
        }
    }

    /// How often a connection is looked at.
    fn look(&self) -> Duration {
        (self.head.min(self.idle) / 2).max(Duration::from_millis(50))
    }
}

impl Door {
    pub(super) fn new(offer: watch::Receiver<Arc<Offer>>, tls: Option<Tls>, max_connections: usize) -> Self {
        Self { offer, tls, places: Arc::new(Semaphore::new(max_connections)) }
    }

    /// Takes connections until `shutdown`, and then those that the kernel has taken before.
    pub(super) async fn take<G: Future<Output = ()>>(
        &self,
        mut listener: TcpListener,
        give: impl Fn(Taken) -> G,
        shutdown: impl Future<Output = ()>,
    ) {
        let mut shutdown = pin!(shutdown);
        loop {
            // Who finds no place waits in the kernel's queue: turned away, a client would come again at once.
            let taken = async {
                let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
                let (stream, address) = Listener::accept(&mut listener).await;
                Some(Taken { stream, address, place })
            };
            tokio::select! {
                Some(taken) = taken => give(taken).await,
                () = &mut shutdown => break,
            }
        }
        let end = Instant::now() + LINGER;
        while Instant::now() < end
            && let Ok(place) = Arc::clone(&self.places).try_acquire_owned()
            && let Ok((stream, address)) = timeout(QUIET, Listener::accept(&mut listener)).await
        {
            give(Taken { stream, address, place }).await;
        }
    }

    /// Serves a connection to its end; once it is to stop, to the end of what is under way.
    pub(super) async fn serve(self, taken: Taken, stop: CancellationToken) {
        let Taken { stream, address, place: _place } = taken;
        let opened = std::time::Instant::now();
        // Answers are written in one piece: waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let came = Came { address, opened, stop };
        match &self.tls {
            None => self.converse(stream, came).await,
            // Apart, because plain connections need not have room for it.
            Some(tls) => Box::pin(self.secured(tls, stream, came)).await,
        }
    }

    /// Agrees on TLS first, within the time for a head. Who speaks no TLS is told so by TLS, if at all.
    async fn secured(&self, tls: &Tls, stream: TcpStream, came: Came) {
        let head = self.offer.borrow().head;
        let stopped = async {
            came.stop.cancelled().await;
            sleep(LINGER).await;
        };
        let agreed = tokio::select! {
            agreed = timeout(head, tls.accept(stream)) => agreed,
            () = stopped => return,
        };
        if let Ok(Ok(stream)) = agreed {
            self.converse(stream, came).await;
        }
    }

    async fn converse<S>(&self, stream: S, Came { address, opened, stop }: Came)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let pulse = Arc::new(Pulse::new(opened));
        let (open, mut closed) = mpsc::channel::<()>(1);
        let held = Held { address, pulse: Arc::clone(&pulse), stop: stop.clone(), _open: open };
        self.speak(stream, (pulse, stop), Connection(Arc::new(held))).await;
        // What has become a WebSocket keeps its place until it is closed.
        let _ = closed.recv().await;
    }

    async fn speak<S>(&self, stream: S, (pulse, stop): (Arc<Pulse>, CancellationToken), held: Connection)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut offer = self.offer.clone();
        let first = Arc::clone(&offer.borrow_and_update());
        let site = Mutex::new((offer, first.site.clone()));
        let service = {
            let pulse = Arc::clone(&pulse);
            service_fn(move |mut request: Request<Incoming>| {
                let is_shared = request.version() == Version::HTTP_2;
                request.extensions_mut().insert(held.clone());
                let (site, pulse) = (current(&site), Arc::clone(&pulse));
                async move {
                    let _beat = pulse.begin(is_shared);
                    let mut response = site.answer(request.map(Body::new)).await;
                    if pulse.is_last() && !is_shared {
                        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                    }
                    Ok::<_, Infallible>(response)
                }
            })
        };
        let http = first.http();
        let stream = TokioIo::new(Watched { stream, pulse: Arc::clone(&pulse) });
        let mut connection = pin!(http.serve_connection_with_upgrades(stream, service));
        // Apart from the connection, which is polled for each request: they are when one of their timers is due.
        let mut told = FuturesUnordered::new();
        told.push(first.watch(&pulse, &stop, false));
        loop {
            tokio::select! {
                biased;
                // What went wrong is told to the client by hyper, and is nobody else's business.
                _ = connection.as_mut() => return,
                Some(word) = told.next() => match word {
                    Word::Finish => {
                        connection.as_mut().graceful_shutdown();
                        told.push(first.watch(&pulse, &stop, true));
                    }
                    Word::Leave => return,
                }
            }
        }
    }
}

/// Waits until then; forever, if there is no such moment.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// What requests are answered by now.
fn current(site: &Mutex<(watch::Receiver<Arc<Offer>>, Site)>) -> Site {
    let mut site = site.lock().unwrap_or_else(PoisonError::into_inner);
    let (offer, known) = &mut *site;
    if offer.has_changed().unwrap_or(false) {
        *known = offer.borrow_and_update().site.clone();
    }
    known.clone()
}

/// Serves clients in the runtime of whoever waits for it, until `shutdown` and the end of what is under way.
pub(super) async fn serve_here(
    door: Door,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop, connections) = (CancellationToken::new(), tokio_util::task::TaskTracker::new());
    // Those that are left when this is given up are cut off.
    let cut = CancellationToken::new();
    let _cut = cut.clone().drop_guard();
    let give = |taken| {
        let (door, stop, cut) = (door.clone(), stop.clone(), cut.clone());
        connections.spawn(async move { cut.run_until_cancelled_owned(door.serve(taken, stop)).await });
        std::future::ready(())
    };
    door.take(listener, give, shutdown).await;
    stop.cancel();
    connections.close();
    connections.wait().await;
    Ok(())
}
