//! How a session travels: a bearer token, or a cookie that only the gateway reads. Service tokens come as bearer tokens too,
//! or as the password of basic authentication, and never in a cookie.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, COOKIE, HOST};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::refusal::{BAD_USER_INPUT, Refusal, UNAUTHENTICATED};
use crate::config::{self, SecureCookie};
use crate::session::TokenHash;

/// What is asked of who sent basic authentication without a service token.
pub(super) const BASIC: &str = "Basic realm=\"portalgraph\", charset=\"UTF-8\"";

/// What a request shows to prove its session; no `Debug`, so that it cannot be logged.
#[derive(Clone, Copy)]
pub(super) enum Proof<'a> {
    /// Nothing: login, introspection and the like need none.
    Nothing,
    /// A token from a client that keeps it itself.
    Bearer(&'a str),
    /// A token a browser sent along, whoever made it send the request.
    Cookie(&'a str),
    /// A service token, as a bearer token.
    Service(TokenHash),
    /// A service token, as the password of basic authentication, which browsers may send unasked.
    Basic(TokenHash),
}

impl<'a> Proof<'a> {
    /// The proof in these headers; `Authorization` goes before a cookie.
    pub(super) fn of(headers: &'a HeaderMap, cookie: SessionCookie) -> Result<Self, Refusal> {
        if headers.contains_key(AUTHORIZATION) {
            return authorization(headers);
        }
        let pairs =
            headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(';'));
        let mut ours = pairs
            .filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
            .filter(|(name, _)| *name == cookie.name())
            .map(|(_, value)| value);
        match (ours.next(), ours.next()) {
            // An emptied cookie is no cookie.
            (None | Some(""), None) => Ok(Self::Nothing),
            (Some(token), None) if is_token(token) => Ok(Self::Cookie(token)),
            (Some(_), None) => Err(Refusal::malformed(format!("The cookie {} is malformed.", cookie.name()))),
            // Which of them is genuine cannot be told: another site of the same domain may have set one.
            (_, Some(_)) => {
                Err(Refusal::malformed(format!("The cookie {} was sent more than once.", cookie.name())))
            }
        }
    }

    /// The session's token, however it came.
    pub(super) fn token(self) -> Option<&'a str> {
        match self {
            Self::Nothing | Self::Service(_) | Self::Basic(_) => None,
            Self::Bearer(token) | Self::Cookie(token) => Some(token),
        }
    }
}

/// Reads `Authorization: Bearer …` or `Basic …` with the statuses RFC 6750 and RFC 9110 give what it is not.
fn authorization(headers: &HeaderMap) -> Result<Proof<'_>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(malformed_bearer("Send one Authorization header, not several."));
    };
    let (scheme, token) = value.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("basic") {
        return basic(token).map(Proof::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") && !value.as_bytes().eq_ignore_ascii_case(b"bearer") {
        let message =
            "Authorization must be `Bearer` and a token of this gateway: no other scheme is accepted.";
        return Err(Refusal::of_http(StatusCode::UNAUTHORIZED, UNAUTHENTICATED, message)
            .with_header("www-authenticate", "Bearer"));
    }
    if !is_token(token) {
        return Err(malformed_bearer("Authorization must be `Bearer`, one space and the token."));
    }
    Ok(TokenHash::of(token).map_or(Proof::Bearer(token), Proof::Service))
}

/// The service token that stands as the password of basic authentication, whatever the user name.
fn basic(credentials: &str) -> Result<TokenHash, Refusal> {
    let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let password = decoded.as_deref().and_then(|text| text.split_once(':')).map(|(_, password)| password);
    password.and_then(TokenHash::of).ok_or_else(|| {
        let message = "Basic authentication takes a service token of this gateway as its password, with any user name. \
            People sign in with the login mutation.";
        Refusal::of_http(StatusCode::UNAUTHORIZED, UNAUTHENTICATED, message).with_header("www-authenticate", BASIC)
    })
}

fn malformed_bearer(message: &str) -> Refusal {
    Refusal::of_http(StatusCode::BAD_REQUEST, BAD_USER_INPUT, message)
        .with_header("www-authenticate", "Bearer error=\"invalid_request\"")
}

/// The `b64token` of RFC 6750.
fn is_token(text: &str) -> bool {
    let stem = text.trim_end_matches('=');
    !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// The cookie as one request gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionCookie {
    /// With TLS: `__Host-` makes browsers insist on Secure, on this very host and on all paths.
    Secure,
    /// Without TLS.
    Plain,
}

