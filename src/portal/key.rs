//! The keys of the portal's objects: which of them mean the same, and which field of a record each one names.
//!
//! The rows of a list have the same keys in the same order, but for those that a row leaves out, and so have the answers of
//! one portal: what was read before tells the field of a key by comparing it once, where it stands if the reader can do that.
//! Only a key that was not there is looked up among all spellings.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::record::Record;
use super::spelling::Spelling;
use crate::upstream::json;

/// How many keys are remembered, and how long one of them may be; more is no list of one kind of row.
const LONGEST: usize = 256;

/// How often more keys than before are remembered beyond one answer: a record may leave out what it does not have.
const TIMES: usize = 8;

/// The field that a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it is among the record's fields.
    pub field: u16,
    /// Whether this is the spelling that wins over aliases.
    pub is_own: bool,
}

/// The keys that records of one kind came with since the process began. What a key names does not depend on who reads it,
/// or where: this tells where to look first, and whoever has other keys, or the same in another order, reads the same.
pub struct SeenBefore([OnceLock<Keys>; TIMES]);

type Keys = Box<[(Box<str>, Option<Place>)]>;

/// The keys of the rows read so far, in the order they came, with what each one names.
pub struct Order<'de> {
    before: &'static SeenBefore,
    known: &'static [(Box<str>, Option<Place>)],
    seen: Vec<Seen<'de>>,
    /// Where the next key is expected among what was seen of these rows, and where among what is known.
    next: usize,
    next_known: usize,
}

/// A key of a row.
struct Seen<'de> {
    key: &'de str,
    /// The same, if it was known before.
    known: Option<&'static str>,
    place: Option<Place>,
}

/// A key that was read: a field's, or one that no field has.
pub(super) enum Key<'de> {
    Of(Place),
    Another(Cow<'de, str>),
}

/// Reads a key of such a record.
pub(super) struct KeyOf<'order, 'de, R> {
    order: &'order mut Order<'de>,
    record: PhantomData<R>,
}

impl Default for SeenBefore {
    fn default() -> Self {
        Self::new()
    }
}

impl SeenBefore {
    /// Nothing was read yet.
    #[must_use]
    pub const fn new() -> Self {
        Self([const { OnceLock::new() }; TIMES])
    }

    /// Those of the record that had the most.
    fn keys(&self) -> &[(Box<str>, Option<Place>)] {
        self.0.iter().rev().find_map(OnceLock::get).map_or(&[], |keys| keys)
    }

    /// Only what stands in JSON as it is: it is compared with JSON.
    fn learn<'a>(&self, keys: impl ExactSizeIterator<Item = (&'a str, Option<Place>)>) {
        let free = self.0.iter().find(|keys| keys.get().is_none());
        let known = self.keys().len();
        if let Some(free) = free
            && keys.len() > known
        {
            let keys = keys.filter(|(key, _)| key.len() <= LONGEST && json::is_plain(key));
            let keys: Keys = keys.map(|(key, place)| (Box::from(key), place)).collect();
            if keys.len() > known {
                // An error means that somebody else was first.
                let _ = free.set(keys);
            }
        }
    }
}

impl<'de> Order<'de> {
    /// Nothing read yet of a record of this kind.
    #[must_use]
    pub fn of<R: Record>() -> Self {
        let before = R::seen_before();
        let known = before.keys();
        Self { before, known, seen: Vec::with_capacity(known.len()), next: 0, next_known: 0 }
    }

    /// Begins a row.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// The row's next key.
    pub(super) fn key<R>(&mut self) -> KeyOf<'_, 'de, R> {
        KeyOf { order: self, record: PhantomData }
    }

    /// Ends a row that was a record.
    pub(super) fn end(&self) {
        if self.seen.len() > self.known.len() {
            self.before.learn(self.seen.iter().map(|seen| (seen.key, seen.place)));
        }
    }

