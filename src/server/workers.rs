//! The threads that serve clients, each with a runtime of its own. A connection stays with the thread that was given it, and
//! with it go the calls that its requests make of the portal. A runtime of several threads hands work from one to the other:
//! for a point read that were six calls of the kernel to wake somebody, more than all the rest of the request.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::door::{Door, Taken};
use crate::upstream::begin_worker;

/// Connections that a thread has been given and has not looked at; more wait in the queue of the kernel.
const WAITING: usize = 64;

/// How long a thread is waited for that has nothing more to do than to let go of what it has.
const LET_GO: Duration = Duration::from_secs(1);

/// A connection on its way to the thread that is to serve it, where it comes from, its place, and what counts it.
type Given = (std::net::TcpStream, SocketAddr, OwnedSemaphorePermit, Arc<()>);

/// A thread that serves.
struct Worker {
    connections: mpsc::Sender<Given>,
    /// One reference is ours, the others are those of open connections.
    open: Arc<()>,
}

/// All threads that serve; they end when this is dropped, and with them what is still under way.
pub(super) struct Workers {
    all: Vec<Worker>,
    served: FuturesUnordered<oneshot::Receiver<()>>,
    /// No connection is taken any more; requests under way finish.
    stop: CancellationToken,
    end: CancellationToken,
}

impl Workers {
    /// Starts so many threads, which serve what comes through the door.
    pub(super) fn start(count: usize, door: &Door) -> io::Result<Self> {
        let (stop, end) = (CancellationToken::new(), CancellationToken::new());
        let mut workers = Self { all: Vec::with_capacity(count), served: FuturesUnordered::new(), stop, end };
        for number in 0..count {
            let (sender, connections) = mpsc::channel(WAITING);
            let (tell, served) = oneshot::channel();
            let (stop, end, door) = (workers.stop.clone(), workers.end.clone(), door.clone());
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let work = move || {
                begin_worker(number);
                runtime.block_on(async {
                    tokio::spawn(tick());
                    let serve = async {
                        serve(connections, door, stop).await;
                        let _ = tell.send(());
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
        door: Door,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let all = std::mem::take(&mut self.all);
        let give = |Taken { stream, address, place }| {
            let fewest = all.iter().min_by_key(|worker| Arc::strong_count(&worker.open));
            let fewest = fewest.map(|worker| (worker.connections.clone(), Arc::clone(&worker.open)));
            async move {
                if let (Some((worker, open)), Ok(stream)) = (fewest, stream.into_std()) {
                    // An error means that the thread has ended, which is seen beside this.
                    let _ = worker.send((stream, address, place, open)).await;
                }
            }
        };
        tokio::select! {
            () = door.take(listener, give, shutdown) => {}
            _ = self.served.next() => return Err(io::Error::other("a thread that serves has ended")),
        }
        self.stop.cancel();
        // Each serves what it was given, and then knows that no more will come.
        drop(all);
        while let Some(served) = self.served.next().await {
            served.map_err(io::Error::other)?;
        }
        Ok(())
    }
}

/// Serves what one thread is given until no more will come, and to the end of what is under way.
async fn serve(mut connections: mpsc::Receiver<Given>, door: Door, stop: CancellationToken) {
    let under_way = TaskTracker::new();
    while let Some((stream, address, place, open)) = connections.recv().await {
        let (door, stop) = (door.clone(), stop.clone());
        match TcpStream::from_std(stream) {
            Ok(stream) => {
                let taken = Taken { stream, address, place };
                under_way.spawn(async move {
                    door.serve(taken, stop).await;
                    drop(open);
                });
            }
            Err(error) => tracing::warn!(%error, "a connection could not be served"),
        }
    }
    under_way.close();
    under_way.wait().await;
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

/// Keeps a timer near. The runtime wakes itself, by two calls of the kernel, whenever one is set that is nearer than all
/// others, which without this is every deadline of every request.
async fn tick() {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
