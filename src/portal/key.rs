//! The keys of the portal's objects: which of them mean the same, and which field of a record each one names.
//!
//! The rows of a list have the same keys in the same order, but for those that a row leaves out, and so have the answers of
//! one portal: what was read before tells the field of a key by comparing it once. Only a key that was not there is looked
//! up among all spellings.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::record::Record;
use super::spelling::Spelling;

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

/// The keys of the rows to come, in the order they are expected in, with what each one names.
pub struct Order<'de> {
    before: &'static SeenBefore,
    known: &'static [(Box<str>, Option<Place>)],
    /// What rows of this answer have beyond what is known, in its place among that; empty as long as they have nothing.
    own: Vec<(&'de str, Option<Place>)>,
    /// Where the next key is expected.
    next: usize,
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

    fn learn(&self, keys: &[(&str, Option<Place>)]) {
        if keys.len() <= self.keys().len() || keys.iter().any(|(key, _)| key.len() > LONGEST) {
            return;
        }
        if let Some(free) = self.0.iter().find(|keys| keys.get().is_none()) {
            // An error means that somebody else was first.
            let _ = free.set(keys.iter().map(|(key, place)| (Box::from(*key), *place)).collect());
        }
    }
}

impl<'de> Order<'de> {
    /// Nothing read yet of a record of this kind.
    #[must_use]
    pub fn of<R: Record>() -> Self {
        let before = R::seen_before();
        Self { before, known: before.keys(), own: Vec::new(), next: 0 }
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
        if !self.own.is_empty() {
            self.before.learn(&self.own);
        }
    }

    /// How the next key is most likely spelt, if that is known for longer than this answer is here.
    #[inline]
    fn expected(&self) -> Option<&'static str> {
        if self.own.is_empty() { self.known.get(self.next).map(|(key, _)| &**key) } else { None }
    }

    /// The place of the key that was expected.
    #[inline]
    fn as_expected(&mut self) -> Option<Place> {
        let (_, place) = self.known.get(self.next)?;
        self.next += 1;
        *place
    }

    /// The place of a key that may be another than expected: rows leave some out.
    fn place<R: Record>(&mut self, key: &'de str) -> Option<Place> {
        let ahead = if self.own.is_empty() {
            let mut ahead = self.known.iter().enumerate().skip(self.next);
            ahead.find(|(_, (known, _))| **known == *key).map(|(at, (_, place))| (at, *place))
        } else {
            let mut ahead = self.own.iter().enumerate().skip(self.next);
            ahead.find(|(_, (own, _))| *own == key).map(|(at, (_, place))| (at, *place))
        };
        if let Some((at, place)) = ahead {
            self.next = at + 1;
            return place;
        }
        let known = self.known.iter().find(|(known, _)| **known == *key);
        let place = known.map_or_else(|| place(R::SPELLINGS, key), |(_, place)| *place);
        if self.own.is_empty() {
            self.own = self.known.iter().map(|(known, place)| (&**known, *place)).collect();
        }
        if self.own.len() < LONGEST {
            self.own.insert(self.next, (key, place));
            self.next += 1;
        }
        place
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