impl SessionCookie {
    /// The cookie for a request to this host.
    pub(super) fn of(settings: &config::Server, host: Option<&Authority>) -> Self {
        match settings.secure_cookie {
            SecureCookie::Never => Self::Plain,
            SecureCookie::Auto if !settings.is_tls() && host.is_some_and(is_loopback) => Self::Plain,
            SecureCookie::Auto | SecureCookie::Always => Self::Secure,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-portalgraph",
            Self::Plain => "portalgraph",
        }
    }

    /// Hands the token to the browser.
    pub(super) fn issue(self, token: &str, max_age: Duration) -> Option<HeaderValue> {
        let secure = if self == Self::Secure { "; Secure" } else { "" };
        let (name, seconds) = (self.name(), max_age.as_secs());
        let cookie = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        })
    }

    /// Makes the browser forget it.
    pub(super) fn expire(self) -> Option<HeaderValue> {
        self.issue("", Duration::ZERO)
    }
}

/// The host the client asked for: `:authority` in HTTP/2, else `Host`.
pub(super) fn host_of(parts: &Parts) -> Option<Authority> {
    let header = || parts.headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    parts.uri.authority().cloned().or_else(header)
}

fn is_loopback(host: &Authority) -> bool {
    let name = host.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(pairs: &[(&'static str, &'static str)]) -> Result<String, StatusCode> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        match Proof::of(&headers, SessionCookie::Plain) {
            Ok(Proof::Nothing) => Ok("nothing".into()),
            Ok(Proof::Bearer(token)) => Ok(format!("bearer {token}")),
            Ok(Proof::Cookie(token)) => Ok(format!("cookie {token}")),
            Ok(Proof::Service(hash)) => Ok(format!("service {hash}")),
            Ok(Proof::Basic(hash)) => Ok(format!("basic {hash}")),
            Err(refusal) => Err(refusal.status),
        }
    }

    #[test]
    fn a_token_comes_from_the_authorization_header_or_else_from_the_cookie() {
        assert_eq!(proof(&[]).unwrap(), "nothing");
        assert_eq!(proof(&[("authorization", "bearer aB-_9=")]).unwrap(), "bearer aB-_9=");
        assert_eq!(proof(&[("cookie", "a=b; portalgraph=t1; c=\"d")]).unwrap(), "cookie t1");
        assert_eq!(proof(&[("cookie", "a=b"), ("cookie", "portalgraph=t1")]).unwrap(), "cookie t1");
        assert_eq!(
            proof(&[("cookie", "portalgraph=t1"), ("authorization", "Bearer t2")]).unwrap(),
            "bearer t2"
        );
        for no_cookie_of_ours in
            ["portalgraph=", "Portalgraph=t", "xportalgraph=t", "__Host-portalgraph=t", "portalgraph"]
        {
            assert_eq!(proof(&[("cookie", no_cookie_of_ours)]).unwrap(), "nothing", "{no_cookie_of_ours}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_refused() {
        for value in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer ="] {
            assert_eq!(proof(&[("authorization", value)]), Err(StatusCode::BAD_REQUEST), "{value}");
        }
        for value in ["Basic YTpi", "", "token", "Bearertoken", "Bearer\ttoken"] {
            assert_eq!(proof(&[("authorization", value)]), Err(StatusCode::UNAUTHORIZED), "{value}");
        }
        let twice = [("authorization", "Bearer a"), ("authorization", "Bearer a")];
        assert_eq!(proof(&twice), Err(StatusCode::BAD_REQUEST));
        for value in
            ["portalgraph=a; portalgraph=b", "portalgraph=\"a\"", "portalgraph=a b", "portalgraph=a,b"]
        {
            assert_eq!(proof(&[("cookie", value)]), Err(StatusCode::BAD_REQUEST), "{value}");
        }
    }

    #[test]
    fn the_cookie_is_secure_except_on_loopback() {
        let mut settings = config::Config::default().server;
        let cookie = |host: &str| SessionCookie::of(&settings, Some(&host.parse().unwrap()));
        for host in ["localhost:4000", "LOCALHOST", "127.0.0.1:80", "127.8.8.8", "[::1]:4000"] {
            assert_eq!(cookie(host), SessionCookie::Plain, "{host}");
        }
        for host in [
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "[::2]",
            "128.0.0.1",
        ] {
            assert_eq!(cookie(host), SessionCookie::Secure, "{host}");
        }
        assert_eq!(SessionCookie::of(&settings, None), SessionCookie::Secure);
        settings.tls_certificate_file = "certificate.pem".to_owned();
        let local = "localhost".parse().unwrap();
        assert_eq!(SessionCookie::of(&settings, Some(&local)), SessionCookie::Secure);
        let issued = SessionCookie::Secure.issue("t", Duration::from_mins(1)).unwrap();
        assert_eq!(issued, "__Host-portalgraph=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(
            SessionCookie::Plain.expire().unwrap(),
            "portalgraph=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }
}
