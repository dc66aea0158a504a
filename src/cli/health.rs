//! `portalgraph health`: a health check for containers, which have neither a shell nor a client of HTTP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::Args;
use reqwest::Url;

use super::failure::Failure;
use super::{http, settings};

const EXAMPLES: &str = "\
Examples:
  portalgraph health
      Ask the gateway on this machine, at the address of `server.listen`, whether it lives.
  portalgraph health --config portalgraph.toml
      The same, where `server.listen` is set in a file.
  portalgraph health http://127.0.0.1:4000/health/ready
      Ask another page; any success counts.

Exit status: 0 if the gateway is healthy, 1 if not.";

/// Ask a running gateway whether it is healthy.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The page to ask for, over plain HTTP; without it, /health/live at `server.listen`.
    url: Option<String>,
    /// The settings file the gateway was started with.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (address, path) = match &arguments.url {
        Some(url) => target(url)?,
        // A gateway that runs has accepted its settings: whatever is wrong with these, it is not healthy by them.
        None => match settings::load(arguments.config.as_deref()) {
            Ok(config) => (reachable(config.server.listen), "/health/live".to_owned()),
            Err(error) => return Err(Failure::Unhealthy(error.to_string())),
        },
    };
    let answer =
        http::get(address, &path).map_err(|error| Failure::Unhealthy(format!("{address}: {error}")))?;
    match answer.status {
        200..=299 => Ok(()),
        status => Err(Failure::Unhealthy(format!("{address} answered {status}"))),
    }
}

/// Where a URL of plain HTTP leads.
fn target(url: &str) -> Result<(SocketAddr, String), Failure> {
    let invalid =
        || Failure::Unhealthy(format!("{url} is not an address such as http://127.0.0.1:4000/health/live"));
    let parsed = Url::parse(url).ok().filter(|parsed| parsed.scheme() == "http").ok_or_else(invalid)?;
    let host = parsed.host_str().ok_or_else(invalid)?.trim_matches(['[', ']']);
    let port = parsed.port_or_known_default().ok_or_else(invalid)?;
    let address =
        (host, port).to_socket_addrs().ok().and_then(|mut found| found.next()).ok_or_else(invalid)?;
    Ok((address, parsed.path().to_owned()))
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
    fn only_plain_http_can_be_asked() {
        let (address, path) = target("http://[::1]:4000/health/ready").unwrap();
        assert_eq!((address, path.as_str()), ("[::1]:4000".parse().unwrap(), "/health/ready"));
        assert!(target("https://127.0.0.1:4000").is_err());
        assert!(target("127.0.0.1:4000").is_err());
    }
}
