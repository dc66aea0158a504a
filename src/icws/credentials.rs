//! What proves an ICWS session, and where it lives: its host, its id, its token and its cookies.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::jar::Jar;
use crate::upstream::Secret;

/// The header that carries a session's token, in answers and in requests.
pub(super) const CSRF_TOKEN: HeaderName = HeaderName::from_static("inin-icws-csrf-token");

/// The header of an answer that carries a session's id.
pub(super) const SESSION_ID: HeaderName = HeaderName::from_static("inin-icws-session-id");

/// An ICWS session's id, token and cookies, and the host it lives on. Clones are one session: its cookies change as
/// answers set them.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "Proof", into = "Proof")]
pub struct Credentials {
    origin: Url,
    session_id: Secret,
    token: Secret,
    jar: Arc<Mutex<Jar>>,
}

impl Credentials {
    /// A session on a host; `None` if its id cannot stand in a path or its token in a header.
    pub(super) fn new(origin: Url, session_id: &str, token: &str, jar: Jar) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = (1..=256).contains(&session_id.len()) && session_id.bytes().all(is_plain);
        let is_token = !token.is_empty() && HeaderValue::from_str(token).is_ok();
        (fits && is_token).then(|| Self {
            origin,
            session_id: Secret::new(session_id),
            token: Secret::new(token),
            jar: Arc::new(Mutex::new(jar)),
        })
    }

    /// The address of something in the session.
    pub(super) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.origin.clone();
        url.set_path(&format!("/icws/{}/{}", self.session_id.expose(), path.join("/")));
        url
    }

    /// The headers that prove the session to an address.
    pub(super) fn headers(&self, url: &Url) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(mut token) = HeaderValue::from_str(self.token.expose()) {
            token.set_sensitive(true);
            headers.insert(CSRF_TOKEN, token);
        }
        let jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        headers.extend(jar.header(url.path(), Timestamp::now()).map(|cookies| (COOKIE, cookies)));
        headers
    }

    /// Takes the cookies an answer sets.
    pub(super) fn take(&self, headers: &HeaderMap, url: &Url) {
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        jar.update(headers, url.path(), Timestamp::now());
    }
}

/// The same as it is sealed for other replicas.
#[derive(Deserialize, Serialize)]
struct Proof {
    origin: String,
    session_id: Secret,
    token: Secret,
    jar: Jar,
}

impl From<Credentials> for Proof {
    fn from(credentials: Credentials) -> Self {
        Self {
            origin: credentials.origin.into(),
            session_id: credentials.session_id,
            token: credentials.token,
            jar: credentials.jar.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

impl TryFrom<Proof> for Credentials {
    type Error = &'static str;

    fn try_from(proof: Proof) -> Result<Self, Self::Error> {
        let origin = Url::parse(&proof.origin).ok();
        let read = origin
            .and_then(|origin| Self::new(origin, proof.session_id.expose(), proof.token.expose(), proof.jar));
        read.ok_or("no ICWS session")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[an ICWS session]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: &str, token: &str) -> Option<Credentials> {
        Credentials::new("https://icws.example.com:8019".parse().unwrap(), id, token, Jar::default())
    }

    #[test]
    fn a_session_is_addressed_below_its_id() {
        let url = session("12-a_B", "t").unwrap().url(&["configuration", "roles"]);
        assert_eq!(url.as_str(), "https://icws.example.com:8019/icws/12-a_B/configuration/roles");
    }

    #[test]
    fn an_id_that_would_lead_elsewhere_is_no_session() {
        for id in ["", "..", ".", "a/b", "a?b", "a b", "%2e%2e", &"1".repeat(257)] {
            assert!(session(id, "t").is_none(), "{id}");
        }
        assert!(session("1", "").is_none() && session("1", "a\r\nb: c").is_none());
    }

    #[test]
    fn nothing_of_a_session_is_printed() {
        let session = session("marker", "marker").unwrap();
        let url = session.url(&[]);
        assert!(!format!("{session:?} {:?}", session.headers(&url)).contains("marker"));
    }
}
