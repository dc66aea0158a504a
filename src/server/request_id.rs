//! The id of a request: the client's own if it is sane, else a new one; in the answer's header and in each of its errors.

use std::cell::RefCell;
use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;

use crate::upstream::trace;

/// The header that carries it, both ways.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_LENGTH: usize = 64;

/// The random bytes of one id: as text they come to so many symbols without a remainder.
const BYTES: usize = 15;
const SYMBOLS: usize = BYTES / 3 * 4;

/// How many ids are made at once: asking the operating system for random bytes takes longer than all the rest.
const MADE: usize = 64;

thread_local! {
    /// Ids that are made and not yet given out, one behind the other.
    static LEFT: RefCell<Bytes> = const { RefCell::new(Bytes::new()) };
}

/// The id of a request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The id of the request with these headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let is_sane = |value: &&HeaderValue| {
            let bytes = value.as_bytes();
            (1..=MAX_LENGTH).contains(&bytes.len())
                && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        headers.get(X_REQUEST_ID).filter(is_sane).map_or_else(Self::new, |value| Self(value.clone()))
    }

    fn new() -> Self {
        let id = LEFT.with_borrow_mut(|left| {
            if left.is_empty() {
                let mut random = [0; BYTES * MADE];
                // An id is a convenience: without a random source requests are still answered, all under one id.
                let _ = getrandom::fill(&mut random);
                *left = URL_SAFE_NO_PAD.encode(random).into();
            }
            left.split_to(SYMBOLS)
        });
        Self(HeaderValue::from_maybe_shared(id).expect("base64url is printable ASCII"))
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Around what may log something of the request: its id, and that of the trace it is part of, if there are traces.
    pub(super) fn span(&self) -> tracing::Span {
        let trace_id = trace::trace_id().map(tracing::field::display);
        tracing::info_span!("request", request.id = %self, trace_id)
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(sent: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_static(sent));
        RequestId::of(&headers).to_string()
    }

    #[test]
    fn a_sane_id_is_kept_and_any_other_replaced() {
        assert_eq!(id("abc-DEF_123"), "abc-DEF_123");
        for wrong in
            ["", "a b", "a\"b", "<a>", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
        {
            assert_eq!(id(wrong).len(), 20, "{wrong}");
        }
        assert_ne!(id(""), id(""));
    }
}
