//! Where log lines go: standard error, filtered and written as `[log]` says.

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Starts writing log lines; the first call in a process decides.
pub(super) fn start(log: &Log) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&log.level))
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let ours = filter_fn(may_be_logged);
    // A second start is refused by tracing and changes nothing.
    let _ = match log.format {
        LogFormat::Pretty => lines.finish().with(ours).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).finish().with(ours).try_init(),
    };
}

/// Our own words at any level. The libraries below speak of the portal's address and of what is on the wire, so from
/// them only errors pass, whatever `log.level` asks for.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
    is_ours || *metadata.level() == Level::ERROR
}
