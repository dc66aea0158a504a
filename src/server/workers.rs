//! The threads that serve clients, each with a runtime of its own. A connection stays with the thread that was given it, and
//! with it go the calls that its requests make of the portal. A runtime of several threads hands work from one to the other:
//! for a point read that were six calls of the kernel to wake somebody, more than all the rest of the request.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener, ListenerExt as _};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::upstream::begin_worker;

/// Connections that a thread has been given and has not looked at; more wait in the queue of the kernel.
const WAITING: usize = 64;

/// How long a thread is waited for that has nothing more to do than to let go of what it has.
const LET_GO: Duration = Duration::from_secs(1);

/// A connection, counted for as long as it is open.
struct Connection {
    stream: TcpStream,
    _open: Arc<()>,
}

/// A connection on its way to the thread that is to serve it, where it comes from, and what counts it.
type Given = (std::net::TcpStream, SocketAddr, Arc<()>);

/// What a thread is given to serve.
struct Inbox {
    connections: mpsc::Receiver<Given>,
    address: SocketAddr,
}

/// A thread that serves.
struct Worker {
    connections: mpsc::Sender<Given>,
    /// One reference is ours, the others are those of open connections.
    open: Arc<()>,
}

/// All threads that serve; they end when this is dropped, and with them what is still under way.
pub(super) struct Workers {
    all: Vec<Worker>,
    served: FuturesUnordered<oneshot::Receiver<io::Result<()>>>,
    /// No connection is taken any more; requests under way finish.
    stop: CancellationToken,
    end: CancellationToken,
}

impl Workers {
    /// Starts so many threads, to serve connections that come to this address.
    pub(super) fn start(count: usize, address: SocketAddr, router: &Router) -> io::Result<Self> {
        let (stop, end) = (CancellationToken::new(), CancellationToken::new());
        let mut workers = Self { all: Vec::with_capacity(count), served: FuturesUnordered::new(), stop, end };
        for number in 0..count {
            let (sender, connections) = mpsc::channel(WAITING);
            let (tell, served) = oneshot::channel();
            let (stop, end, router) = (workers.stop.clone(), workers.end.clone(), router.clone());
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let work = move || {
                begin_worker(number);
                runtime.block_on(async {
                    // Tapped for nothing: without it, axum tells handlers the peers of its own listeners only.
                    let inbox = Inbox { connections, address }.tap_io(|_| ());
                    let service = router.into_make_service_with_connect_info::<SocketAddr>();
                    tokio::spawn(tick());
                    let serve = axum::serve(inbox, service).with_graceful_shutdown(stop.cancelled_owned());
                    let serve = async {
                        let _ = tell.send(serve.await);
                        // Others may wait for a call of the portal that began here.
                        std::future::pending::<()>().await;
                    };
                    tokio::select! {
                        () = serve => {}
                        () = end.cancelled() => {}
                    }
                });
                runtime.shutdown_timeout(LET_GO);
            };
            thread::Builder::new().name(format!("worker-{number}")).spawn(work)?;
            workers.all.push(Worker { connections: sender, open: Arc::new(()) });
            workers.served.push(served);
        }
        Ok(workers)
    }

    /// Gives each connection that comes to the thread that has the fewest, until `shutdown`; then waits for the requests
    /// under way.
    pub(super) async fn serve(
        &mut self,
        mut listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let all = &self.all;
        let given = async {
            loop {
                let (stream, address) = Listener::accept(&mut listener).await;
                let _ = stream.set_nodelay(true);
                let fewest = all.iter().min_by_key(|worker| Arc::strong_count(&worker.open));
                if let (Some(worker), Ok(stream)) = (fewest, stream.into_std()) {
                    // An error means that the thread has ended, which is seen beside this.
                    let _ = worker.connections.send((stream, address, Arc::clone(&worker.open))).await;
                }
            }
        };
        tokio::select! {
            () = given => {}
            () = shutdown => {}
            ended = self.served.next() => {
                let served = ended.and_then(Result::ok).unwrap_or(Ok(()));
                return served.and(Err(io::Error::other("a thread that serves has ended")));
            }
        }
        drop(listener);
        self.stop.cancel();
        while let Some(served) = self.served.next().await {
            served.map_err(io::Error::other)??;
        }
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

impl Listener for Inbox {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            let Some((stream, address, open)) = self.connections.recv().await else {
                // None will come: it is stopping.
                return std::future::pending().await;
            };
            match TcpStream::from_std(stream) {
                Ok(stream) => return (Connection { stream, _open: open }, address),
                Err(error) => tracing::warn!(%error, "a connection could not be served"),
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Keeps a timer near. The runtime wakes itself, by two calls of the kernel, whenever one is set that is nearer than all
/// others, which without this is every deadline of every request.
async fn tick() {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
