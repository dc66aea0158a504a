//! The floor that knows HTTP: routes, GraphQL over HTTP, limits on what is asked, the session's token, the bundled page.

mod answer;
mod at_once;
mod audit;
mod batch;
mod body;
mod client;
mod cookie;
mod cors;
mod cost;
mod deadline;
mod document;
mod encoding;
mod etag;
mod execution;
mod graphql;
mod health;
mod height;
mod kept;
mod lexer;
mod media_type;
mod operator;
mod origin;
mod page;
mod question;
mod rate;
mod refusal;
mod request_id;
mod router;
mod service;
mod trusted;
mod under_way;
mod variables;
mod workers;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::ValidationMode;
use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::document::Documents;
use self::kept::KeptAnswers;
use self::rate::Rates;
use self::trusted::TrustedDocuments;
pub use self::trusted::TrustedError;
use self::under_way::UnderWay;
use self::workers::Workers;
use crate::config::{self, Config};
use crate::graph::{Estimator, Gateway, GatewayError, Schema, schema};

/// How long stopping waits for service accounts to be signed out.
const LEAVE: Duration = Duration::from_secs(5);

/// Why the gateway does not serve, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The gateway cannot be made from these settings.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The documents that the settings list cannot be used.
    #[error(transparent)]
    TrustedDocuments(#[from] TrustedError),
    /// The listener broke.
    #[error("the gateway cannot take connections")]
    Listener(#[source] io::Error),
    /// The machine gives no threads to serve clients with.
    #[error("the gateway cannot start its threads")]
    Threads(#[source] io::Error),
    /// Somebody else in this process collects what is counted.
    #[error("the gateway cannot count for server.operator_listen")]
    Collector(#[source] metrics_exporter_prometheus::BuildError),
}

/// What every request may use.
struct Floor {
    schema: Schema,
    /// The same, for documents that were found valid before.
    schema_of_valid: Schema,
    estimator: Estimator,
    gateway: Arc<Gateway>,
    settings: config::Server,
    limits: config::Limits,
    documents: Documents,
    trusted: TrustedDocuments,
    kept: KeptAnswers,
    under_way: UnderWay,
    rates: Rates,
    is_stopping: AtomicBool,
}

/// Where the gateway is reached.
#[derive(Debug)]
pub struct Listeners {
    /// By clients.
    pub clients: TcpListener,
    /// By whoever operates it, who reads `/metrics` there.
    pub operator: Option<TcpListener>,
    /// Who serves clients.
    pub threads: Threads,
}

/// Who serves clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// Whoever waits for the gateway, in the same runtime.
    Here,
    /// As many threads as the settings say, with a runtime each.
    Own,
}

impl From<TcpListener> for Listeners {
    fn from(clients: TcpListener) -> Self {
        Self { clients, operator: None, threads: Threads::Here }
    }
}

/// Serves clients on the listener until `shutdown`, then lets requests under way finish within one deadline.
pub async fn run(
    config: Config,
    listeners: impl Into<Listeners>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let Listeners { clients, operator, threads } = listeners.into();
    let operator = operator.map(|listener| Ok((listener, operator::collector()?))).transpose();
    let operator = operator.map_err(ServeError::Collector)?;
    let schema_of_any = schema(&config.limits, ValidationMode::Strict);
    let mut documents = Documents::new(config.limits.clone());
    let trusted = TrustedDocuments::load(&config.trusted_documents, &schema_of_any, &mut documents).await?;
    let gateway = Gateway::new(&config)?;
    let floor = Arc::new(Floor {
        schema: schema_of_any,
        schema_of_valid: schema(&config.limits, ValidationMode::Fast),
        estimator: Estimator::new(&config),
        documents,
        trusted,
        kept: KeptAnswers::new(&config.cache),
        under_way: UnderWay::default(),
        rates: Rates::new(&config.rate, gateway.store.clone()),
        gateway: Arc::clone(&gateway),
        settings: config.server,
        limits: config.limits,
        is_stopping: AtomicBool::new(false),
    });
    let drain = Duration::from_secs(floor.settings.deadline_seconds);
    let (begin_drain, drain_begins) = oneshot::channel();
    let to_operator = {
        let floor = Arc::clone(&floor);
        async move {
            match operator {
                Some((listener, collector)) => operator::serve(listener, collector, floor).await,
                None => std::future::pending().await,
            }
        }
    };
    let router = router::router(Arc::clone(&floor));
    let mut workers = match threads {
        Threads::Here => None,
        Threads::Own => Some(
            Workers::start(
                floor.settings.threads(),
                clients.local_addr().map_err(ServeError::Listener)?,
                &router,
            )
            .map_err(ServeError::Threads)?,
        ),
    };
    let shutdown = async move {
        shutdown.await;
        floor.is_stopping.store(true, Ordering::Relaxed);
        let _ = begin_drain.send(());
    };
    let serve = async {
        match &mut workers {
            Some(workers) => workers.serve(clients, shutdown).await,
            None => serve_here(clients, router, shutdown).await,
        }
    };
    let served = tokio::select! {
        served = serve => served.map_err(ServeError::Listener),
        // It is there while the last requests are waited for, and tells that no more should be sent.
        served = to_operator => served.map_err(ServeError::Listener),
        () = async {
            // An error means that serving ended by itself; the other branch then tells how.
            if drain_begins.await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(drain).await;
        } => {
            tracing::warn!(drain_seconds = drain.as_secs(), "closed connections whose requests did not finish");
            Ok(())
        }
    };
    // A write whose client has gone is still to be seen through.
    gateway.settle().await;
    // The upstreams count sessions; what cannot be given back in time ends there by itself.
    let _ = tokio::time::timeout(LEAVE, gateway.leave()).await;
    served
}

/// Serves clients in the runtime of whoever waits for it.
async fn serve_here(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    // Answers are written in one piece: waiting for more to send only delays them.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}
