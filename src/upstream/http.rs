//! The HTTP client every upstream is asked with.

use std::num::NonZero;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread::available_parallelism;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::sync::Semaphore;

use super::tls::TlsFiles;
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
pub struct Http {
    patience: Patience,
    files: Arc<TlsFiles>,
    clients: Arc<RwLock<Arc<Clients>>>,
    diagnosis: Arc<Semaphore>,
}

/// One client a thread, all with the same TLS.
struct Clients {
    tls: Arc<ClientConfig>,
    of_first_worker: reqwest::Client,
    of_others: Box<[OnceLock<reqwest::Client>]>,
}

impl Http {
    /// Fails if the files cannot be used, or the certificates of the machine, and says which setting names the file.
    pub fn new(patience: Patience, files: TlsFiles) -> Result<Self, String> {
        let clients = Clients::new(patience, files.read()?)?;
        Ok(Self {
            patience,
            files: Arc::new(files),
            clients: Arc::new(RwLock::new(Arc::new(clients))),
            diagnosis: Arc::new(Semaphore::new(1)),
        })
    }

    /// The client of the thread that asks.
    #[must_use]
    pub fn here(&self) -> reqwest::Client {
        let clients = self.clients();
        let Clients { tls, of_first_worker, of_others } = &*clients;
        let Some(own) = worker::number().checked_sub(1).and_then(|other| of_others.get(other)) else {
            return of_first_worker.clone();
        };
        // What could be made once can be made again; if not, the first one's connections serve as well.
        own.get_or_init(|| client(self.patience, tls).unwrap_or_else(|_| of_first_worker.clone())).clone()
    }

    /// Whether any file is named.
    #[must_use]
    pub fn has_files(&self) -> bool {
        self.files.is_any()
    }

    /// Reads its files again: calls from now on go over new connections with what they hold. If they cannot be used,
    /// what was there before stays.
    pub fn renew(&self) -> Result<(), String> {
        let clients = Arc::new(Clients::new(self.patience, self.files.read()?)?);
        *self.clients.write().unwrap_or_else(PoisonError::into_inner) = clients;
        Ok(())
    }

    pub(super) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.clients().tls)
    }

    /// The place of the one connection that finds out why others broke.
    pub(super) fn diagnosis(&self) -> &Semaphore {
        &self.diagnosis
    }

    fn clients(&self) -> Arc<Clients> {
        Arc::clone(&self.clients.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clients {
    fn new(patience: Patience, tls: ClientConfig) -> Result<Self, String> {
        let workers = available_parallelism().map_or(1, NonZero::get);
        let of_others = (1..workers).map(|_| OnceLock::new()).collect();
        Ok(Self { of_first_worker: client(patience, &tls)?, tls: Arc::new(tls), of_others })
    }
}

fn client(patience: Patience, tls: &ClientConfig) -> Result<reqwest::Client, String> {
    #[expect(clippy::disallowed_methods, reason = "this is the one client the ban points to")]
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
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
