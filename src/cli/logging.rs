//! Where log lines go: standard error, filtered and written as `[log]` says; and where the audit log goes, which no filter
//! silences.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};
use std::sync::Mutex;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt, registry, reload};

use super::failure::Failure;
use crate::config::{Log, LogFormat};
use crate::upstream::AUDIT;

/// The level of the audit log's events.
const AUDIT_LEVEL: LevelFilter = LevelFilter::INFO;

/// Which lines are written to standard error, as long as the process runs.
pub(super) struct Wanted {
    targets: reload::Handle<Targets, Registry>,
    /// What of the audit log is written there, too; only a new process asks again.
    audit: LevelFilter,
}

impl Wanted {
    /// Writes what `log.level` says from now on.
    pub(super) fn set(&self, level: &str) {
        // It fails if somebody else writes the lines, who then decides.
        let _ = self.targets.reload(wanted(level, self.audit));
    }
}

/// Starts writing log lines; the first call in a process decides.
pub(super) fn start(log: &Log) -> Result<Wanted, Failure> {
    let audit = if log.audit == "stderr" { AUDIT_LEVEL } else { LevelFilter::OFF };
    let (filter, targets) = reload::Layer::new(wanted(&log.level, audit));
    let lines = BoxMakeWriter::new(io::stderr);
    let is_terminal = io::stderr().is_terminal();
    // A second start is refused by tracing and changes nothing.
    let _ = match log.audit.as_str() {
        // One filter before everything is asked once for each line; filters of layers keep books in every span.
        "stderr" | "off" => registry().with(filter).with(layer(log.format, is_terminal, lines)).try_init(),
        path => {
            let opened = OpenOptions::new().append(true).create(true).open(path);
            let file = opened.map_err(|reason| Failure::File { path: path.into(), reason })?;
            let file = layer(log.format, false, BoxMakeWriter::new(Mutex::new(file)));
            let file = file.with_filter(Targets::new().with_target(AUDIT, AUDIT_LEVEL));
            let lines = layer(log.format, is_terminal, lines).with_filter(filter);
            registry().with(lines).with(file).try_init()
        }
    };
    Ok(Wanted { targets, audit })
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

/// Our own words at the level that is asked for. The libraries below speak of the portal's address and of what is on the
/// wire, so from them only errors pass, whatever `log.level` asks for.
fn wanted(level: &str, audit: LevelFilter) -> Targets {
    let ours = env!("CARGO_CRATE_NAME");
    let asked = Log::targets(level).unwrap_or_default();
    let default = asked.default_level().unwrap_or(LevelFilter::OFF);
    let targets = asked.iter().map(|(target, level)| {
        let is_ours = target.split("::").next() == Some(ours);
        (target, if is_ours { level } else { level.min(LevelFilter::ERROR) })
    });
    Targets::new()
        .with_default(default.min(LevelFilter::ERROR))
        .with_target(ours, default)
        .with_targets(targets)
        // Last, so that nobody silences it or makes it be written twice.
        .with_target(AUDIT, audit)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn only_our_own_words_are_written_below_an_error() {
        let wanted =
            wanted("debug,hyper=trace,portalgraph::portal=trace,portalgraph::audit=trace", AUDIT_LEVEL);
        for (target, level) in [
            ("portalgraph", Level::DEBUG),
            ("portalgraph::server::router", Level::DEBUG),
            ("portalgraph::portal::client", Level::TRACE),
            ("hyper::client", Level::ERROR),
            ("reqwest", Level::ERROR),
            (AUDIT, Level::INFO),
        ] {
            let written = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]
                .into_iter()
                .rfind(|level| wanted.would_enable(target, level));
            assert_eq!(written, Some(level), "{target}");
        }
    }

    #[test]
    fn no_level_silences_the_audit_log_or_repeats_it() {
        for level in ["off", "error", "trace", "portalgraph=off", "trace,portalgraph::audit=off"] {
            assert!(wanted(level, AUDIT_LEVEL).would_enable(AUDIT, &Level::INFO), "{level}");
            assert!(!wanted(level, LevelFilter::OFF).would_enable(AUDIT, &Level::ERROR), "{level}");
        }
        assert!(!wanted("off", AUDIT_LEVEL).would_enable("portalgraph", &Level::ERROR));
        assert!(!wanted("portalgraph::portal=info", AUDIT_LEVEL).would_enable("portalgraph", &Level::ERROR));
    }
}
