//! `portalgraph health`: a health check for containers, which have neither a shell nor a client of HTTP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::Args;
use reqwest::Url;

use super::failure::Failure;
use super::http::Scheme;
use super::{http, settings};

const EXAMPLES: &str = "\
Examples:
  portalgraph health
      Ask the gateway on this machine, at the address of `server.listen`, whether it lives.
  portalgraph health --config portalgraph.toml
      The same, where `server.listen` is set in a file.
  portalgraph health http://127.0.0.1:4000/health/ready
      Ask another page; any success counts.

With server.tls_certificate_file set, or at an https address, it asks within TLS, and does not verify the certificate: it asks \
whether the gateway answers, not who it is, and sends nothing but the page's path.

Exit status: 0 if the gateway is healthy, 1 if not.";

/// Ask a running gateway whether it is healthy.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The page to ask for; without it, /health/live at `server.listen`.
    url: Option<String>,
    /// The settings file the gateway was started with.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (scheme, address, path) = match &arguments.url {
        Some(url) => target(url)?,
        // A gateway that runs has accepted its settings: whatever is wrong with these, it is not healthy by them.
        None => match settings::load(arguments.config.as_deref()) {
            Ok(config) => {
                let scheme = if config.server.is_tls() { Scheme::UnverifiedHttps } else { Scheme::Http };
                (scheme, reachable(config.server.listen), "/health/live".to_owned())
            }
            Err(error) => return Err(Failure::Unhealthy(error.to_string())),
        },
    };
    let answer = http::get(scheme, address, &path);
    let answer = answer.map_err(|error| Failure::Unhealthy(format!("{address}: {error}")))?;
    match answer.status {
        200..=299 => Ok(()),
        status => Err(Failure::Unhealthy(format!("{address} answered {status}"))),
    }
}

/// Where a URL leads, and how.
fn target(url: &str) -> Result<(Scheme, SocketAddr, String), Failure> {
    let invalid =
        || Failure::Unhealthy(format!("{url} is not an address such as http://127.0.0.1:4000/health/live"));
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    let scheme = match parsed.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::UnverifiedHttps,
        _ => return Err(invalid()),
    };
    let host = parsed.host_str().ok_or_else(invalid)?.trim_matches(['[', ']']);
    let port = parsed.port_or_known_default().ok_or_else(invalid)?;
    let address =
        (host, port).to_socket_addrs().ok().and_then(|mut found| found.next()).ok_or_else(invalid)?;
    Ok((scheme, address, parsed.path().to_owned()))
}

/// A gateway that listens everywhere is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_that_listens_everywhere_is_asked_on_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:4000", "127.0.0.1:4000"),
            ("[::]:4000", "[::1]:4000"),
            ("127.0.0.2:80", "127.0.0.2:80"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }

    #[test]
    fn http_can_be_asked_with_tls_and_without() {
        for (url, expected) in [("http", Scheme::Http), ("https", Scheme::UnverifiedHttps)] {
            let (scheme, address, path) = target(&format!("{url}://[::1]:4000/health/ready")).unwrap();
            assert_eq!((scheme, address), (expected, "[::1]:4000".parse().unwrap()));
            assert_eq!(path, "/health/ready");
        }
        assert!(target("ftp://127.0.0.1:4000").is_err());
        assert!(target("127.0.0.1:4000").is_err());
    }
}
