//! Whether the upstream can be reached, for the readiness check: one look at a time, and not again for a while, however many
//! ask; and only when several in a row fail is it gone, so that one lost packet takes no gateway out of service.

use std::time::Duration;

use reqwest::Url;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::config::Config;

/// How long a look is good for.
const KEPT: Duration = Duration::from_secs(2);

/// How long a look may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// After so many failed looks in a row it is gone.
const FAILURES: u32 = 3;

/// Whether the upstream can be reached.
pub(super) struct Reachability {
    upstream: Option<(&'static str, String, u16)>,
    looked: Mutex<Looked>,
}

#[derive(Default)]
struct Looked {
    at: Option<Instant>,
    failures: u32,
}

impl Reachability {
    /// Of the portal; of ICWS, if there is no portal.
    pub(super) fn new(config: &Config) -> Self {
        let parsed = |setting, url: &str| {
            let url = Url::parse(url).ok()?;
            Some((setting, url.host_str()?.trim_matches(['[', ']']).to_owned(), url.port_or_known_default()?))
        };
        let portal = parsed("the portal (portal.url)", &config.portal.url);
        let upstream = portal.or_else(|| parsed("ICWS (icws.url)", &config.icws.url));
        Self { upstream, looked: Mutex::default() }
    }

    /// What has not taken a connection for several looks, if anything.
    pub(super) async fn gone(&self) -> Option<&'static str> {
        let (name, host, port) = self.upstream.as_ref()?;
        let mut looked = self.looked.lock().await;
        if looked.at.is_none_or(|at| at.elapsed() >= KEPT) {
            let connected = timeout(PATIENCE, TcpStream::connect((host.as_str(), *port))).await;
            let is_there = matches!(connected, Ok(Ok(_)));
            looked.failures = if is_there { 0 } else { looked.failures.saturating_add(1) };
            looked.at = Some(Instant::now());
        }
        (looked.failures >= FAILURES).then_some(*name)
    }
}
