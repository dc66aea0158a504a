//! How long a request may take: what the settings allow, or less where a header says so.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};

use super::refusal::Refusal;
use crate::caller::Deadline;

/// How many milliseconds the client wants to wait at most.
pub(super) const DEADLINE: HeaderName = HeaderName::from_static("portalgraph-deadline");

/// The deadline of a request that came now.
pub(super) fn of(headers: &HeaderMap, allowed_seconds: u64) -> Result<Deadline, Refusal> {
    let allowed = Duration::from_secs(allowed_seconds);
    let mut values = headers.get_all(DEADLINE).iter();
    let by_settings = Deadline::within(allowed, "server.deadline_seconds");
    let Some(value) = values.next() else { return Ok(by_settings) };
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let wanted = digits.and_then(|digits| digits.parse().ok()).filter(|milliseconds| *milliseconds > 0);
    match (wanted.map(Duration::from_millis), values.next()) {
        (Some(wanted), None) if wanted < allowed => {
            Ok(Deadline::within(wanted, "the header portalgraph-deadline"))
        }
        (Some(_), None) => Ok(by_settings),
        _ => Err(Refusal::malformed(
            "The header portalgraph-deadline must be one whole number of milliseconds, at least 1: how long the answer is \
             waited for at most. The operator's server.deadline_seconds holds where that is shorter.",
        )),
    }
}
