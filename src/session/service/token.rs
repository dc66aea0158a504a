//! Service tokens: what a dashboard shows, and the hash by which the gateway knows it. Unlike sessions' tokens they begin
//! with `pgs_`, so that neither can be taken for the other.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::upstream::Secret;

const PREFIX: &str = "pgs_";

/// 256 random bits.
const BYTES: usize = 32;

/// The SHA-256 of a service token's text: what the configuration holds, from which nobody gets the token back.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; BYTES]);

impl TokenHash {
    /// The hash of what a client showed; `None` if it has not the form of a service token.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(text.strip_prefix(PREFIX)?, &mut bytes).ok()?;
        (length == BYTES).then(|| Self(Sha256::digest(text).into()))
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        if digits.len() != 2 * BYTES || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, place) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(digits.get(place..place + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Whether two are the same, in the same time whatever they are.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash")
    }
}

/// A new service token from the operating system's random source.
pub fn new_service_token() -> Result<Secret, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
}

/// The SHA-256 of a document's text.
pub(super) fn hash_of_document(text: &str) -> TokenHash {
    TokenHash(Sha256::digest(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Token;

    #[test]
    fn a_token_is_known_by_the_sha256_of_its_text() {
        let text = format!("{PREFIX}{}", "A".repeat(43));
        let hash = TokenHash::of(&text).unwrap();
        assert_eq!(hash.to_string(), format!("{:x}", Sha256::digest(&text)));
        let (lower, upper) = (hash.to_string(), hash.to_string().to_uppercase());
        assert!(TokenHash::parse(&lower).unwrap().is(&hash) && TokenHash::parse(&upper).unwrap().is(&hash));
        assert!(!TokenHash::of(new_service_token().unwrap().expose()).unwrap().is(&hash));
    }

    #[test]
    fn neither_kind_of_token_can_be_taken_for_the_other() {
        for _ in 0..100 {
            let (service, session) = (new_service_token().unwrap(), Token::generate().unwrap());
            assert_eq!(Token::parse(service.expose()), None);
            assert!(TokenHash::of(session.text().expose()).is_none());
        }
        // One in sixteen million sessions' tokens begins so.
        let session = format!("{PREFIX}{}", "A".repeat(39));
        assert!(Token::parse(&session).is_some() && TokenHash::of(&session).is_none());
    }
}
