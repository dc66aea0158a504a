//! Why a request gets no data: the code, the status and the message, in one place.

use std::borrow::Cow;
use std::time::Duration;

use async_graphql::{Pos, ServerError};
use axum::http::StatusCode;

/// The request cannot be understood or asks for what cannot be.
pub(super) const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// The document is not GraphQL.
pub(super) const GRAPHQL_PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// The document does not fit the schema.
pub(super) const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// The document is beyond a limit.
pub(super) const QUERY_TOO_COSTLY: &str = "QUERY_TOO_COSTLY";
/// The request needs a session.
pub(super) const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The request is not allowed, whoever asks.
pub(super) const FORBIDDEN: &str = "FORBIDDEN";
/// There is nothing at this address.
pub(super) const NOT_FOUND: &str = "NOT_FOUND";
/// The request was not answered in time.
pub(super) const PORTAL_TIMEOUT: &str = "PORTAL_TIMEOUT";
/// There were more requests than the settings allow.
pub(super) const RATE_LIMITED: &str = "RATE_LIMITED";
/// There is no place to work on one more request.
pub(super) const OVERLOADED: &str = "OVERLOADED";
/// The service account changes nothing.
pub(super) const SERVICE_ACCOUNT_READ_ONLY: &str = "SERVICE_ACCOUNT_READ_ONLY";
/// The service account, or anybody, may not send this document.
pub(super) const DOCUMENT_NOT_ALLOWED: &str = "DOCUMENT_NOT_ALLOWED";
/// No document of this id is known.
pub(super) const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
/// Documents are not found by id here.
pub(super) const PERSISTED_QUERY_NOT_SUPPORTED: &str = "PERSISTED_QUERY_NOT_SUPPORTED";
/// The gateway itself failed.
pub(super) const INTERNAL: &str = "INTERNAL";

/// What is said of a failure whose reason is not the client's business.
pub(super) const INTERNAL_MESSAGE: &str =
    "The gateway failed to answer. If it happens again, report it with the requestId.";

/// Why a request gets no data.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) status: StatusCode,
    /// Whether the request was a well-formed GraphQL request: `application/json` then answers 200 whatever happened.
    pub(super) is_well_formed: bool,
    pub(super) locations: Vec<Pos>,
    /// A header that belongs to the status, in lower case.
    pub(super) header: Option<(&'static str, Cow<'static, str>)>,
    /// Whether something may have been changed all the same.
    pub(super) is_outcome_unknown: bool,
}

impl Refusal {
    /// A request that HTTP alone is enough to turn away.
    pub(super) fn of_http(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status,
            is_well_formed: false,
            locations: Vec::new(),
            header: None,
            is_outcome_unknown: false,
        }
    }

    /// A request that cannot be read as a GraphQL request.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::of_http(StatusCode::BAD_REQUEST, BAD_USER_INPUT, message)
    }

    /// A GraphQL request that fails before any field is executed.
    pub(super) fn of_request(code: &'static str, message: impl Into<String>) -> Self {
        Self { is_well_formed: true, ..Self::of_http(status_of(code), code, message) }
    }

    pub(super) fn at(self, locations: impl Iterator<Item = Pos>) -> Self {
        Self { locations: locations.collect(), ..self }
    }

    pub(super) fn with_header(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }

    /// The same, and when to come back.
    pub(super) fn with_retry_after(self, wait: Duration) -> Self {
        // Rounded up: who comes on time finds the time over.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_header("retry-after", seconds.max(1).to_string())
    }

    /// The same of a request that may have changed something before it failed.
    pub(super) fn with_outcome_unknown(mut self) -> Self {
        self.message.push_str(
            " What was sent to the portal by then is seen through, and nothing further is sent: read what it was to \
             change before you send it again.",
        );
        Self { is_outcome_unknown: true, ..self }
    }

    /// The same as the client sees it.
    pub(super) fn error(&self) -> ServerError {
        let mut error = ServerError::new(self.message.clone(), None);
        error.locations.clone_from(&self.locations);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", self.code);
        if self.is_outcome_unknown {
            extensions.set("outcome", "UNKNOWN");
            extensions.set("retryable", false);
        }
        error
    }
}

/// The status of `application/graphql-response+json` when there is no data and this is why.
pub(super) fn status_of(code: &str) -> StatusCode {
    match code {
        UNAUTHENTICATED => StatusCode::UNAUTHORIZED,
        FORBIDDEN | SERVICE_ACCOUNT_READ_ONLY | DOCUMENT_NOT_ALLOWED => StatusCode::FORBIDDEN,
        PORTAL_TIMEOUT => StatusCode::GATEWAY_TIMEOUT,
        INTERNAL => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
