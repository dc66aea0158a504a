//! Refuses what another site makes a browser send with the session's cookie, beside what `SameSite` and preflights refuse.

use axum::http::header::{HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use super::refusal::{FORBIDDEN, Refusal};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// A header no site can send to another without a preflight, which is never granted.
pub(super) const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// The address the gateway itself has for a client.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    /// The host it is asked as.
    pub(super) host: Option<&'a Authority>,
    /// Whether it serves TLS: then no page over plain HTTP is its own. Behind a proxy it does not know the scheme.
    pub(super) is_tls: bool,
}

/// Refuses a request with the session's cookie that does not come from the gateway's own page. `Sec-Fetch-Site` is the
/// browser's own word, so it decides where it is there: behind a proxy that rewrites `Host` the origin cannot be compared.
/// Front ends elsewhere that the settings list ask as the own page does.
pub(super) fn require_own(parts: &Parts, own: Own<'_>, listed: &[String]) -> Result<(), Refusal> {
    if is_own(parts, own) || is_listed(parts, listed) {
        return Ok(());
    }
    let message = "A request with the session's cookie must come from the gateway's own page, or from one of \
        server.cors_origins. Elsewhere send the token as `Authorization: Bearer`; a GET from a program needs the header \
        X-Requested-With.";
    Err(Refusal::of_http(StatusCode::FORBIDDEN, FORBIDDEN, message))
}

/// Refuses a request with basic authentication that a browser sends for another site, as it does once it knows the
/// password; programs name no site.
pub(super) fn refuse_foreign(parts: &Parts, own: Own<'_>) -> Result<(), Refusal> {
    if !is_foreign(parts, own) {
        return Ok(());
    }
    let message = "A browser sent this with basic authentication for another site. Send the service token as \
        `Authorization: Bearer`.";
    Err(Refusal::of_http(StatusCode::FORBIDDEN, FORBIDDEN, message))
}

/// Whether a browser says that it asks for another site's page; programs name no site.
pub(super) fn is_foreign(parts: &Parts, own: Own<'_>) -> bool {
    let names_site = parts.headers.contains_key(SEC_FETCH_SITE) || parts.headers.contains_key(ORIGIN);
    names_site && !is_own(parts, own)
}

/// Whether a browser says that it asks for a page of a listed origin.
fn is_listed(parts: &Parts, listed: &[String]) -> bool {
    text(&parts.headers, &ORIGIN).is_some_and(|origin| listed.iter().any(|listed| listed == origin))
}

fn is_own(parts: &Parts, own: Own<'_>) -> bool {
    match text(&parts.headers, &SEC_FETCH_SITE) {
        Some("same-origin" | "none") => true,
        Some("same-site") => text(&parts.headers, &ORIGIN).is_some_and(|origin| is_same(origin, own)),
        Some(_) => false,
        None => match text(&parts.headers, &ORIGIN) {
            Some(origin) => is_same(origin, own),
            // Not a browser of this decade; without a JSON body a plain link could still have sent it.
            None => parts.method == Method::POST || parts.headers.contains_key(X_REQUESTED_WITH),
        },
    }
}

/// The header as text; one that is not text or comes twice is as good as a foreign one.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    Some(if values.next().is_some() { "" } else { value.to_str().unwrap_or_default() })
}

fn is_same(origin: &str, Own { host, is_tls }: Own<'_>) -> bool {
    let (Ok(origin), Some(host)) = (origin.parse::<Uri>(), host) else { return false };
    let (Some(scheme), Some(authority)) = (origin.scheme_str(), origin.authority()) else { return false };
    let default_port = if scheme == "https" { 443 } else { 80 };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(default_port);
    let is_scheme = !is_tls || scheme == "https";
    is_scheme && authority.host().eq_ignore_ascii_case(host.host()) && port(authority) == port(host)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn passes(method: Method, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let listed = ["https://desk.example".to_owned()];
        let own = Own { host: Some(&"gate.example:4000".parse().unwrap()), is_tls: false };
        require_own(&parts, own, &listed).is_ok()
    }

    #[test]
    fn the_own_page_passes_and_other_sites_do_not() {
        let own = "http://gate.example:4000";
        assert!(passes(Method::POST, &[("origin", own)]));
        assert!(passes(Method::POST, &[("origin", own), ("sec-fetch-site", "same-origin")]));
        assert!(passes(Method::POST, &[]));
        assert!(passes(Method::GET, &[("sec-fetch-site", "none")]));
        assert!(passes(Method::GET, &[("x-requested-with", "curl")]));
        for foreign in [
            &[("sec-fetch-site", "cross-site")] as &[_],
            &[("sec-fetch-site", "cross-site"), ("origin", own)],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://other.gate.example:4000")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
            &[("origin", "http://evil.example")],
            &[("origin", "http://gate.example")],
            &[("origin", "http://gate.example:4000.evil.example")],
            &[("origin", "null")],
            &[("origin", "")],
        ] {
            assert!(!passes(Method::POST, foreign), "{foreign:?}");
        }
        assert!(!passes(Method::GET, &[]));
    }

    #[test]
    fn a_listed_origin_passes_to_the_letter() {
        let site = ("sec-fetch-site", "cross-site");
        assert!(passes(Method::POST, &[site, ("origin", "https://desk.example")]));
        for other in
            ["http://desk.example", "https://desk.example:8443", "https://desk.example.evil", "null", ""]
        {
            assert!(!passes(Method::POST, &[site, ("origin", other)]), "{other}");
        }
        let twice = [("origin", "https://desk.example"), ("origin", "https://desk.example")];
        assert!(!passes(Method::POST, &twice));
    }

    #[test]
    fn a_default_port_need_not_be_written() {
        let is_own = |origin: &str, host: &str, is_tls| {
            is_same(origin, Own { host: Some(&host.parse().unwrap()), is_tls })
        };
        for is_tls in [false, true] {
            assert!(is_own("https://gate.example", "Gate.Example", is_tls));
            assert!(is_own("https://gate.example", "gate.example:443", is_tls));
            assert!(!is_own("http://gate.example", "gate.example:443", is_tls));
            assert!(!is_same("https://gate.example", Own { host: None, is_tls }));
            assert_eq!(is_own("http://gate.example", "gate.example", is_tls), !is_tls);
        }
    }
}
