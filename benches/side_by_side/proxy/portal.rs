//! The portal as the proxy asks it: one HTTP client with the gateway's settings, bodies written by hand.

use portalgraph::upstream::{Http, Patience, TlsFiles};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderValue, SET_COOKIE};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::super::world::{self, PASSWORD};

/// A session of the portal.
pub(super) struct Session {
    http: reqwest::Client,
    base: Url,
    cookie: HeaderValue,
    token: String,
}

/// Signs so many people in.
pub(super) async fn sign_in(portal: &str, people: usize) -> Vec<Arc<Session>> {
    let (connect, call) = (Duration::from_secs(3), Duration::from_secs(10));
    let patience = Patience { connect, call, idle_connections: 128 };
    let http = Http::new(patience, TlsFiles::default()).unwrap().here();
    let base = Url::parse(portal).unwrap();
    let mut sessions = Vec::with_capacity(people);
    for number in 0..people {
        let [name, password] = [&world::login(number), PASSWORD].map(|text| STANDARD.encode(text));
        let body = format!("{{\"username\":\"{name}\",\"password\":\"{password}\"}}");
        let mut url = base.clone();
        url.set_path("/portal/services/login/login");
        let request = http.post(url).header(CONTENT_TYPE, "application/json").body(body);
        let response = request.send().await.unwrap();
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().parse().unwrap();
        let reply: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        let token = reply["userToken"].as_str().unwrap().to_owned();
        sessions.push(Arc::new(Session { http: http.clone(), base: base.clone(), cookie, token }));
    }
    sessions
}

impl Session {
    /// Asks an operation, with the fields of its body after the token.
    pub(super) async fn ask(&self, operation: &str, fields: &str) -> Bytes {
        let mut url = self.base.clone();
        url.set_path(&format!("/portal/services/protected/{operation}"));
        let body = format!("{{\"authToken\":\"{}\"{fields}}}", self.token);
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(COOKIE, self.cookie.clone())
            .body(body);
        request.send().await.unwrap().bytes().await.unwrap()
    }
}

/// Reads an answer, borrowing from it.
pub(super) fn read<'a, T: Deserialize<'a>>(answer: &'a Bytes) -> T {
    serde_json::from_slice(answer).unwrap()
}

/// A text of an answer, borrowed wherever it has no escapes.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Cow<'de, str>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}
