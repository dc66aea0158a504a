//! Other hosts of the same ICWS, which a server names when it takes no connections. They are bare names: scheme and port
//! stay those of the settings, so that a password meant for TLS never travels without it.

use reqwest::Url;

/// How many hosts one connection tries at most, the first included.
pub(super) const MOST_HOSTS: usize = 8;

/// The hosts that one connection tries, each once.
pub(super) struct Hosts {
    known: Vec<Url>,
    tried: usize,
}

impl Hosts {
    /// Begins with the configured one.
    pub(super) fn new(configured: Url) -> Self {
        Self { known: vec![configured], tried: 0 }
    }

    /// The next host that was not tried.
    pub(super) fn next(&mut self) -> Option<Url> {
        let next = self.known.get(self.tried).cloned();
        self.tried += usize::from(next.is_some());
        next
    }

    /// Adds names; what is no bare name, is known or is one too many is left out.
    pub(super) fn add(&mut self, names: &[String]) {
        for name in names {
            let Some(url) = self.known.first().and_then(|configured| on(configured, name)) else { continue };
            if self.known.len() < MOST_HOSTS && !self.known.contains(&url) {
                self.known.push(url);
            }
        }
    }
}

/// The configured address on another host.
fn on(configured: &Url, name: &str) -> Option<Url> {
    let name = name.trim();
    let mut url = configured.clone();
    if let Ok(address) = name.trim_start_matches('[').trim_end_matches(']').parse() {
        url.set_ip_host(address).ok()?;
        return Some(url);
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let fits = (1..=253).contains(&name.len()) && name.bytes().all(is_plain);
    fits.then(|| url.set_host(Some(name)).ok().map(|()| url)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tried(names: &[&str]) -> Vec<String> {
        let mut hosts = Hosts::new("https://one.example.com:8019".parse().unwrap());
        hosts.add(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        std::iter::from_fn(|| hosts.next()).map(|url| url.to_string()).collect()
    }

    #[test]
    fn each_host_is_tried_once_with_the_scheme_and_port_of_the_settings() {
        let names = ["two", " ONE.example.com ", "Two", "10.0.0.7", "::1", "[::1]"];
        let expected =
            ["one.example.com", "two", "10.0.0.7", "[::1]"].map(|host| format!("https://{host}:8019/"));
        assert_eq!(tried(&names), expected);
    }

    #[test]
    fn what_is_no_bare_name_is_left_out() {
        for name in
            ["", "http://two", "two:80", "two/path", "me@two", "two?x", "a b", "two\\", &"a".repeat(254)]
        {
            assert_eq!(tried(&[name]).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_server_cannot_send_one_round_for_ever() {
        let names: Vec<_> = (0..1000).map(|number| format!("host{number}")).collect();
        assert_eq!(tried(&names.iter().map(String::as_str).collect::<Vec<_>>()).len(), MOST_HOSTS);
    }

    proptest! {
        #[test]
        fn no_name_changes_scheme_port_or_path(name in "\\PC{0,40}") {
            for url in tried(&[&name]) {
                prop_assert!(url.starts_with("https://") && url.ends_with(":8019/"), "{}", url);
            }
        }
    }
}
