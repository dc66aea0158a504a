//! The HTTP client every upstream is asked with.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;
use std::time::Duration;

use super::worker;

/// How long an upstream is waited for, and how many connections to it are worth keeping.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For a whole call.
    pub call: Duration,
    /// Connections of one thread that stay open while nobody asks.
    pub idle_connections: usize,
}

/// A client for all sessions of one upstream, without a cookie store of its own and without redirects, so that no
/// session's state can reach another's call. Each thread that serves clients has its own connections: an answer that
/// another thread had to pass on would cost two wake-ups of the kernel.
#[derive(Clone)]
pub struct Http(Arc<Clients>);

struct Clients {
    patience: Patience,
    of_first_worker: reqwest::Client,
    of_others: Box<[OnceLock<reqwest::Client>]>,
}

impl Http {
    /// Fails if the TLS of the machine cannot be used.
    pub fn new(patience: Patience) -> Result<Self, String> {
        let workers = available_parallelism().map_or(1, NonZero::get);
        let of_others = (1..workers).map(|_| OnceLock::new()).collect();
        Ok(Self(Arc::new(Clients { patience, of_first_worker: client(patience)?, of_others })))
    }

    /// The client of the thread that asks.
    #[must_use]
    pub fn here(&self) -> &reqwest::Client {
        let Clients { patience, of_first_worker, of_others } = &*self.0;
        let Some(own) = worker::number().checked_sub(1).and_then(|other| of_others.get(other)) else {
            return of_first_worker;
        };
        // What could be made once can be made again; if not, the first one's connections serve as well.
        own.get_or_init(|| client(*patience).unwrap_or_else(|_| of_first_worker.clone()))
    }
}

fn client(patience: Patience) -> Result<reqwest::Client, String> {
    // A second installation in one process is refused and harmless: the first one serves both.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "this is the one client the ban points to")]
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(patience.connect)
        .timeout(patience.call)
        .pool_max_idle_per_host(patience.idle_connections)
        .tcp_nodelay(true)
        .referer(false)
        // A write is sent at most once; what may be asked again is decided above, where reads are known from writes.
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent(concat!("portalgraph/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.without_url().to_string())
}
