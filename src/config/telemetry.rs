//! `[telemetry]`: traces, and who collects them.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::Config;
use super::error::{Origin, Problem};

/// What is made of the trace that a client says its request is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IncomingContext {
    /// It goes on here; whether that is recorded is decided here.
    Continue,
    /// It goes on here, recorded if the client records it.
    Trust,
    /// Each request begins a trace of its own.
    Ignore,
}

/// Traces, and who collects them.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Where the collector is; empty for no traces.
    pub endpoint: String,
    /// The certificates the collector's own is to be signed by.
    pub ca_file: String,
    /// The file with the headers that traces are sent with.
    pub headers_file: String,
    /// The variable of the environment that holds them.
    pub headers_environment: String,
    /// What the gateway is called in traces.
    pub service_name: String,
    /// Of a thousand traces so many are recorded.
    pub sample_per_thousand: u16,
    /// What is made of a client's `traceparent`.
    pub incoming_context: IncomingContext,
    /// Whether the upstreams are told of the trace their calls are part of.
    pub propagate_to_upstreams: bool,
    /// How many spans wait for the collector.
    pub max_queued_spans: usize,
    /// How long spans are gathered until they are sent, in milliseconds.
    pub export_interval_milliseconds: u64,
    /// How long the collector may take, in milliseconds.
    pub export_timeout_milliseconds: u64,
}

impl Telemetry {
    /// Where spans are sent, if anywhere.
    #[must_use]
    pub fn traces_url(&self) -> Option<String> {
        let base = self.endpoint.trim_end_matches('/');
        (!base.is_empty()).then(|| format!("{base}/v1/traces"))
    }
}

/// Whether a text is where a collector may be: an address with scheme and host, and a path at most.
pub(super) fn is_endpoint(text: &str) -> bool {
    let is_plain = |url: Url| {
        let is_known = matches!(url.scheme(), "http" | "https");
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        is_known && url.has_host() && is_anonymous && url.query().is_none() && url.fragment().is_none()
    };
    text.is_empty() || (text.contains("://") && !text.contains('@') && Url::parse(text).is_ok_and(is_plain))
}

/// What each option accepts alone but not together.
pub(super) fn problems(config: &Config, origins: &BTreeMap<String, Origin>) -> Option<Problem> {
    let settings = &config.telemetry;
    let is_twice = !settings.headers_file.is_empty() && !settings.headers_environment.is_empty();
    let key = "telemetry.headers_environment";
    is_twice.then(|| Problem::Refused {
        origin: origins.get(key).cloned().unwrap_or(Origin::Default),
        key: key.to_owned(),
        given: "set beside telemetry.headers_file".to_owned(),
        expected: "one of the two".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment = environment
            .iter()
            .map(|(name, value)| (format!("PORTALGRAPH__TELEMETRY__{name}"), (*value).to_owned()));
        Config::load(None, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn a_collector_has_an_address_and_perhaps_a_path() {
        for (endpoint, expected) in [
            ("", None),
            ("http://127.0.0.1:4318", Some("http://127.0.0.1:4318/v1/traces")),
            ("https://collector.example.com/otlp/", Some("https://collector.example.com/otlp/v1/traces")),
        ] {
            let telemetry = load(&[("ENDPOINT", endpoint)]).unwrap().telemetry;
            assert_eq!(telemetry.traces_url().as_deref(), expected);
        }
        for endpoint in [
            "127.0.0.1:4318",
            "grpc://collector",
            "http://me:hunter2@collector",
            "https://collector/?key=hunter2",
            "https:collector",
        ] {
            let refusal = load(&[("ENDPOINT", endpoint)]).unwrap_err();
            assert!(refusal.contains("; expected where the collector takes"), "{refusal}");
            assert!(!refusal.contains("hunter2"), "{refusal}");
        }
    }

    #[test]
    fn headers_come_from_one_place() {
        assert!(load(&[("HEADERS_FILE", "a")]).is_ok() && load(&[("HEADERS_ENVIRONMENT", "B")]).is_ok());
        let refusal = load(&[("HEADERS_FILE", "a"), ("HEADERS_ENVIRONMENT", "B")]).unwrap_err();
        assert!(refusal.contains("telemetry.headers_environment is set beside"), "{refusal}");
    }

    #[test]
    fn a_share_is_of_a_thousand() {
        for share in ["0", "1", "1000"] {
            assert!(load(&[("SAMPLE_PER_THOUSAND", share)]).is_ok(), "{share}");
        }
        let refusal = load(&[("SAMPLE_PER_THOUSAND", "1001")]).unwrap_err();
        assert!(refusal.contains("expected a whole number from 0 to 1000"), "{refusal}");
    }
}
