//! The cookies of one ICWS session. A jar belongs to one session on one scheme, host and port and is never sent
//! elsewhere, so `Domain` and `Secure` decide nothing here; the name of the session's cookie is not fixed either.

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use serde::{Deserialize, Serialize};

use crate::upstream::Secret;

/// How many cookies a jar holds; the oldest makes room.
const MOST: usize = 20;

/// The longest name and value together that are kept.
const LONGEST: usize = 4096;

/// The cookies of one session.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Jar(Vec<Cookie>);

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Cookie {
    name: String,
    value: Secret,
    path: String,
    expires: Option<Timestamp>,
}

impl Jar {
    /// Takes what an answer sets and drops what it deletes.
    pub(super) fn update(&mut self, headers: &HeaderMap, request_path: &str, now: Timestamp) {
        for header in headers.get_all(SET_COOKIE) {
            let cookie = header.to_str().ok().and_then(|text| Cookie::read(text, request_path, now));
            let Some(cookie) = cookie else { continue };
            self.0.retain(|kept| kept.name != cookie.name || !kept.path.eq_ignore_ascii_case(&cookie.path));
            if !cookie.value.expose().is_empty() && !cookie.is_over(now) {
                self.0.push(cookie);
            }
        }
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    /// The `Cookie` header of a request, the longest path first.
    pub(super) fn header(&self, path: &str, now: Timestamp) -> Option<HeaderValue> {
        let mut fitting: Vec<_> =
            self.0.iter().filter(|cookie| !cookie.is_over(now) && cookie.is_for(path)).collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value.expose()));
        let mut header = HeaderValue::try_from(pairs.collect::<Vec<_>>().join("; ")).ok()?;
        header.set_sensitive(true);
        (!header.is_empty()).then_some(header)
    }
}

impl Cookie {
    fn read(text: &str, request_path: &str, now: Timestamp) -> Option<Self> {
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || name.len() + value.len() > LONGEST {
            return None;
        }
        let mut path = request_path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (mut expires, mut max_age) = (None, None);
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match attribute.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => path = value,
                "expires" => expires = http_date(value.trim_matches('"')),
                "max-age" => max_age = value.parse::<i64>().ok(),
                _ => {}
            }
        }
        let by_age = max_age.map(|seconds| {
            let lives = SignedDuration::from_secs(seconds.max(0));
            now.checked_add(lives).unwrap_or(Timestamp::MAX)
        });
        let path = if path.is_empty() { "/" } else { path };
        // `Max-Age` is the newer of the two and wins.
        let expires = by_age.or(expires);
        Some(Self { name: name.to_owned(), value: Secret::new(value), path: path.to_owned(), expires })
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether the request's path is the cookie's or below it. ICWS writes its own path in more than one case.
    fn is_for(&self, path: &str) -> bool {
        let Some((start, rest)) = path.split_at_checked(self.path.len()) else { return false };
        start.eq_ignore_ascii_case(&self.path)
            && (rest.is_empty() || start.ends_with('/') || rest.starts_with('/'))
    }
}

fn http_date(text: &str) -> Option<Timestamp> {
    // The older form has dashes between day, month and year.
    let spaced = text.replacen('-', " ", 2);
    jiff::fmt::rfc2822::parse(&spaced).ok().map(|instant| instant.timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONNECTION: &str = "/icws/connection";
    const ROLES: &str = "/icws/7/configuration/roles";

    fn headers(set: &[&str]) -> HeaderMap {
        set.iter().map(|text| (SET_COOKIE, HeaderValue::from_str(text).unwrap())).collect()
    }

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn sent(set: &[&str], path: &str) -> String {
        let mut jar = Jar::default();
        for one in set {
            jar.update(&headers(&[one]), CONNECTION, now());
        }
        let header = jar.header(path, now());
        header.map(|header| header.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn every_cookie_goes_back_below_its_path_only() {
        let set = [
            "icws_7=a; Path=/icws/7; HttpOnly; Secure",
            "node=b",
            "other=c; Path=/elsewhere",
            "all=d; path=/",
        ];
        assert_eq!(sent(&set, ROLES), "icws_7=a; node=b; all=d");
        assert_eq!(sent(&["x=1; Path=/ICWS/7/"], ROLES), "x=1");
        assert_eq!(sent(&["x=1; Path=/icws/7"], "/icws/77/configuration"), "");
        assert_eq!(sent(&["x=1; Path=relative"], ROLES), "x=1", "as if there were no path");
    }

    #[test]
    fn a_cookie_is_replaced_deleted_and_outlived() {
        assert_eq!(sent(&["x=1", "x=2"], ROLES), "x=2");
        for end in [
            "x=; Path=/icws",
            "x=gone; Max-Age=0",
            "x=gone; Max-Age=-1",
            "x=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "x=gone; expires=Thu, 01-Jan-1970 00:00:00 GMT",
        ] {
            assert_eq!(sent(&["x=1", end], ROLES), "", "{end}");
        }
        for kept in [
            "x=2; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "x=2; Expires=sometime; Max-Age=soon",
            "x=2; Max-Age=99999999999999999",
        ] {
            assert_eq!(sent(&["x=1", kept], ROLES), "x=2", "{kept}");
        }
        let mut jar = Jar::default();
        jar.update(&headers(&["x=1; Max-Age=60"]), CONNECTION, now());
        assert!(jar.header(ROLES, now()).is_some());
        assert!(jar.header(ROLES, now() + SignedDuration::from_secs(60)).is_none());
    }

    #[test]
    fn a_jar_is_bounded_and_shows_nothing() {
        let mut jar = Jar::default();
        for number in 0..100 {
            jar.update(&headers(&[&format!("icws_{number}=marker")]), CONNECTION, now());
        }
        jar.update(&headers(&[&format!("long={}", "m".repeat(5000))]), CONNECTION, now());
        assert_eq!(jar.0.len(), MOST);
        assert!(jar.0.iter().all(|cookie| cookie.name != "icws_0" && cookie.name != "long"));
        assert!(!format!("{jar:?} {:?}", jar.header(ROLES, now())).contains("marker"));
    }

    proptest! {
        #[test]
        fn no_cookie_is_too_odd_to_be_read(text in "[ -~]{0,80}", path in "/[ -~]{0,20}") {
            let mut jar = Jar::default();
            jar.update(&headers(&[&text]), &path, now());
            let _ = jar.header(&path, now());
        }
    }
}
