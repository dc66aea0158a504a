//! JSON of an upstream, read at a glance: most of what a cold query costs is reading records, and most of a record are
//! short texts without an escape and small numbers.
//!
//! It reads what is well-formed, and leaves the rest to `serde_json`: a text with an escape, a fraction and a number of many
//! digits by itself, and whatever does not read here once more as a whole. So what is read is what `serde_json` would have
//! read, and every error is its own.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

use super::allowance;

/// As deep as `serde_json` reads.
const DEEPEST: u8 = 127;
/// As many digits as a whole number may have whose value cannot be too large for 64 bits.
const DIGITS: usize = 18;

/// Reads a whole text.
///
/// # Errors
/// Those of `serde_json`.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    match allowance::attempt(|| Reader::new(text).whole()) {
        Ok(value) => Ok(value),
        Err(_) => serde_json::from_str(text),
    }
}

/// Reads a whole body; what is no UTF-8 gets its error from `serde_json`.
///
/// # Errors
/// Those of `serde_json`.
pub fn read_bytes<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Error> {
    // Once for the whole body, instead of text by text.
    match std::str::from_utf8(body) {
        Ok(text) => read(text),
        Err(_) => serde_json::from_slice(body),
    }
}

/// Whether a text stands in JSON as it is, without an escape.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    plain(text.as_bytes()) == text.len()
}

/// The same as `read`, without a second reading.
#[cfg(test)]
pub(crate) fn at_a_glance<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    Reader::new(text).whole().ok()
}

/// What is left of a text.
struct Reader<'de> {
    text: &'de str,
    at: usize,
    deeper: u8,
}

impl<'de> Reader<'de> {
    fn new(text: &'de str) -> Self {
        Self { text, at: 0, deeper: DEEPEST }
    }

    fn whole<T: Deserialize<'de>>(mut self) -> Result<T, Error> {
        let value = T::deserialize(&mut self)?;
        if self.next().is_some() { Err(unread()) } else { Ok(value) }
    }

    /// The next byte that is no white space, which stays.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Takes the next byte if it is this one.
    #[inline]
    fn takes(&mut self, expected: u8) -> Result<(), Error> {
        if self.next() == Some(expected) {
            self.at += 1;
            return Ok(());
        }
        Err(unread())
    }

    fn word<T>(&mut self, word: &str, value: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let ahead = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !ahead.starts_with(word.as_bytes()) {
            return Err(unread());
        }
        self.at += word.len();
        value()
    }

    /// Reads the text whose quote comes next.
    #[inline]
    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let begin = self.at + 1;
        let end = begin + plain(self.text.as_bytes().get(begin..).unwrap_or_default());
        match (self.text.as_bytes().get(end), self.text.get(begin..end)) {
            (Some(b'"'), Some(text)) => {
                self.at = end + 1;
                visitor.visit_borrowed_str(text)
            }
            (Some(b'\\'), _) => self.escaped(end, visitor),
            _ => Err(unread()),
        }
    }

    /// Reads a text that has its first escape there.
    #[cold]
    fn escaped<V: Visitor<'de>>(&mut self, mut end: usize, visitor: V) -> Result<V::Value, Error> {
        let bytes = self.text.as_bytes();
        while bytes.get(end) == Some(&b'\\') {
            let behind = end + 2;
            end = behind + plain(bytes.get(behind..).ok_or_else(unread)?);
        }
        let whole = self.text.get(self.at..=end).ok_or_else(unread)?;
        self.at = end + 1;
        only(whole, visitor)
    }

    /// Reads the number whose sign or first digit comes next.
    #[inline]
    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let bytes = self.text.as_bytes();
        let is_negative = bytes.get(self.at) == Some(&b'-');
        let begin = self.at + usize::from(is_negative);
        let ahead = bytes.get(begin..).unwrap_or_default();
        let mut value = 0_i64;
        let mut digits = 0;
        while let Some(digit @ b'0'..=b'9') = ahead.get(digits)
            && digits < DIGITS
        {
            value = value * 10 + i64::from(digit - b'0');
            digits += 1;
        }
        let goes_on = matches!(ahead.get(digits), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
        // A zero in front is not JSON, and `-0` is a fraction.
        let is_plain = digits > 0 && (ahead.first() != Some(&b'0') || (digits == 1 && !is_negative));
        if goes_on || !is_plain {
            return self.unusual(visitor);
        }
        self.at = begin + digits;
        if is_negative { visitor.visit_i64(-value) } else { visitor.visit_u64(value.unsigned_abs()) }
    }

    #[cold]
    fn unusual<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let ahead = self.text.get(self.at..).unwrap_or_default();
        let length =
            ahead.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        let (number, _) = ahead.split_at(length.count());
        self.at += number.len();
        only(number, visitor)
    }

    /// Reads a list or an object between its brackets.
    #[inline]
    fn between<T>(
        &mut self,
        last: u8,
        read: impl FnOnce(Items<'_, 'de>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.at += 1;
        self.deeper = self.deeper.checked_sub(1).ok_or_else(unread)?;
        let value = read(Items { reader: self, last, is_first: true })?;
        self.deeper += 1;
        self.takes(last)?;
        Ok(value)
    }
}

