//! Who may look at the console: a browser that asks for the console's own page, by an address that no other site can take.
//!
//! The listener asks for no proof, so a page of another site, open in an operator's browser, must not be able to ask in
//! their place. Browsers hide answers from other origins by themselves; a site that gives its own name the gateway's
//! address (DNS rebinding) would be no other origin, but its name stands in `Host`.

use std::net::IpAddr;

use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;

use crate::server::origin::{Own, is_foreign};
use crate::server::refusal::{FORBIDDEN, Refusal};

/// Refuses a request by a name that the settings do not list.
pub(super) fn require_known_host(parts: &Parts, listed: &[String]) -> Result<(), Refusal> {
    if authority(parts).is_some_and(|authority| is_known(&authority, listed)) {
        return Ok(());
    }
    let message = "The console answers to an address in numbers, to localhost, and to the names in server.operator_hosts. \
        Open it by one of these, or list the name.";
    Err(Refusal::of_http(StatusCode::FORBIDDEN, FORBIDDEN, message))
}

/// Refuses what a browser sends for the page of another site.
pub(super) fn refuse_foreign(parts: &Parts) -> Result<(), Refusal> {
    let authority = authority(parts);
    if !is_foreign(parts, Own { host: authority.as_ref(), is_tls: false }) {
        return Ok(());
    }
    let message = "A browser sent this for the page of another site; the console's state is for its own page and for programs.";
    Err(Refusal::of_http(StatusCode::FORBIDDEN, FORBIDDEN, message))
}

/// Where the client takes itself to be; nothing if it says so twice, or not at all.
fn authority(parts: &Parts) -> Option<Authority> {
    if let Some(authority) = parts.uri.authority() {
        return Some(authority.clone());
    }
    let mut hosts = parts.headers.get_all(HOST).iter();
    let host = hosts.next()?.to_str().ok()?.parse().ok()?;
    hosts.next().is_none().then_some(host)
}

fn is_known(authority: &Authority, listed: &[String]) -> bool {
    let host = authority.host();
    let is_number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    let is_own = host.eq_ignore_ascii_case("localhost");
    is_number || is_own || listed.iter().any(|listed| listed.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().uri("/console/state.json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_addresses_that_no_other_site_can_have_are_answered() {
        let listed = ["gateway.internal".to_owned()];
        let is_answered = |host| require_known_host(&parts(&[("host", host)]), &listed).is_ok();
        for own in
            ["127.0.0.1:9464", "10.1.2.3", "[::1]:9464", "localhost:9464", "LocalHost", "Gateway.Internal:80"]
        {
            assert!(is_answered(own), "{own}");
        }
        for other in
            ["evil.example:9464", "localhost.evil.example", "127.0.0.1.evil.example", "internal", "", "a b"]
        {
            assert!(!is_answered(other), "{other}");
        }
        assert!(require_known_host(&parts(&[]), &listed).is_err());
        let twice = [("host", "127.0.0.1"), ("host", "127.0.0.1")];
        assert!(require_known_host(&parts(&twice), &listed).is_err());
    }

    #[test]
    fn a_program_and_the_own_page_are_answered_and_other_sites_are_not() {
        let host = ("host", "127.0.0.1:9464");
        let is_answered = |headers: &[_]| refuse_foreign(&parts(&[&[host], headers].concat())).is_ok();
        for own in [
            &[] as &[_],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://127.0.0.1:9464")],
        ] {
            assert!(is_answered(own), "{own:?}");
        }
        for foreign in [
            &[("sec-fetch-site", "cross-site")] as &[_],
            &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:4000")],
            &[("origin", "http://127.0.0.1:4000")],
            &[("origin", "null")],
        ] {
            assert!(!is_answered(foreign), "{foreign:?}");
        }
    }
}
