//! What is shipped for those who deploy holds together with the program: settings, ports, paths, times, secrets, metrics.

mod compose;
mod kubernetes;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use portalgraph::config::{Config, ENVIRONMENT_PREFIX};
use serde_json::Value;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The settings of a file and of these variables, each of which is an option of the program.
fn settings(file: &Path, variables: Vec<(String, String)>) -> Config {
    assert!(variables.iter().all(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX)), "{variables:?}");
    Config::load(Some(file), variables.into_iter()).unwrap_or_else(|error| panic!("{error}"))
}

/// How many seconds stopping may take with these settings.
fn longest_stop(config: &Config) -> u64 {
    // One for connections that linger, five for service accounts that are signed out.
    let calls = config.portal.call_timeout_milliseconds.max(config.icws.call_timeout_milliseconds);
    let seconds = |milliseconds: u64| milliseconds.div_ceil(1_000);
    config.server.deadline_seconds
        + 1
        + seconds(calls)
        + 5
        + seconds(config.telemetry.export_timeout_milliseconds)
}

/// All entries of a list.
fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
