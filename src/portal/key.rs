//! The keys of the portal's objects: which of them mean the same, and which field of a record each one names.
//!
//! The rows of a list have the same keys in the same order, but for those that a row leaves out: what the row before
//! had tells the field of a key by comparing it once. Only a key that was not there is looked up among all spellings.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use super::record::Record;
use super::spelling::Spelling;

/// How many keys a row may leave out before the next one is looked up.
const AHEAD: usize = 8;

/// How many keys are remembered; more is no list of one kind of row.
const LONGEST: usize = 256;

/// The field that a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it is among the record's fields.
    pub field: u16,
    /// Whether this is the spelling that wins over aliases.
    pub is_own: bool,
}

/// The keys of the rows read so far, in the order they came, with what each one names.
#[derive(Default)]
pub struct Order<'de> {
    seen: Vec<(&'de str, Option<Place>)>,
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

impl<'de> Order<'de> {
    /// Begins a row.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// The row's next key.
    pub(super) fn key<R>(&mut self) -> KeyOf<'_, 'de, R> {
        KeyOf { order: self, record: PhantomData }
    }

    fn place<R: Record>(&mut self, key: &'de str) -> Option<Place> {
        match self.seen.get(self.next) {
            Some((seen, place)) if *seen == key => {
                self.next += 1;
                *place
            }
            _ => self.further::<R>(key),
        }
    }

    /// The place of a key that does not come as it did in the row before.
    #[cold]
    fn further<R: Record>(&mut self, key: &'de str) -> Option<Place> {
        let ahead = self.seen.get(self.next..).unwrap_or_default().iter().take(AHEAD);
        if let Some((skipped, (_, place))) = ahead.enumerate().find(|(_, (seen, _))| *seen == key) {
            self.next += skipped + 1;
            return *place;
        }
        let place = place(R::SPELLINGS, key);
        if self.seen.len() < LONGEST {
            self.seen.insert(self.next, (key, place));
            self.next += 1;
        }
        place
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
