//! `[server]`: the side that faces clients.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

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
    /// The address to serve metrics and health checks on; empty for none.
    pub operator_listen: String,
    /// The longest a request may take, in seconds.
    pub deadline_seconds: u64,
    /// The largest request body accepted, in bytes.
    pub max_body_bytes: usize,
    /// Whether the session cookie is Secure and has the __Host- prefix.
    pub secure_cookie: SecureCookie,
}

impl Server {
    /// Where the operator is served, if anywhere.
    #[must_use]
    pub fn operator_address(&self) -> Option<SocketAddr> {
        self.operator_listen.parse().ok()
    }
}
