//! How old an answer is, and what the headers of RFC 9111 say of it: `Age`, and `Cache-Control` on an answer to a GET.

use std::time::Instant;

use axum::http::header::{AGE, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue};

use crate::caller::{Freshness, Grounds};

/// When what an answer is made of was fetched, and until when all of it is fresh.
#[derive(Clone, Copy, Debug)]
pub(super) struct Age {
    since: Instant,
    /// `None` if it is too old already, or of the moment.
    until: Option<Instant>,
}

impl Age {
    /// Of an answer that may be kept.
    pub(super) fn of(grounds: &Grounds) -> Self {
        Self { since: grounds.since, until: Some(grounds.until) }
    }

    /// Of an answer that may not be kept.
    pub(super) const fn unkept(since: Instant) -> Self {
        Self { since, until: None }
    }

    /// Says how old an answer without errors is, and whether it may be used again without asking: for as long as the
    /// settings let a browser, and never longer than everything in it is fresh. `max-age` counts from when it was fetched,
    /// as `Age` does.
    pub(super) fn tell(age: Option<Self>, browser_seconds: u64, headers: &mut HeaderMap) {
        let now = Instant::now();
        let seconds = age.map(|age| now.saturating_duration_since(age.since).as_secs());
        let left = age.and_then(|age| Some(age.until?.saturating_duration_since(now).as_secs()));
        let left = left.unwrap_or_default().min(browser_seconds);
        let control = match seconds {
            Some(seconds) if left > 0 => {
                HeaderValue::from_str(&format!("private, max-age={}", seconds + left))
            }
            _ => Ok(HeaderValue::from_static("private, no-cache")),
        };
        if let Ok(control) = control {
            headers.insert(CACHE_CONTROL, control);
        }
        if let Some(seconds) = seconds {
            headers.insert(AGE, HeaderValue::from(seconds));
        }
    }
}

/// How fresh a client wants what it reads, by the request's `Cache-Control`: `no-cache` and `max-age=0` take nothing old.
pub(super) fn wanted(headers: &HeaderMap) -> Freshness {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut directives = values.flat_map(|value| value.split(',')).map(str::trim);
    let is_strict = |directive: &str| {
        directive.eq_ignore_ascii_case("no-cache") || directive.eq_ignore_ascii_case("max-age=0")
    };
    if directives.any(is_strict) { Freshness::Required } else { Freshness::Preferred }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::HeaderName;

    use super::*;

    fn told(age: Option<Age>, browser_seconds: u64) -> (String, Option<String>) {
        let mut headers = HeaderMap::new();
        Age::tell(age, browser_seconds, &mut headers);
        let text = |name: HeaderName| {
            headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned())
        };
        (text(CACHE_CONTROL).unwrap(), text(AGE))
    }

    #[test]
    fn max_age_counts_from_when_it_was_fetched_and_ends_with_what_is_in_it() {
        let now = Instant::now();
        let since = now.checked_sub(Duration::from_millis(20_500)).unwrap();
        // The half second is for a slow machine.
        let until = Some(now + Duration::from_millis(10_900));
        let age = Some(Age { since, until });
        let expected = |control: &str| (control.to_owned(), Some("20".to_owned()));
        assert_eq!(told(age, 0), expected("private, no-cache"));
        assert_eq!(told(age, 5), expected("private, max-age=25"));
        assert_eq!(told(age, 60), expected("private, max-age=30"));
        assert_eq!(told(Some(Age::unkept(since)), 60), expected("private, no-cache"));
        assert_eq!(told(None, 60), ("private, no-cache".to_owned(), None));
    }

    #[test]
    fn who_wants_nothing_old_says_so() {
        for (sent, expected) in [
            ("no-cache", Freshness::Required),
            ("max-stale, No-Cache", Freshness::Required),
            ("max-age=0", Freshness::Required),
            ("max-age=60", Freshness::Preferred),
            ("no-store", Freshness::Preferred),
            ("", Freshness::Preferred),
        ] {
            let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(sent))]);
            assert_eq!(wanted(&headers), expected, "{sent}");
        }
        assert_eq!(wanted(&HeaderMap::new()), Freshness::Preferred);
    }
}
