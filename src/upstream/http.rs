//! The HTTP client every upstream is asked with.

use std::time::Duration;

/// A client for all sessions of one upstream, without a cookie store of its own and without redirects, so that no
/// session's state can reach another's call; fails if the TLS of the machine cannot be used.
pub fn client(
    connect_timeout: Duration,
    call_timeout: Duration,
    idle_connections: usize,
) -> Result<reqwest::Client, String> {
    // A second installation in one process is refused and harmless: the first one serves both.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "this is the one client the ban points to")]
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .timeout(call_timeout)
        .pool_max_idle_per_host(idle_connections)
        .tcp_nodelay(true)
        .referer(false)
        // A write is sent at most once; what may be asked again is decided above, where reads are known from writes.
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent(concat!("portalgraph/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.without_url().to_string())
}