/// A single value of `serde_json`.
fn only<'de, V: Visitor<'de>>(text: &'de str, visitor: V) -> Result<V::Value, Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = reader.deserialize_any(visitor)?;
    reader.end()?;
    Ok(value)
}

/// Nobody sees it: `serde_json` says what is wrong.
#[cold]
fn unread() -> Error {
    Error::custom("not read")
}

/// How many bytes there are before a quote, an escape or what a text must not have in it; all, if there is none. Eight are
/// looked at together: a byte is found where taking away borrows from its highest bit.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHEST: u64 = ONES << 7;
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
    let (eights, rest) = bytes.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        let below = |bytes: u64, least: u8| bytes.wrapping_sub(ONES * u64::from(least)) & !bytes;
        let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let found = (below(word, 0x20) | is(b'"') | is(b'\\')) & HIGHEST;
        if found != 0 {
            // A borrow spoils only what is behind the first.
            return 8 * index + found.trailing_zeros() as usize / 8;
        }
    }
    bytes.len() - rest.len() + rest.iter().take_while(|byte| is_plain(byte)).count()
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.next() {
            Some(b'"') => self.text(visitor),
            Some(b'-' | b'0'..=b'9') => self.number(visitor),
            Some(b'{') => self.between(b'}', |entries| visitor.visit_map(entries)),
            Some(b'[') => self.between(b']', |items| visitor.visit_seq(items)),
            Some(b'n') => self.word("null", || visitor.visit_unit()),
            Some(b't') => self.word("true", || visitor.visit_bool(true)),
            Some(b'f') => self.word("false", || visitor.visit_bool(false)),
            _ => Err(unread()),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.next() {
            Some(b'n') => self.word("null", || visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// What stands between two brackets, in its order.
struct Items<'reader, 'de> {
    reader: &'reader mut Reader<'de>,
    last: u8,
    is_first: bool,
}

impl Items<'_, '_> {
    /// Goes to the next; the last bracket stays.
    #[inline]
    fn has_next(&mut self) -> Result<bool, Error> {
        match self.reader.next() {
            Some(byte) if byte == self.last => return Ok(false),
            Some(b',') if !self.is_first => {
                self.reader.at += 1;
                if self.reader.next() == Some(self.last) {
                    return Err(unread());
                }
            }
            Some(_) if self.is_first => {}
            _ => return Err(unread()),
        }
        self.is_first = false;
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.has_next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.has_next()? { seed.deserialize(Key(self.reader)).map(Some) } else { Ok(None) }
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        self.reader.takes(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The key that comes next: a text.
struct Key<'reader, 'de>(&'reader mut Reader<'de>);

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.next() {
            Some(b'"') => self.0.text(visitor),
            _ => Err(unread()),
        }
    }

    /// Visits nothing if the key is this name, which is plain, and else the key: who knows which one comes next has it
    /// compared instead of read.
    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        debug_assert!(is_plain(name), "it would be compared with something else");
        let reader = self.0;
        let ahead = reader.text.as_bytes().get(reader.at..).unwrap_or_default();
        if let [b'"', ahead @ ..] = ahead
            && let Some([b'"', ..]) = ahead.strip_prefix(name.as_bytes())
        {
            reader.at += name.len() + 2;
            return visitor.visit_unit();
        }
        Key(reader).deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
pub(super) mod tests;
