//! Entity tags: what an answer's bytes are recognised by, and whether a client has them already.

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// 128 bits: nobody meets two answers of one tag by accident, or can make them.
const BYTES: usize = 16;

/// The tag of a text. Weak, as RFC 9110 wants it of a tag that is the same in every content coding and media type; ranges,
/// for which a strong one would be of use, are not served.
pub(super) fn tag(text: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(text);
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..BYTES]));
    HeaderValue::from_str(&tag).expect("base64url is printable ASCII")
}

/// Whether `If-None-Match` names the tag, by weak comparison.
pub(super) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &'_ str| tag.trim().trim_start_matches("W/").to_owned();
    let Some(ours) = tag.to_str().ok().map(opaque) else { return false };
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|known| known.trim() == "*" || opaque(known) == ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_strong_or_weak_alone_or_among_others() {
        let ours = tag(b"{}");
        assert_eq!(ours, "W/\"RBNvo1WzZ4oRRq0W9-hkng\"");
        for (sent, expected) in [
            ("W/\"RBNvo1WzZ4oRRq0W9-hkng\"", true),
            ("\"RBNvo1WzZ4oRRq0W9-hkng\"", true),
            ("\"a\", W/\"b,c\" ,W/\"RBNvo1WzZ4oRRq0W9-hkng\"", true),
            ("*", true),
            ("", false),
            ("RBNvo1WzZ4oRRq0W9-hkng", false),
            ("W/\"RBNvo1WzZ4oRRq0W9-hkn\"", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, HeaderValue::from_static(sent));
            assert_eq!(is_known(&headers, &ours), expected, "{sent}");
        }
        assert!(!is_known(&HeaderMap::new(), &ours));
        assert_ne!(tag(b"{ }"), ours);
    }
}
