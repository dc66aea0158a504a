//! Turns what happened into an HTTP answer: status by media type, a code and the request id in every error.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Response as Executed, ServerError, Value};
use axum::body::Body as Payload;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use super::age::Age;
use super::body::Body;
use super::encoding::Takes;
use super::etag;
use super::media_type::MediaType;
use super::refusal::{
    BAD_USER_INPUT, GRAPHQL_VALIDATION_FAILED, INTERNAL, INTERNAL_MESSAGE, QUERY_TOO_COSTLY, Refusal,
    status_of,
};
use super::request_id::RequestId;
use crate::graph::{Code, write_whole};

/// Answers with more values than this are written off the runtime's threads, so that others' answers do not wait.
const WRITE_ASIDE_VALUES: usize = 5_000;

/// How many headers an answer has at most, but for rare ones.
const MOST_HEADERS: usize = 12;

/// How many of a document's faults are told at once; who made so many by accident does not read them all.
const MAX_REQUEST_ERRORS: usize = 100;

/// What an answer to a query depends on beside its address.
const VARIES: HeaderValue = HeaderValue::from_static(
    "accept, accept-encoding, authorization, cookie, portalgraph-cost, portalgraph-explain",
);

/// The body.
struct Answer {
    errors: Vec<ServerError>,
    /// Absent, not null, when nothing was executed.
    data: Option<Value>,
    extensions: BTreeMap<String, Value>,
}

impl Answer {
    /// The JSON, with its members in the order the specification recommends.
    fn write(self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = Vec::with_capacity(256);
        let mut before = b'{';
        if !self.errors.is_empty() {
            json.extend_from_slice(b"{\"errors\":");
            serde_json::to_writer(&mut json, &self.errors)?;
            before = b',';
        }
        if let Some(data) = self.data {
            json.push(before);
            json.extend_from_slice(b"\"data\":");
            write_whole(data, &mut json);
            before = b',';
        }
        if !self.extensions.is_empty() {
            json.push(before);
            json.extend_from_slice(b"\"extensions\":");
            serde_json::to_writer(&mut json, &self.extensions)?;
            before = b',';
        }
        if before == b'{' {
            json.push(b'{');
        }
        json.push(b'}');
        Ok(json)
    }
}

/// What the engine did, written down.
pub(super) struct Written {
    pub(super) body: Arc<Body>,
    /// Whether it has no errors.
    pub(super) is_faultless: bool,
    /// Whether it says something of the session that asked, or of a failure.
    pub(super) is_particular: bool,
    /// How old it is; `None` if it is made of nothing that was read.
    pub(super) age: Option<Age>,
    /// The status of `application/graphql-response+json`.
    status: StatusCode,
}

impl Written {
    /// The answer to a mutation. It may hold a session's token beside what the client sent, so it is never packed: its
    /// length would tell something of the token.
    pub(super) fn of_mutation(&self, media: MediaType) -> Response {
        respond(self.status_for(media), media, self.body.plain.clone())
    }

    /// The answer to a query, packed as the client takes it.
    pub(super) async fn of_query(
        &self,
        media: MediaType,
        (parts, browser_seconds): (&Parts, u64),
    ) -> Response {
        if self.is_faultless {
            return succeeded((&self.body, self.age), media, (parts, browser_seconds)).await;
        }
        packed(&self.body, (self.status_for(media), media), parts).await
    }

    /// Whether anything was executed for it.
    pub(super) fn is_executed(&self) -> bool {
        self.status == StatusCode::OK
    }

    fn status_for(&self, media: MediaType) -> StatusCode {
        if media == MediaType::GraphqlResponse { self.status } else { StatusCode::OK }
    }
}

