//! What there is to answer to an operation, before it is given the shape in which it goes out.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::http::HeaderValue;
use axum::http::header::{HeaderName, RETRY_AFTER, SET_COOKIE};
use axum::response::Response;

use super::age::Age;
use super::answer::Written;
use super::body::Body;
use super::refusal::Refusal;

/// Tells who asks again whether it was needed (RFC 9211).
pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// The whole answer was kept.
pub(super) const HIT: &str = "portalgraph; hit";

/// The whole answer was worked out for another request too.
pub(super) const COLLAPSED: &str = "portalgraph; fwd=miss; collapsed";

/// What there is to answer, before it has a shape.
pub(super) struct WorkedOut {
    pub(super) outcome: Outcome,
    pub(super) kind: OperationType,
    /// What `Cache-Status` says, if anything.
    pub(super) cache_status: Option<&'static str>,
    /// What becomes of the session's cookie.
    pub(super) cookie: Option<HeaderValue>,
    /// How long to wait before signing in again.
    pub(super) wait: Option<Duration>,
}

/// How it went.
pub(super) enum Outcome {
    /// The whole answer was kept.
    Kept(Arc<Body>, Age),
    Written(Arc<Written>),
    /// It came to nothing once it had begun.
    Refused(Refusal),
}

impl WorkedOut {
    pub(super) fn of(outcome: Outcome, cache_status: Option<&'static str>) -> Self {
        Self { outcome, kind: OperationType::Query, cache_status, cookie: None, wait: None }
    }

    /// Puts in the headers that it has whatever shape it goes out in.
    pub(super) fn finish(self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(status) = self.cache_status {
            headers.insert(CACHE_STATUS, HeaderValue::from_static(status));
        }
        if let Some(cookie) = self.cookie {
            headers.append(SET_COOKIE, cookie);
        }
        if let Some(wait) = self.wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
    }
}
