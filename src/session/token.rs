//! Session tokens: 256 random bits the client holds, and the digest by which the gateway finds the session.

use std::fmt;
use std::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::upstream::Secret;

const BYTES: usize = 32;

/// A token as a client presents it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; BYTES]);

/// The SHA-256 digest of a token: what the gateway keeps, so that its memory opens no session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId([u8; BYTES]);

impl Token {
    /// A new token from the operating system's random source.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads what a client sent; `None` if it cannot be a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == BYTES).then_some(Self(bytes))
    }

    /// The text to hand out.
    #[must_use]
    pub fn text(&self) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(self.0))
    }

    /// The session this token opens.
    #[must_use]
    pub fn session(&self) -> SessionId {
        SessionId(Sha256::digest(self.0).into())
    }
}

impl SessionId {
    /// As names in the store have it.
    pub(super) fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads it back.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        // Both are 32 bytes in the same alphabet.
        Token::parse(text).map(|bytes| Self(bytes.0))
    }
}

impl Hash for SessionId {
    /// Of a digest any eight bytes are as good a hash as can be made.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_ne_bytes(self.0[..8].try_into().expect("a digest has 32")));
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token")
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionId")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_trip_through_text() {
        let token = Token::generate().unwrap();
        assert_eq!(Token::parse(token.text().expose()), Some(token));
    }

    #[test]
    fn a_session_is_named_in_the_store_and_back() {
        let id = Token::generate().unwrap().session();
        assert_eq!(SessionId::of_text(&id.text()), Some(id));
        for text in ["", "0", &"zz".repeat(BYTES), &"é".repeat(BYTES)] {
            assert_eq!(SessionId::of_text(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_refused() {
        for text in ["", "short", &"A".repeat(44), &"!".repeat(43)] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
    }
}