/// The answer to a query that has no errors; to a GET with its age and a tag, and without a body if it names the tag.
pub(super) async fn succeeded(
    (body, age): (&Arc<Body>, Option<Age>),
    media: MediaType,
    (parts, browser_seconds): (&Parts, u64),
) -> Response {
    if parts.method == Method::POST {
        return packed(body, (StatusCode::OK, media), parts).await;
    }
    let tag = body.tag().await;
    let mut response = if etag::is_known(&parts.headers, &tag) {
        let mut response = Response::new(Payload::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().insert(VARY, VARIES);
        response
    } else {
        packed(body, (StatusCode::OK, media), parts).await
    };
    response.headers_mut().insert(ETAG, tag);
    Age::tell(age, browser_seconds, response.headers_mut());
    response
}

/// An answer to a query, packed as the client takes it.
pub(super) async fn packed(body: &Body, (status, media): (StatusCode, MediaType), parts: &Parts) -> Response {
    let packed = body.packed(Takes::of(&parts.headers)).await;
    let (encoding, bytes) = packed.map_or((None, None), |(encoding, bytes)| (Some(encoding), Some(bytes)));
    let mut response = respond(status, media, bytes.unwrap_or_else(|| body.plain.clone()));
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    response.headers_mut().insert(VARY, VARIES);
    response
}

/// Writes down what the engine did, for one request alone or for all who ask the same; `None` if it cannot be written.
pub(super) async fn written(executed: Executed, is_particular: bool, id: &RequestId) -> Option<Written> {
    let mut errors = executed.errors;
    // Without data and without a path nothing was executed: the document or its variables do not fit the schema.
    let is_request_error = executed.data == Value::Null
        && !errors.is_empty()
        && errors.iter().all(|error| error.path.is_empty());
    if is_request_error {
        errors.truncate(MAX_REQUEST_ERRORS);
    }
    for error in &mut errors {
        conceal(error);
        give_code(error);
        error.extensions.get_or_insert_default().set("requestId", id.as_str());
    }
    let status = match errors.first() {
        Some(error) if is_request_error => status_of(code_of(error)),
        _ => StatusCode::OK,
    };
    let data = (!is_request_error).then_some(executed.data);
    let is_large = data.as_ref().is_some_and(|data| values_left(data, WRITE_ASIDE_VALUES).is_none());
    let is_faultless = errors.is_empty();
    let answer = Answer { errors, data, extensions: executed.extensions };
    let body = if is_large {
        tokio::task::spawn_blocking(move || answer.write().map(Body::new)).await.ok()?
    } else {
        answer.write().map(Body::new)
    };
    Some(Written { body: Arc::new(body.ok()?), is_faultless, is_particular, age: None, status })
}

/// What is written down where nothing was executed.
pub(super) fn of_refusal(refusal: &Refusal, id: &RequestId) -> Written {
    let body = Arc::new(Body::new(body_of(refusal, id)));
    Written { body, is_faultless: false, is_particular: true, age: None, status: refusal.status }
}

fn body_of(refusal: &Refusal, id: &RequestId) -> Vec<u8> {
    let mut error = refusal.error();
    error.extensions.get_or_insert_default().set("requestId", id.as_str());
    Answer { errors: vec![error], data: None, extensions: BTreeMap::new() }.write().unwrap_or_default()
}

/// The answer to what was not executed.
pub(super) fn refused(refusal: &Refusal, media: MediaType, id: &RequestId) -> Response {
    let status =
        if refusal.is_well_formed && media == MediaType::Json { StatusCode::OK } else { refusal.status };
    let mut response = respond(status, media, body_of(refusal, id).into());
    if let Some((name, value)) = &refusal.header
        && let Ok(value) = HeaderValue::from_str(value)
    {
        response.headers_mut().insert(*name, value);
    }
    response
}

fn respond(status: StatusCode, media: MediaType, bytes: Bytes) -> Response {
    let mut response = Response::new(Payload::from(bytes));
    *response.status_mut() = status;
    // As many as it may get: one that grows is made anew.
    *response.headers_mut() = HeaderMap::with_capacity(MOST_HEADERS);
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    response
}

/// Cuts what the engine repeats of an argument that does not fit: it may hold a password.
fn conceal(error: &mut ServerError) {
    if error.message.contains("xpected input type")
        && let Some((kept, _)) = error.message.split_once(", found ")
    {
        error.message = format!("{kept}, found something else.");
    }
}

/// Gives the engine's own errors, which have none, a code; what they say is pinned by the tests of this floor.
fn give_code(error: &mut ServerError) {
    let message = &error.message;
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| message.starts_with(beginning));
    let code = if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
        return;
    } else if begins(&["Invalid value for argument", "Failed to parse \"", "Expected input type"]) {
        BAD_USER_INPUT
    } else if !error.path.is_empty() {
        // A field failed and did not say why in our terms: whatever it says was not written for clients.
        tracing::error!(graph.path = ?error.path, "a field failed without a code");
        error.message = INTERNAL_MESSAGE.into();
        INTERNAL
    } else if begins(&[
        "The recursion depth of the query",
        "Query is too complex",
        "Query is nested too deep",
    ]) {
        QUERY_TOO_COSTLY
    } else {
        GRAPHQL_VALIDATION_FAILED
    };
    error.extensions.get_or_insert_default().set("code", code.as_str());
}

fn code_of(error: &ServerError) -> Code {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => Code::of(code).unwrap_or(INTERNAL),
        _ => INTERNAL,
    }
}

/// How many of the given values are left after this one and all in it; `None` if it has more.
fn values_left(value: &Value, mut left: usize) -> Option<usize> {
    match value {
        Value::List(items) => {
            for item in items {
                left = values_left(item, left)?;
            }
        }
        Value::Object(members) => {
            for member in members.values() {
                left = values_left(member, left)?;
            }
        }
        _ => {}
    }
    left.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_large_by_the_values_in_it() {
        let list = Value::List(vec![Value::Null; 9]);
        assert_eq!(values_left(&list, 10), Some(0));
        assert_eq!(values_left(&list, 9), None);
    }

    #[test]
    fn a_field_that_fails_without_a_code_tells_nothing() {
        let mut error = ServerError::new("the secret", None);
        error.path.push(async_graphql::PathSegment::Field("a".into()));
        give_code(&mut error);
        assert_eq!((error.message.as_str(), code_of(&error)), (INTERNAL_MESSAGE, INTERNAL));
    }
}
