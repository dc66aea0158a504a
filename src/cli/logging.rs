//! Where log lines go: standard error, filtered and written as `[log]` says; and where the audit log goes, which no filter
//! silences.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};
use std::sync::Mutex;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry, reload};

use super::failure::Failure;
use crate::config::{Log, LogFormat};
use crate::upstream::AUDIT;

/// Which lines are written, as long as the process runs.
pub(super) struct Wanted(reload::Handle<EnvFilter, Registry>);

impl Wanted {
    /// Writes what `log.level` says from now on.
    pub(super) fn set(&self, level: &str) {
        // It fails if somebody else writes the lines, who then decides.
        let _ = self.0.reload(EnvFilter::new(level));
    }
}

/// Starts writing log lines; the first call in a process decides.
pub(super) fn start(log: &Log) -> Result<Wanted, Failure> {
    let is_terminal = io::stderr().is_terminal();
    let (wanted, level) = reload::Layer::new(EnvFilter::new(&log.level));
    let wanted = wanted.and(filter_fn(may_be_logged));
    let lines = layer(log.format, is_terminal, BoxMakeWriter::new(io::stderr)).with_filter(wanted);
    let audit = match log.audit.as_str() {
        "off" => None,
        "stderr" => Some(layer(log.format, is_terminal, BoxMakeWriter::new(io::stderr))),
        path => {
            let opened = OpenOptions::new().append(true).create(true).open(path);
            let file = opened.map_err(|reason| Failure::File { path: path.into(), reason })?;
            Some(layer(log.format, false, BoxMakeWriter::new(Mutex::new(file))))
        }
    };
    let is_audit = filter_fn(is_audit).with_max_level_hint(LevelFilter::INFO);
    let audit = audit.map(|lines| lines.with_filter(is_audit));
    // A second start is refused by tracing and changes nothing.
    let _ = registry().with(lines).with(audit).try_init();
    Ok(Wanted(level))
}

fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(
    format: LogFormat,
    has_colours: bool,
    writer: BoxMakeWriter,
) -> Box<dyn Layer<S> + Send + Sync> {
    let lines = fmt::layer().with_ansi(has_colours).with_writer(writer);
    match format {
        LogFormat::Pretty => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

fn is_audit(metadata: &Metadata<'_>) -> bool {
    metadata.target() == AUDIT
}

/// Our own words at any level. The libraries below speak of the portal's address and of what is on the wire, so from
/// them only errors pass, whatever `log.level` asks for.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
    (is_ours || *metadata.level() == Level::ERROR) && !is_audit(metadata)
}
