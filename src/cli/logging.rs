//! Where log lines go: standard error, filtered and written as `[log]` says.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts writing log lines; the first call in a process decides.
pub(super) fn start(log: &Log) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&log.level))
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    // A second start is refused by tracing and changes nothing.
    let _ = match log.format {
        LogFormat::Pretty => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
