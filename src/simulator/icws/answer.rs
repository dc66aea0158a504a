//! Answers: a status, headers and a body, among them every typed error.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::session::Missing;
use crate::simulator::faults::Fault;

pub(super) const COMMON: &str = "urn:inin.com:common:error";
pub(super) const MISSING_PROPERTY: &str = "urn:inin.com:common:missingPropertyError";
pub(super) const INVALID_PROPERTY: &str = "urn:inin.com:common:invalidPropertyError";
pub(super) const GET_OBJECT_LIST: &str = "urn:inin.com:configuration:getObjectListError";
pub(super) const CONFIGURATION: &str = "urn:inin.com:configuration:configurationError";
pub(super) const MALFORMED: &str = "error.request.invalidRepresentation.malformed";

const REALM: &str = r#"ICWS realm="ICWS" location="/ICWS/connection""#;

/// A whole answer; a refusal is one too.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

/// What an operation comes to.
pub(super) type Answered = Result<Answer, Answer>;

impl Answer {
    pub(super) fn new<T: Serialize>(status: u16, body: &T) -> Self {
        Self::of(status, serde_json::to_vec(body).unwrap_or_default())
    }

    /// An answer whose body is written already, or is none.
    pub(super) fn of(status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// An error of a type, with whatever that type adds.
    pub(super) fn error(status: u16, kind: &str, (id, message): (&str, &str), more: Value) -> Self {
        let mut body = Map::new();
        body.insert("__type".to_owned(), json!(kind));
        body.insert("errorId".to_owned(), json!(id));
        body.insert("message".to_owned(), json!(message));
        if let Value::Object(more) = more {
            body.extend(more);
        }
        Self::new(status, &body)
    }

    pub(super) fn common(status: u16, id: &str, message: &str) -> Self {
        Self::error(status, COMMON, (id, message), Value::Null)
    }

    pub(super) fn malformed(message: &str) -> Self {
        Self::common(400, MALFORMED, message)
    }

    /// The id of this error is inferred from that of its sibling, which clients compare with.
    pub(super) fn missing_property(name: &str) -> Self {
        let said = ("error.request.invalidRepresentation.missingProperty", "A property is missing.");
        Self::error(400, MISSING_PROPERTY, said, json!({ "propertyName": name }))
    }

    pub(super) fn invalid_property(name: &str) -> Self {
        let said = ("error.request.invalidRepresentation.invalidProperty", "A property is invalid.");
        Self::error(400, INVALID_PROPERTY, said, json!({ "propertyName": name }))
    }

    /// No session. Codes and messages were seen at a server; the error ids were not, and are inferred.
    pub(super) fn unauthorized(missing: Missing) -> Self {
        let (code, id, message) = match missing {
            Missing::Session => (1, "error.request.sessionNotFound", "This request requires a session ID!"),
            Missing::Token => (
                2,
                "error.request.tokenNotFound",
                "An authentication token was expected in the request, but not found.",
            ),
        };
        Self::error(401, COMMON, (id, message), json!({ "errorCode": code })).with(WWW_AUTHENTICATE, REALM)
    }

    /// Puts the answer on the wire, spoilt if that was asked for.
    pub(super) fn into_response(mut self, content_type: &str, spoil: Option<&Fault>) -> Response {
        match spoil {
            Some(Fault::Truncated) => self.body.truncate(self.body.len() / 2),
            Some(Fault::WrongType) => {
                if let Ok(mut value) = serde_json::from_slice(&self.body)
                    && break_value(&mut value)
                {
                    self.body = serde_json::to_vec(&value).unwrap_or_default();
                }
            }
            _ => {}
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let has_body = !self.body.is_empty();
        let mut response = (status, Body::from(self.body)).into_response();
        let headers = response.headers_mut();
        headers.remove(CONTENT_TYPE);
        let kind = has_body.then(|| (CONTENT_TYPE, content_type.to_owned()));
        for (name, value) in self.headers.into_iter().chain(kind) {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(name, value);
            }
        }
        response
    }
}

/// Makes the first value that is not nested an object; names-only answers have no number to break.
fn break_value(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().any(break_value),
        Value::Object(members) => members.iter_mut().any(|(_, value)| break_value(value)),
        scalar => {
            *scalar = json!({ "unexpected": true });
            true
        }
    }
}
