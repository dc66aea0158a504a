//! What proves a portal session: the JSESSIONID cookie and the token; and the one place that puts them on a request.

use reqwest::RequestBuilder;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::operation::Authentication;
use crate::config::AuthTokenMode;
use crate::upstream::Secret;

const COOKIE_NAME: &str = "JSESSIONID";

/// A portal session's cookie and token. Held by the gateway session, never by a client.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Credentials {
    cookie: Secret,
    token: Option<Secret>,
}

impl Credentials {
    /// A session that has a cookie and, once a tenant is entered, a token.
    #[must_use]
    pub fn new(cookie: Secret, token: Option<Secret>) -> Self {
        Self { cookie, token }
    }

    /// The same session with the token a later step gave it, and its cookie where the portal renewed it.
    #[must_use]
    pub fn renewed(self, cookie: Option<Secret>, token: Option<Secret>) -> Self {
        Self { cookie: cookie.unwrap_or(self.cookie), token: token.or(self.token) }
    }

    /// The token so far.
    #[must_use]
    pub fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// Puts the cookie on a request, and the token into a header where the settings name one.
    pub(super) fn sign(&self, request: RequestBuilder, token_header: &str) -> RequestBuilder {
        let request = match &self.token {
            Some(token) if !token_header.is_empty() => match HeaderValue::from_str(token.expose()) {
                Ok(mut value) => {
                    value.set_sensitive(true);
                    request.header(token_header, value)
                }
                Err(_) => request,
            },
            _ => request,
        };
        let cookie = format!("{COOKIE_NAME}={}", self.cookie.expose());
        match HeaderValue::from_str(&cookie) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header(COOKIE, value)
            }
            Err(_) => request,
        }
    }

    /// Puts the token into a body, where the operation and the settings want it.
    pub(super) fn fill(
        &self,
        body: &mut Map<String, Value>,
        authentication: Authentication,
        mode: AuthTokenMode,
    ) {
        let wanted = match authentication {
            Authentication::None | Authentication::Cookie => false,
            Authentication::CookieAndToken { documented } => documented || mode == AuthTokenMode::Always,
        };
        if let (true, Some(token)) = (wanted, &self.token) {
            body.insert("authToken".to_owned(), Value::String(token.expose().to_owned()));
        }
    }
}

/// The session cookie among a reply's headers, whatever its status; `None` if it sets none or deletes it.
pub(super) fn cookie_of(headers: &HeaderMap) -> Option<Secret> {
    headers.get_all(SET_COOKIE).iter().rev().find_map(|header| {
        let (name, value) = header.to_str().ok()?.split(';').next()?.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim() == COOKIE_NAME && !value.is_empty()).then(|| Secret::new(value))
    })
}
