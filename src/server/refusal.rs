//! Why a request gets no data: the code, the status and the message, in one place.

use std::borrow::Cow;
use std::time::Duration;

use async_graphql::{Pos, ServerError};
use axum::http::StatusCode;

use crate::graph::Code;

// The codes that this floor gives, under short names; `Code` says what each means.
pub(super) const BAD_USER_INPUT: Code = Code::BadUserInput;
pub(super) const GRAPHQL_PARSE_FAILED: Code = Code::GraphqlParseFailed;
pub(super) const GRAPHQL_VALIDATION_FAILED: Code = Code::GraphqlValidationFailed;
pub(super) const QUERY_TOO_COSTLY: Code = Code::QueryTooCostly;
pub(super) const UNAUTHENTICATED: Code = Code::Unauthenticated;
pub(super) const FORBIDDEN: Code = Code::Forbidden;
pub(super) const NOT_FOUND: Code = Code::NotFound;
pub(super) const PORTAL_TIMEOUT: Code = Code::PortalTimeout;
pub(super) const RATE_LIMITED: Code = Code::RateLimited;
pub(super) const OVERLOADED: Code = Code::Overloaded;
pub(super) const SERVICE_ACCOUNT_READ_ONLY: Code = Code::ServiceAccountReadOnly;
pub(super) const DOCUMENT_NOT_ALLOWED: Code = Code::DocumentNotAllowed;
pub(super) const PERSISTED_QUERY_NOT_FOUND: Code = Code::PersistedQueryNotFound;
pub(super) const PERSISTED_QUERY_NOT_SUPPORTED: Code = Code::PersistedQueryNotSupported;
pub(super) const INTERNAL: Code = Code::Internal;

/// Each way in which a request is turned away: its status, its code, and when. No other pair is sent; of it `docs/errors.md`
/// is printed.
pub const REFUSALS: [(u16, Code, &str); 30] = [
    (400, BAD_USER_INPUT, "the request, a parameter or a header cannot be read, or does not fit"),
    (400, GRAPHQL_PARSE_FAILED, "the document is not GraphQL"),
    (400, GRAPHQL_VALIDATION_FAILED, "the document does not fit the schema"),
    (400, QUERY_TOO_COSTLY, "the document, the batch or what it needs is beyond a limit"),
    (400, PERSISTED_QUERY_NOT_FOUND, "no document of this id is known"),
    (400, PERSISTED_QUERY_NOT_SUPPORTED, "documents are not found by id here"),
    (
        401,
        UNAUTHENTICATED,
        "`Authorization` is of another scheme or shows an unknown service token, or the schema is for those who are signed in",
    ),
    (403, FORBIDDEN, "another site's page asks, or the schema is for nobody"),
    (403, SERVICE_ACCOUNT_READ_ONLY, "the service account sends a mutation"),
    (403, DOCUMENT_NOT_ALLOWED, "the document is not among those that may be sent"),
    (404, NOT_FOUND, "there is nothing at this address"),
    (404, PERSISTED_QUERY_NOT_FOUND, "no table of this name: no document of this id is listed"),
    (405, BAD_USER_INPUT, "another method is wanted; `Allow` says which"),
    (406, BAD_USER_INPUT, "no media type in `Accept` is one of ours"),
    (408, BAD_USER_INPUT, "the body did not arrive within the deadline"),
    (413, BAD_USER_INPUT, "the body is larger than `server.max_body_bytes`"),
    (415, BAD_USER_INPUT, "the body is not `application/json` in UTF-8"),
    (429, RATE_LIMITED, "more requests than the rate allows; `Retry-After`"),
    (500, INTERNAL, "a defect of the gateway"),
    (503, OVERLOADED, "no place to work on one more request; `Retry-After`"),
    (503, Code::StoreUnavailable, "the store of the sessions is gone; `Retry-After`"),
    (503, Code::ServiceAccountRefused, "the upstream does not let the service account in; `Retry-After`"),
    (503, Code::PortalRefused, SIGNING_IN),
    (503, Code::PortalUnreachable, SIGNING_IN),
    (503, PORTAL_TIMEOUT, SIGNING_IN),
    (503, Code::PortalOverloaded, SIGNING_IN),
    (503, Code::PortalUnintelligible, SIGNING_IN),
    (503, Code::Forbidden, SIGNING_IN),
    (503, INTERNAL, SIGNING_IN),
    (504, PORTAL_TIMEOUT, "the answer was not ready within the deadline"),
];

/// When a service account's own sign-in has failed.
const SIGNING_IN: &str = "so failed the sign-in of the service account; `Retry-After`";

/// What is said of a failure whose reason is not the client's business.
pub(super) const INTERNAL_MESSAGE: &str =
    "The gateway failed to answer. If it happens again, report it with the requestId.";

/// Why a request gets no data.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: Code,
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
    pub(super) fn of_http(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        let is_listed = REFUSALS.iter().any(|(known, of, _)| *known == status.as_u16() && *of == code);
        debug_assert!(is_listed, "REFUSALS has no {status} with {code:?}");
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
    pub(super) fn of_request(code: Code, message: impl Into<String>) -> Self {
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
        extensions.set("code", self.code.as_str());
        if self.is_outcome_unknown {
            extensions.set("outcome", "UNKNOWN");
            extensions.set("retryable", false);
        }
        error
    }
}

/// The status of `application/graphql-response+json` when there is no data and this is why.
pub(super) fn status_of(code: Code) -> StatusCode {
    match code {
        UNAUTHENTICATED => StatusCode::UNAUTHORIZED,
        FORBIDDEN | SERVICE_ACCOUNT_READ_ONLY | DOCUMENT_NOT_ALLOWED => StatusCode::FORBIDDEN,
        PORTAL_TIMEOUT => StatusCode::GATEWAY_TIMEOUT,
        OVERLOADED => StatusCode::SERVICE_UNAVAILABLE,
        INTERNAL => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
