//! `[server]`: the side that faces clients.

use std::net::SocketAddr;
use std::num::NonZero;
use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

use super::network::Network;

/// When the session cookie is Secure and carries the `__Host-` prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecureCookie {
    /// Unless the page is served over plain HTTP on loopback.
    Auto,
    /// Whatever the address.
    Always,
    /// Not even behind TLS.
    Never,
}

/// The side that faces clients.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The address to serve clients on.
    pub listen: SocketAddr,
    /// The certificate clients are shown, with those that lead to its authority, in PEM; empty for no TLS.
    pub tls_certificate_file: String,
    /// The key to it, in PEM.
    pub tls_key_file: String,
    /// For how long browsers are told to come by TLS alone, in seconds; 0 for not at all.
    pub hsts_max_age_seconds: u64,
    /// The address to serve metrics and health checks on; empty for none.
    pub operator_listen: String,
    /// The names of hosts by which browsers may reach the console there, beside addresses in numbers and `localhost`.
    pub operator_hosts: Vec<String>,
    /// Origins of front ends on other hosts whose scripts may ask, besides the gateway's own page.
    pub cors_origins: Vec<String>,
    /// How many threads serve clients; 0 for one a core.
    pub worker_threads: usize,
    /// The longest a request may take, in seconds.
    pub deadline_seconds: u64,
    /// The largest request body accepted, in bytes.
    pub max_body_bytes: usize,
    /// The largest head of a request accepted, in bytes.
    pub max_header_bytes: u32,
    /// The longest a client may take to send the head of a request, in seconds.
    pub header_timeout_seconds: u64,
    /// The longest a connection may stay open without a request, in seconds.
    pub idle_timeout_seconds: u64,
    /// How many connections of clients are open at once.
    pub max_connections: usize,
    /// How many requests are worked on at once.
    pub max_requests: usize,
    /// The longest a request waits for a place, in milliseconds.
    pub max_queue_milliseconds: u64,
    /// Whether the session cookie is Secure and has the __Host- prefix.
    pub secure_cookie: SecureCookie,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Server {
    /// How many threads serve clients.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.worker_threads {
            0 => available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        }
    }

    /// Whether clients are served over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        !self.tls_certificate_file.is_empty()
    }

    /// The scheme of the addresses clients use, if nothing stands in front.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_tls() { "https" } else { "http" }
    }

    /// Where the operator is served, if anywhere.
    #[must_use]
    pub fn operator_address(&self) -> Option<SocketAddr> {
        self.operator_listen.parse().ok()
    }
}
