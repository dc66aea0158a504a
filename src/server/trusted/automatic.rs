//! Automatic persisted queries: texts that clients have sent with their SHA-256, found by it afterwards.

use std::sync::Arc;

use moka::sync::Cache;

/// What an entry takes beside its text.
const ENTRY_BYTES: usize = 256;

/// The SHA-256 of a document's text. It stands for the text, which is nobody's: who knows it has had the text already, and
/// an entry is only made by a text that was found to have it, so nobody can put another in its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Hash(pub(super) [u8; 32]);

impl Hash {
    /// Reads 64 hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let digit = |place: usize| char::from(pair[place]).to_digit(16);
            *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Documents made known by clients; those not asked for make room.
pub(super) struct Automatic(Cache<Hash, Arc<str>>);

impl Automatic {
    pub(super) fn new(max_bytes: u64) -> Self {
        let weigh = |_: &Hash, text: &Arc<str>| u32::try_from(text.len() + ENTRY_BYTES).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(max_bytes).weigher(weigh).build())
    }

    pub(super) fn get(&self, hash: Hash) -> Option<Arc<str>> {
        self.0.get(&hash)
    }

    /// Keeps a text by its own hash.
    pub(super) fn keep(&self, hash: Hash, text: &str) {
        if !self.0.contains_key(&hash) {
            self.0.insert(hash, text.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn a_hash_is_64_hexadecimal_digits() {
        let hash = Hash(Sha256::digest("{ a }").into());
        let digits = format!("{:x}", Sha256::digest("{ a }"));
        assert!(Hash::parse(&digits) == Some(hash) && Hash::parse(&digits.to_uppercase()) == Some(hash));
        for wrong in ["", &digits[1..], &format!("{digits}0"), &digits.replacen(|_| true, "g", 1)] {
            assert!(Hash::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let automatic = Automatic::new(10_000);
        for number in 0..1000_u32 {
            let text = format!("{{ a{number} }}");
            automatic.keep(Hash(Sha256::digest(&text).into()), &text);
        }
        automatic.0.run_pending_tasks();
        assert!(automatic.0.weighted_size() <= 10_000 && automatic.0.entry_count() > 0);
    }
}
