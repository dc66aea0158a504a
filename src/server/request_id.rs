//! The id of a request: the client's own if it is sane, else a new one; in the answer's header and in each of its errors.

use std::cell::RefCell;
use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::upstream::trace;

/// The header that carries it, both ways.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_LENGTH: usize = 64;

/// The random bytes of one id.
const BYTES: usize = 15;

/// How many ids' random bytes are fetched at once: asking the operating system takes longer than all the rest.
const FETCHED: usize = 64;

thread_local! {
    /// Fetched and not yet used.
    static RANDOM: RefCell<Vec<[u8; BYTES]>> = const { RefCell::new(Vec::new()) };
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
        let bytes = RANDOM.with_borrow_mut(|left| {
            if left.is_empty() {
                left.resize(FETCHED, [0; BYTES]);
                // An id is a convenience: without a random source requests are still answered, all under one id.
                let _ = getrandom::fill(left.as_flattened_mut());
            }
            left.pop().unwrap_or_default()
        });
        Self(HeaderValue::from_str(&URL_SAFE_NO_PAD.encode(bytes)).expect("base64url is printable ASCII"))
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
