//! The media types of GraphQL over HTTP: which one to answer with, and which one a request must have.

use std::borrow::Cow;

use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::refusal::{BAD_USER_INPUT, Refusal};

/// What an answer can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: status 200 for every well-formed request.
    Json,
    /// `application/graphql-response+json`: the status tells how it went.
    GraphqlResponse,
    /// `text/csv`: of tables alone, whose address says so.
    Csv,
}

/// How well one media type does: its quality in thousandths, and its place in the header as a tie-breaker.
#[derive(Clone, Copy, Debug)]
struct Rank {
    specificity: u8,
    quality: u16,
    place: usize,
}

impl MediaType {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::Json => const { HeaderValue::from_static("application/json; charset=utf-8") },
            Self::GraphqlResponse => {
                const { HeaderValue::from_static("application/graphql-response+json; charset=utf-8") }
            }
            Self::Csv => const { HeaderValue::from_static("text/csv; charset=utf-8; header=present") },
        }
    }

    /// The client's first choice; of two equal ones the one it names first, and `application/json` if it names neither.
    pub(super) fn negotiate(headers: &HeaderMap) -> Result<Self, Refusal> {
        let mut values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut accept = Cow::Borrowed(values.next().unwrap_or_default());
        for value in values {
            accept = format!("{accept},{value}").into();
        }
        if matches!(accept.trim(), "" | "*/*" | "application/json") {
            return Ok(Self::Json);
        }
        let json = rank(&accept, "json");
        let graphql = rank(&accept, "graphql-response+json");
        match (json, graphql) {
            (None, None) => Err(Refusal::of_http(
                StatusCode::NOT_ACCEPTABLE,
                BAD_USER_INPUT,
                "Answers are application/graphql-response+json or application/json, in UTF-8: name one of them in Accept.",
            )),
            (Some(_), None) => Ok(Self::Json),
            (None, Some(_)) => Ok(Self::GraphqlResponse),
            (Some(json), Some(graphql)) => {
                let graphql_is_better = graphql.quality > json.quality
                    || graphql.quality == json.quality && graphql.place < json.place;
                Ok(if graphql_is_better { Self::GraphqlResponse } else { Self::Json })
            }
        }
    }
}

/// The rank of `application/{subtype}`: the most specific range decides, as RFC 9110 says; `None` if it is not wanted.
fn rank(accept: &str, subtype: &str) -> Option<Rank> {
    let mut best: Option<Rank> = None;
    for (place, range) in accept.split(',').enumerate() {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specificity = match name.split_once('/') {
            Some(("application", named)) if named == subtype => 2,
            Some(("application", "*")) => 1,
            Some(("*", "*")) => 0,
            _ => continue,
        };
        let mut quality = Some(1000);
        for (name, value) in parts.filter_map(|parameter| parameter.split_once('=')) {
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => quality = thousandths(value.trim()),
                "charset" if !is_utf8(value) => quality = None,
                _ => {}
            }
        }
        let Some(quality) = quality else { continue };
        if best.is_none_or(|best| specificity > best.specificity) {
            best = Some(Rank { specificity, quality, place });
        }
    }
    best.filter(|best| best.quality > 0)
}

/// `0.8` as 800; `None` if it is not a quality.
pub(super) fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// Refuses a body that is not declared as JSON in UTF-8. Strictly: what a form or a script can send across sites without
/// a preflight must never be executed.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let refuse =
        |message: &str| Err(Refusal::of_http(StatusCode::UNSUPPORTED_MEDIA_TYPE, BAD_USER_INPUT, message));
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return refuse("Send the body as it is, without Content-Encoding.");
    }
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return refuse("Send the body with exactly one Content-Type: application/json.");
    };
    // As nearly all have it.
    if value == "application/json" {
        return Ok(());
    }
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return refuse("Send the body as application/json: nothing else is accepted.");
    }
    for parameter in parts.filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") && is_utf8(value) => {}
            _ => {
                return refuse(
                    "Send the body as application/json in UTF-8: no other parameter or charset is accepted.",
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        MediaType::negotiate(&headers).ok()
    }

    fn content_type_passes(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, value.parse().unwrap());
        require_json(&headers).is_ok()
    }

    #[test]
    fn without_a_preference_the_answer_is_json() {
        assert_eq!(MediaType::negotiate(&HeaderMap::new()).ok(), Some(MediaType::Json));
        for accept in ["", "*/*", "application/*", "*/*;q=0.1", "text/html, */*;q=0.8"] {
            assert_eq!(negotiated(accept), Some(MediaType::Json), "{accept}");
        }
    }

    #[test]
    fn the_highest_quality_wins_and_the_first_of_equals() {
        let (json, graphql) = (Some(MediaType::Json), Some(MediaType::GraphqlResponse));
        assert_eq!(negotiated("application/graphql-response+json"), graphql);
        assert_eq!(negotiated("Application/GraphQL-Response+JSON; Charset=\"UTF-8\""), graphql);
        assert_eq!(negotiated("application/graphql-response+json, application/json;q=0.9"), graphql);
        assert_eq!(negotiated("application/json;q=0.9, application/graphql-response+json"), graphql);
        assert_eq!(negotiated("application/graphql-response+json; charset=utf-8, application/json"), graphql);
        assert_eq!(negotiated("application/json, application/graphql-response+json"), json);
        assert_eq!(negotiated("application/json, */*"), json);
        assert_eq!(negotiated("application/graphql-response+json, */*;q=0.1"), graphql);
    }

    #[test]
    fn quality_zero_and_other_charsets_exclude() {
        assert_eq!(negotiated("application/json;q=0, */*"), Some(MediaType::GraphqlResponse));
        assert_eq!(negotiated("*/*, application/graphql-response+json;q=0.000"), Some(MediaType::Json));
        for accept in [
            "text/html",
            "application/json;q=0",
            "application/json; charset=latin1",
            "application/xml, text/*",
        ] {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
    }

    #[test]
    fn a_quality_has_at_most_three_digits() {
        assert_eq!(thousandths("0.8"), Some(800));
        assert_eq!(thousandths("1.000"), Some(1000));
        assert_eq!(thousandths("0"), Some(0));
        for wrong in ["2", "1.1", "0.1234", "-1", "x", "", "0.x"] {
            assert_eq!(thousandths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        for right in [
            "application/json",
            "Application/JSON;charset=UTF-8",
            "application/json; charset=\"utf-8\"",
            "application/json;",
        ] {
            assert!(content_type_passes(right), "{right}");
        }
        for wrong in [
            "text/plain",
            "text/plain; application/json",
            "application/json, text/plain",
            "application/json; charset=utf-16",
            "application/json; boundary=x",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "application/graphql",
        ] {
            assert!(!content_type_passes(wrong), "{wrong}");
        }
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
