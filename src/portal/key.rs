//! The keys of the portal's objects: which of them mean the same, and which field of a record each one names.
//!
//! The rows of a list have the same keys in the same order, but for those that a row leaves out, and so have the answers of
//! one portal: what was read before tells the field of a key by comparing it once. Only a key that was not there is looked
//! up among all spellings.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::de::{DeserializeSeed, Deserializer, Visitor};

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

/// The keys of the rows read so far, in the order they came, with what each one names.
pub struct Order<'de> {
    before: &'static SeenBefore,
    known: &'static [(Box<str>, Option<Place>)],
    seen: Vec<(&'de str, Option<Place>)>,
    /// Where the next key is expected among what was seen of these rows, and where among what is known.
    next: usize,
    next_known: usize,
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
        let is_bounded = keys.iter().all(|(key, _)| key.len() <= LONGEST);
        if let Some(free) = self.0.iter().find(|keys| keys.get().is_none())
            && is_bounded
            && keys.len() > self.keys().len()
        {
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
            self.before.learn(&self.seen);
        }
    }

    fn place<R: Record>(&mut self, key: &'de str) -> Option<Place> {
        match self.seen.get(self.next) {
            Some((expected, place)) if *expected == key => {
                self.next += 1;
                *place
            }
            _ => self.elsewhere::<R>(key),
        }
    }

    /// The place of a key that does not come as it did in the rows before, or of the first row.
    fn elsewhere<R: Record>(&mut self, key: &'de str) -> Option<Place> {
        let ahead = self.seen.get(self.next..).unwrap_or_default().iter();
        if let Some((skipped, (_, place))) = ahead.enumerate().find(|(_, (seen, _))| *seen == key) {
            self.next += skipped + 1;
            return *place;
        }
        let place = self.known_place(key, || place(R::SPELLINGS, key));
        if self.seen.len() < LONGEST {
            self.seen.insert(self.next, (key, place));
            self.next += 1;
        }
        place
    }

    /// The place of a key as it is known from other answers, most likely in their order, or else by looking it up.
    fn known_place(&mut self, key: &str, look_up: impl FnOnce() -> Option<Place>) -> Option<Place> {
        let is_it = |at: &usize| self.known.get(*at).is_some_and(|(known, _)| **known == *key);
        let Some(at) = [self.next_known].into_iter().chain(0..self.known.len()).find(is_it) else {
            return look_up();
        };
        self.next_known = at + 1;
        self.known[at].1
    }
}

impl<'de, R: Record> DeserializeSeed<'de> for KeyOf<'_, 'de, R> {
    type Value = Key<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, R: Record> Visitor<'de> for KeyOf<'_, 'de, R> {
    type Value = Key<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
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