    /// How the next key is most likely spelt, if that was known before.
    #[inline]
    fn expected(&self) -> Option<&'static str> {
        match self.seen.get(self.next) {
            Some(seen) => seen.known,
            None => self.known.get(self.next_known).map(|(key, _)| &**key),
        }
    }

    /// The place of the key that was expected.
    #[inline]
    fn as_expected(&mut self) -> Option<Place> {
        if let Some(seen) = self.seen.get(self.next) {
            self.next += 1;
            return seen.place;
        }
        let (key, place) = self.known.get(self.next_known)?;
        self.next_known += 1;
        self.remember(Seen { key, known: Some(key), place: *place });
        *place
    }

    /// The place of a key that may be another than expected: rows leave some out.
    fn place<R: Record>(&mut self, key: &'de str) -> Option<Place> {
        let mut ahead = self.seen.iter().enumerate().skip(self.next);
        if let Some((at, seen)) = ahead.find(|(_, seen)| seen.key == key) {
            self.next = at + 1;
            return seen.place;
        }
        let mut known = self.known.iter().enumerate();
        let seen = match known.find(|(_, (known, _))| **known == *key) {
            Some((at, (known, place))) => {
                self.next_known = at + 1;
                Seen { key, known: Some(known), place: *place }
            }
            None => Seen { key, known: None, place: place(R::SPELLINGS, key) },
        };
        let place = seen.place;
        self.remember(seen);
        place
    }

    fn remember(&mut self, seen: Seen<'de>) {
        if self.seen.len() < LONGEST {
            self.seen.insert(self.next, seen);
            self.next += 1;
        }
    }
}

impl<'de, R: Record> DeserializeSeed<'de> for KeyOf<'_, 'de, R> {
    type Value = Key<'de>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.order.expected() {
            // To be compared where it stands; see `upstream::json`. Other readers read whatever comes.
            Some(expected) => deserializer.deserialize_struct(expected, &[], self),
            None => deserializer.deserialize_str(self),
        }
    }
}

impl<'de, R: Record> Visitor<'de> for KeyOf<'_, 'de, R> {
    type Value = Key<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        let expected = self.order.expected();
        Ok(self
            .order
            .as_expected()
            .map_or_else(|| Key::Another(expected.unwrap_or_default().into()), Key::Of))
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(self.order.place::<R>(key).map_or(Key::Another(Cow::Borrowed(key)), Key::Of))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(place(R::SPELLINGS, key).map_or_else(|| Key::Another(Cow::Owned(key.to_owned())), Key::Of))
    }
}

fn fold(key: &str) -> impl Iterator<Item = u8> {
    key.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}

/// Whether two keys are the same but for case, `_` and `-`.
pub(super) fn alike(left: &str, right: &str) -> bool {
    fold(left).eq(fold(right))
}

/// The field that a key names: by its own spelling, or one like it, or else by an alias.
pub(super) fn place(fields: &[Spelling], key: &str) -> Option<Place> {
    let by_name = |like: fn(&str, &str) -> bool| fields.iter().position(|field| like(key, field.name));
    let by_alias = || fields.iter().position(|field| field.others.iter().any(|other| alike(key, other)));
    let own = by_name(|key, name| key == name).or_else(|| by_name(alike));
    let place = |is_own| move |field| Some(Place { field: u16::try_from(field).ok()?, is_own });
    own.and_then(place(true)).or_else(|| by_alias().and_then(place(false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_writes_in_another_way_is_not_remembered() {
        let before = SeenBefore::new();
        let long = "k".repeat(LONGEST + 1);
        let keys = ["a", "a\":\"7\",\"b", "b\"", "c\\u0061", "d\n", long.as_str(), "ä"];
        before.learn(keys.iter().map(|key| (*key, None)));
        let kept: Vec<_> = before.keys().iter().map(|(key, _)| &**key).collect();
        assert_eq!(kept, ["a", "ä"]);
        // Fewer keys than are known tell nothing.
        before.learn(["z"].into_iter().map(|key| (key, None)));
        assert_eq!(before.keys().len(), 2);
    }
}
