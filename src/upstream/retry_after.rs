//! `Retry-After`, as seconds or as a date.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How long to wait if what is asked for cannot be read.
const SOME_TIME: Duration = Duration::from_secs(1);

/// How long the server asks to be left alone, where it does.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().unwrap_or_default().trim();
    let seconds = || asked.parse().ok().map(Duration::from_secs);
    let until = || httpdate::parse_http_date(asked).ok();
    let left = || until().map(|until| until.duration_since(SystemTime::now()).unwrap_or_default());
    Some(seconds().or_else(left).unwrap_or(SOME_TIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Option<Duration> {
        retry_after(&[(RETRY_AFTER, value.parse().unwrap())].into_iter().collect())
    }

    #[test]
    fn seconds_and_dates_are_read_and_the_rest_is_some_time() {
        assert_eq!(retry_after(&HeaderMap::new()), None);
        assert_eq!(asked(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_mins(10));
        assert!(asked(&later).is_some_and(|left| left > Duration::from_mins(9)));
        assert_eq!(asked("soon"), Some(SOME_TIME));
    }
}
