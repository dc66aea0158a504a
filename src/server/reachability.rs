//! Whether the upstream can be reached, for the readiness check: one look at a time, and not again for a while, however many
//! ask; and only when several in a row fail is it gone, so that one lost packet takes no gateway out of service.

use std::time::Duration;

use reqwest::Url;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::config::Config;
use crate::graph::Gateway;
use crate::upstream::{Closed, Http};

/// How long a look is good for.
const KEPT: Duration = Duration::from_secs(2);

/// How long a look may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// After so many failed looks in a row it is gone.
const FAILURES: u32 = 3;

/// Whether the upstream can be reached.
pub(super) struct Reachability {
    upstream: Option<(&'static str, Url, Http)>,
    looked: Mutex<Looked>,
}

#[derive(Default)]
struct Looked {
    at: Option<Instant>,
    failures: u32,
    /// What is wrong with its TLS, by the last look.
    reason: Option<&'static str>,
}

impl Reachability {
    /// Of the portal; of ICWS, if there is no portal.
    pub(super) fn new(config: &Config, gateway: &Gateway) -> Self {
        let parsed =
            |setting, url: &str, http: Option<&Http>| Some((setting, Url::parse(url).ok()?, http?.clone()));
        let (portal, icws) = gateway.clients();
        let portal = parsed("the portal (portal.url)", &config.portal.url, portal);
        let upstream = portal.or_else(|| parsed("ICWS (icws.url)", &config.icws.url, icws));
        Self { upstream, looked: Mutex::default() }
    }

    /// What has not taken a connection for several looks, if anything, and why if its TLS is the reason.
    pub(super) async fn gone(&self) -> Option<(&'static str, Option<&'static str>)> {
        let (name, url, http) = self.upstream.as_ref()?;
        let mut looked = self.looked.lock().await;
        if looked.at.is_none_or(|at| at.elapsed() >= KEPT) {
            let greeted = http.greet(url, PATIENCE).await;
            looked.failures = if greeted.is_ok() { 0 } else { looked.failures.saturating_add(1) };
            looked.reason = match greeted {
                Err(Closed::Tls(reason)) => Some(reason),
                Ok(()) | Err(Closed::Unreachable) => None,
            };
            looked.at = Some(Instant::now());
        }
        (looked.failures >= FAILURES).then_some((*name, looked.reason))
    }
}
