//! Sealing: what lies in the store can be read, changed or moved to another name by nobody who has no key.
//!
//! AES-SIV (RFC 5297) with keys of 512 bits. Values are sealed with the name they lie under and a random nonce. A name
//! that would say something of a person is sealed too, without a nonce: the same person always has the same name, two
//! people never do, and only who has the key can tell whose it is.

use std::fmt;
use std::fs;

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes256Siv;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::error::StoreError;
use crate::config;
use crate::upstream::Secret;

const KEY_BYTES: usize = 64;
const NONCE_BYTES: usize = 16;
const LONGEST_ID: usize = 32;

/// How a sealed value begins, for the day on which it is sealed otherwise.
const FORM: u8 = 1;

/// The keys there are: the first seals, all of them open.
pub struct Seals {
    keys: Vec<Key>,
    /// Of which upstreams all of it is; what is of others does not open.
    scope: String,
}

struct Key {
    id: String,
    bytes: [u8; KEY_BYTES],
}

impl Key {
    /// Reads `ID:BASE64`.
    fn parse(text: &str) -> Option<Self> {
        let (id, encoded) = text.split_once(':')?;
        let bytes = STANDARD.decode(encoded).ok()?.try_into().ok()?;
        is_key_id(id).then(|| Self { id: id.to_owned(), bytes })
    }

    fn cipher(&self) -> Aes256Siv {
        Aes256Siv::new(&self.bytes.into())
    }
}

/// Whether a key can be called so.
#[must_use]
pub fn is_key_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(is_plain)
}

/// A new key as a line of the file with keys.
pub fn new_key(id: &str) -> Result<Secret, StoreError> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::NoRandomness)?;
    Ok(Secret::new(format!("{id}:{}", STANDARD.encode(bytes))))
}

impl Seals {
    /// Reads the keys from where the settings say; told in words if there is none or one cannot be read.
    pub(super) fn read(settings: &config::Session, scope: String) -> Result<Self, String> {
        let (place, text) = if settings.store_keys_file.is_empty() {
            let name = &settings.store_keys_environment;
            (format!("the environment's variable {name}"), std::env::var(name).ok())
        } else {
            let file = &settings.store_keys_file;
            (format!("the file {file}"), fs::read_to_string(file).ok())
        };
        let text = text.ok_or_else(|| format!("the keys of session.store cannot be read from {place}"))?;
        let keys = parse(&text).map_err(|line| {
            format!("line {line} of {place} is no key of session.store; expected what `portalgraph key new` prints")
        })?;
        Ok(Self { keys, scope })
    }

    /// Seals a value that is to lie under a name.
    pub(super) fn seal(&self, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = self.keys.first().ok_or(StoreError::NoRandomness)?;
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::NoRandomness)?;
        let headers: [&[u8]; 4] = [b"value", self.scope.as_bytes(), name.as_bytes(), &nonce];
        let sealed = key.cipher().encrypt(headers, value).map_err(|_| StoreError::NoRandomness)?;
        let length = u8::try_from(key.id.len()).unwrap_or_default();
        Ok([&[FORM, length], key.id.as_bytes(), &nonce, &sealed].concat())
    }

    /// Opens what was sealed for the name it lies under; `None` for anything else.
    pub(super) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (&[form, length], rest) = sealed.split_first_chunk()?;
        let (id, rest) = rest.split_at_checked(length.into())?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES)?;
        let key = self.keys.iter().find(|key| form == FORM && key.id.as_bytes() == id)?;
        key.cipher().decrypt([b"value", self.scope.as_bytes(), name.as_bytes(), nonce], sealed).ok()
    }

    /// The names of something that is nobody else's to know, by each key; the first is the one to write under.
    pub(super) fn names(&self, kind: &str, subject: &[u8]) -> Vec<String> {
        let headers: [&[u8]; 3] = [b"name", self.scope.as_bytes(), kind.as_bytes()];
        let sealed = self.keys.iter().filter_map(|key| key.cipher().encrypt(headers, subject).ok());
        sealed.map(|sealed| URL_SAFE_NO_PAD.encode(sealed)).collect()
    }
}

/// Reads a key a line, or the number of the line that is none.
fn parse(text: &str) -> Result<Vec<Key>, usize> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let keys = lines.map(|(number, line)| Key::parse(line).ok_or(number)).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() { Err(1) } else { Ok(keys) }
}

impl fmt::Debug for Seals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seals")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seals(ids: &[&str], keys: &[Secret]) -> Seals {
        let chosen = ids.iter().map(|id| keys.iter().find(|key| key.expose().starts_with(id)).unwrap());
        let keys = parse(&chosen.map(Secret::expose).collect::<Vec<_>>().join("\n")).unwrap();
        Seals { keys, scope: "https://portal.example.com".to_owned() }
    }

    #[test]
    fn keys_are_changed_without_losing_what_was_sealed() {
        let keys = ["one", "two"].map(|id| new_key(id).unwrap());
        let (old, both, new) =
            (seals(&["one"], &keys), seals(&["two", "one"], &keys), seals(&["two"], &keys));
        let sealed = old.seal("here", b"value").unwrap();
        assert_eq!(both.open("here", &sealed).as_deref(), Some(b"value".as_slice()));
        assert_eq!(new.open("here", &sealed), None, "sealed by a key that is gone");
        assert!(both.names("person", b"ann").contains(&old.names("person", b"ann")[0]));
        assert_eq!(both.names("person", b"ann")[0], new.names("person", b"ann")[0]);
    }

    #[test]
    fn what_was_changed_or_moved_does_not_open() {
        let seals = seals(&["one"], &[new_key("one").unwrap()]);
        let sealed = seals.seal("here", b"value").unwrap();
        assert_eq!(seals.open("there", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(seals.open("here", &changed), None, "byte {place}");
            assert_eq!(seals.open("here", &sealed[..place]), None, "cut at {place}");
        }
        assert_ne!(seals.seal("here", b"value").unwrap(), sealed, "the same value looks different each time");
        assert!(!sealed.windows(5).any(|window| window == b"value"));
    }

    #[test]
    fn what_is_of_another_portal_does_not_open() {
        let keys = [new_key("one").unwrap()];
        let other = Seals { scope: "https://other.example.com".to_owned(), ..seals(&["one"], &keys) };
        let seals = seals(&["one"], &keys);
        assert_eq!(other.open("here", &seals.seal("here", b"value").unwrap()), None);
        assert_ne!(other.names("person", b"ann"), seals.names("person", b"ann"));
    }

    #[test]
    fn names_are_the_same_for_the_same_alone() {
        let seals = seals(&["one"], &[new_key("one").unwrap()]);
        assert_eq!(seals.names("person", b"ann"), seals.names("person", b"ann"));
        assert_ne!(seals.names("person", b"ann"), seals.names("person", b"bob"));
        assert_ne!(seals.names("person", b"ann"), seals.names("address", b"ann"));
    }

    #[test]
    fn a_line_that_is_no_key_is_told_by_its_number() {
        let key = new_key("one").unwrap();
        let wrong = |text: &str| parse(text).err();
        assert_eq!(wrong(&format!("# the keys\n\n{}\n", key.expose())), None);
        assert_eq!(wrong(""), Some(1));
        assert_eq!(wrong(&format!("{}\none:short", key.expose())), Some(2));
        assert_eq!(wrong(&key.expose().replace("one:", ":")), Some(1));
        assert_eq!(wrong(&key.expose().replace("one:", "o ne:")), Some(1));
    }
}
