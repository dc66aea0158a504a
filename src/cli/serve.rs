//! `portalgraph serve`: the gateway in front of a portal.

use std::future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;

use clap::Args;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::failure::Failure;
use super::reload::Reload;
use super::stop::StopSignals;
use super::traces::Traces;
use super::{logging, settings};
use crate::config::Config;
use crate::server::{self, Threads};

const EXAMPLES: &str = "\
Examples:
  portalgraph serve --config portalgraph.toml
      Serve with the settings of a file.
  PORTALGRAPH__PORTAL__URL=https://portal.example.com portalgraph serve
      Serve with the defaults and the one option that has none.
  PORTALGRAPH__LOG__FORMAT=json portalgraph serve --config portalgraph.toml --listen 0.0.0.0:4000
      For a container: log lines for a collector, and an address that others reach.

When it is ready it prints one line, `portalgraph is serving http://ADDRESS` (https with \
server.tls_certificate_file), on standard output. Then there are
  /              the query editor, with sign-in
  /graphql       the graph, for POST and GET
  /health/live   whether the process answers
  /health/ready  whether it can serve
With server.operator_listen set, /metrics, /console and both health checks are served there, apart from clients.
Log lines go to standard error, and traces where telemetry.endpoint says. SIGHUP, or a change of the file, has the settings read again, and so \
has a change of a certificate or key they name; what of them needs a restart is logged. Ctrl-C or SIGTERM ends it after the requests under way; a second \
one ends it at once.

Exit status: 0 after Ctrl-C or SIGTERM, 1 if it cannot listen or serve, 2 if the configuration \
is not valid.";

/// Serve a portal as one graph.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The settings file, in TOML; `portalgraph config` prints one to start from.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to serve clients on, instead of `server.listen`; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut config = settings::load(arguments.config.as_deref())?;
    config.require_upstream()?;
    if let Some(address) = arguments.listen {
        config.server.listen = address;
    }
    let level = logging::start(&config.log)?;
    let traces = Traces::start(&config.telemetry)?;
    // It takes connections and hands them on; the threads that serve have runtimes of their own.
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(Failure::Start)?.block_on(serve(config, arguments, (level, traces)))
}

async fn serve(
    config: Config,
    arguments: &Arguments,
    (level, traces): (logging::Wanted, Option<Traces>),
) -> Result<(), Failure> {
    // Before the line that says it serves: whoever reads that may stop the process right away.
    let stop = StopSignals::listen().map_err(Failure::Start)?.first();
    let mut hurry = pin!(StopSignals::listen().map_err(Failure::Start)?.second());
    let reload = Reload::new(arguments.config.as_deref(), (&config, arguments.listen), level);
    let (reload, renewals) = reload.map_err(Failure::Start)?;
    let (listener, address) = bind(config.server.listen).await?;
    let operator = match config.server.operator_address() {
        Some(address) => {
            let (listener, address) = bind(address).await?;
            tracing::info!(server.operator_address = %address, "serving metrics, health and the console");
            Some(listener)
        }
        None => None,
    };
    let scheme = config.server.scheme();
    let listeners =
        server::Listeners { clients: listener, operator, threads: Threads::Own, renewals: Some(renewals) };
    let mut gateway = pin!(server::run(config, listeners, stop));
    // Begun before the line that says so: settings of which no gateway can be made end it here.
    tokio::select! {
        biased;
        served = &mut gateway => return Ok(served?),
        () = future::ready(()) => {}
    }
    super::print(&format!("portalgraph is serving {scheme}://{address}\n"))?;
    let served = tokio::select! {
        served = gateway => served,
        () = &mut hurry => return Ok(()),
        () = reload.run() => Ok(()),
    };
    if let Some(traces) = traces {
        tokio::select! {
            () = traces.finish() => {}
            () = hurry => {}
        }
    }
    Ok(served?)
}

/// A listener, and the address it has got.
pub(super) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let refused = |reason| Failure::Listen { address, reason };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}
