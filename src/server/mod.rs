//! The floor that knows HTTP: routes, GraphQL over HTTP, limits on what is asked, the session's token, the bundled page.

mod age;
mod answer;
mod aside;
mod asked;
mod at_once;
mod audit;
mod batch;
mod body;
mod client;
mod console;
mod cookie;
mod cors;
mod cost;
mod deadline;
mod document;
mod door;
mod encoding;
mod etag;
mod execution;
mod gate;
mod graphql;
mod health;
mod height;
mod kept;
mod lexer;
mod live;
mod measured;
mod media_type;
mod operator;
mod origin;
mod page;
mod parser;
mod pulse;
mod question;
mod rate;
mod reachability;
mod refusal;
mod reload;
mod request_id;
mod review;
mod router;
mod service;
mod table;
mod tls;
mod traced;
mod trusted;
mod under_way;
mod variables;
mod worked_out;
mod workers;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::ValidationMode;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

use self::document::Documents;
use self::door::{Door, Offer, serve_here};
use self::gate::Gate;
use self::kept::KeptAnswers;
use self::live::Told;
use self::rate::Rates;
use self::reachability::Reachability;
pub use self::refusal::REFUSALS;
pub use self::reload::{Renewal, is_reloaded};
pub use self::review::{Fault, Paper, Review, review};
use self::router::Site;
use self::tls::Tls;
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
    /// The certificate that clients are to be shown cannot be used.
    #[error("{0}")]
    Certificate(String),
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
    told: Told,
    rates: Rates,
    gate: Arc<Gate>,
    reachability: Arc<Reachability>,
    is_stopping: Arc<AtomicBool>,
}

/// What stays when settings change.
struct Ground {
    gateway: Arc<Gateway>,
    reachability: Arc<Reachability>,
    is_stopping: Arc<AtomicBool>,
}

impl Floor {
    /// What is built from settings, and what of it may change while it serves.
    async fn new(config: &Config, ground: &Ground) -> Result<Arc<Self>, ServeError> {
        let schema_of_any = schema(&config.limits, ValidationMode::Strict);
        let mut documents = Documents::new(config.limits.clone());
        let trusted =
            TrustedDocuments::load(&config.trusted_documents, &schema_of_any, &mut documents).await?;
        if trusted.has_listed() {
            // Read now rather than by the first request for a table.
            table::Fields::here();
        }
        Ok(Arc::new(Self {
            schema: schema_of_any,
            schema_of_valid: schema(&config.limits, ValidationMode::Fast),
            estimator: Estimator::new(config),
            documents,
            trusted,
            kept: KeptAnswers::new(&config.cache),
            under_way: UnderWay::default(),
            told: Told::new(),
            rates: Rates::new(&config.rate, ground.gateway.store.clone()),
            gate: Arc::new(Gate::new(&config.server)),
            gateway: Arc::clone(&ground.gateway),
            settings: config.server.clone(),
            limits: config.limits.clone(),
            reachability: Arc::clone(&ground.reachability),
            is_stopping: Arc::clone(&ground.is_stopping),
        }))
    }
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
    /// From where new settings come while it serves.
    pub renewals: Option<mpsc::Receiver<Renewal>>,
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
        Self { clients, operator: None, threads: Threads::Here, renewals: None }
    }
}

/// Serves clients on the listener until `shutdown`, then lets requests under way finish within one deadline.
pub async fn run(
    config: Config,
    listeners: impl Into<Listeners>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    begin(config, listeners.into(), Box::pin(shutdown)).await
}

/// Of one type whoever calls it, so that all of the gateway is compiled here and once, not again by each test and benchmark.
fn begin(
    config: Config,
    listeners: Listeners,
    shutdown: BoxFuture<'static, ()>,
) -> BoxFuture<'static, Result<(), ServeError>> {
    Box::pin(serve(config, listeners, shutdown))
}

async fn serve(
    config: Config,
    listeners: Listeners,
    shutdown: BoxFuture<'static, ()>,
) -> Result<(), ServeError> {
    let Listeners { clients, operator, threads, renewals } = listeners;
    let operator = operator.map(|listener| Ok((listener, operator::collector()?))).transpose();
    let operator = operator.map_err(ServeError::Collector)?;
    let tls = Tls::of(&config.server).map_err(ServeError::Certificate)?;
    let gateway = Gateway::new(&config)?;
    let ground = Ground {
        gateway: Arc::clone(&gateway),
        reachability: Arc::new(Reachability::new(&config, &gateway)),
        is_stopping: Arc::new(AtomicBool::new(false)),
    };
    let floor = Floor::new(&config, &ground).await?;
    let (offers, offer) = watch::channel(Offer::new(Site::of_clients(&floor), &config.server));
    let last_offer = offer.clone();
    let door = Door::new(offer, tls.clone(), config.server.max_connections);
    let (begin_drain, drain_begins) = oneshot::channel();
    let (floors, current) = watch::channel(Arc::clone(&floor));
    let to_operator = async move {
        match operator {
            Some((listener, collector)) => operator::serve(listener, collector, current).await,
            None => std::future::pending().await,
        }
    };
    let mut workers = match threads {
        Threads::Here => None,
        Threads::Own => Some(Workers::start(config.server.threads(), &door).map_err(ServeError::Threads)?),
    };
    let is_stopping = Arc::clone(&ground.is_stopping);
    let shutdown = async move {
        shutdown.await;
        is_stopping.store(true, Ordering::Relaxed);
        let _ = begin_drain.send(());
    };
    let serving = async {
        match &mut workers {
            Some(workers) => workers.serve(door, clients, shutdown).await,
            None => serve_here(door, clients, shutdown).await,
        }
    };
    let renewing = async {
        let (_none, never) = mpsc::channel(1);
        let make = |config: Config| {
            let (ground, floors) = (&ground, &floors);
            async move {
                let floor = Floor::new(&config, ground).await?;
                let offer = Offer::new(Site::of_clients(&floor), &config.server);
                floors.send_replace(floor);
                Ok(offer)
            }
        };
        let certificates = |server: config::Server| {
            let (tls, gateway) = (tls.clone(), Arc::clone(&gateway));
            async move {
                if let Some(tls) = tls {
                    tls.renew(&server).await;
                }
                gateway.renew_certificates().await;
            }
        };
        reload::renew(config, renewals.unwrap_or(never), (offers, certificates), make).await;
    };
    let served = tokio::select! {
        served = serving => served.map_err(ServeError::Listener),
        // Boxed, because building a floor takes more room than all the rest.
        () = Box::pin(renewing) => Ok(()),
        // It is there while the last requests are waited for, and tells that no more should be sent.
        served = to_operator => served.map_err(ServeError::Listener),
        drain = async {
            // An error means that serving ended by itself; the other branch then tells how.
            if drain_begins.await.is_err() {
                std::future::pending::<()>().await;
            }
            let drain = last_offer.borrow().drain();
            tokio::time::sleep(drain).await;
            drain
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
