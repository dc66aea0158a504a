//! How a value of the wire is read: any JSON type that can carry it, one object or a list, with or without the wrappers
//! that XML leaves. An error names what was expected, never what was found: it may be a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Value;

use super::key::Order;
use super::record::{Record, RecordVisitor};
use super::spelling::Spelling;
use crate::upstream::allowance;

/// A field's type: how it is read from whatever the portal made of it.
pub trait Tolerant: Sized {
    /// Reads the value; `null` and empty text are absence.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
    /// Whether there is nothing to write.
    fn is_absent(&self) -> bool;
    /// How many records stand here.
    fn records(&self) -> usize {
        0
    }
    /// How the record is spelt that stands here; a scalar has nothing below it.
    #[must_use]
    fn below() -> &'static [Spelling] {
        &[]
    }
}

/// A scalar of the wire, read from any JSON type that can carry it.
pub trait Leaf: Sized {
    /// What a reader expected, for error messages; never the value found.
    const EXPECTED: &'static str;
    /// From a whole number.
    fn from_integer(value: i64) -> Option<Self>;
    /// From text; empty text never arrives here.
    fn from_text(value: &str) -> Option<Self>;
    /// From a boolean.
    #[must_use]
    fn from_flag(_: bool) -> Option<Self> {
        None
    }
    /// From a number with a fraction.
    #[must_use]
    fn from_fraction(_: f64) -> Option<Self> {
        None
    }
}

/// Refuses values by their kind: serde's own text would repeat the value, which may be a secret.
macro_rules! refuse {
    ($($visit:ident($type:ty): $kind:literal),*) => {$(
        fn $visit<E: ::serde::de::Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::invalid_type(::serde::de::Unexpected::Other($kind), &self))
        }
    )*};
}
pub(super) use refuse;

struct LeafVisitor<L>(PhantomData<L>);

impl<'de, L: Leaf> Visitor<'de> for LeafVisitor<L> {
    type Value = Option<L>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(L::EXPECTED)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        L::from_integer(value).map(Some).ok_or_else(|| E::custom(format_args!("expected {}", L::EXPECTED)))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            // Text that happens to be digits has no largest number.
            Err(_) => self.visit_str(&value.to_string()),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only whole numbers inside the exact range of f64 are cast"
    )]
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.fract() == 0.0 && value.abs() < 9e15 {
            return self.visit_i64(value as i64);
        }
        L::from_fraction(value).map(Some).ok_or_else(|| E::custom(format_args!("expected {}", L::EXPECTED)))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        L::from_flag(value).map(Some).ok_or_else(|| E::custom(format_args!("expected {}", L::EXPECTED)))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        if value.is_empty() {
            return Ok(None);
        }
        match L::from_text(value) {
            None if !value.trim().is_empty() => Err(E::custom(format_args!("expected {}", L::EXPECTED))),
            leaf => Ok(leaf),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    /// `{}` stands for null in one of the guide's own examples (`filterByStatus`).
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key::<IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(A::Error::custom(format_args!("expected {}, found an object", L::EXPECTED))),
        }
    }
}

impl<L: Leaf> Tolerant for Option<L> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LeafVisitor(PhantomData))
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<R: Record> Tolerant for Option<Arc<R>> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Arc<R>>::read(deserializer)?.into_iter().next())
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn records(&self) -> usize {
        usize::from(self.is_some())
    }

    fn below() -> &'static [Spelling] {
        R::SPELLINGS
    }
}

/// Lets a `Tolerant` field stand where serde wants a `Deserialize`.
pub(super) struct Read<T>(pub T);

impl<'de, T: Tolerant> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Read)
    }
}

struct LeavesVisitor<L>(PhantomData<L>);

impl<'de, L: Leaf> Visitor<'de> for LeavesVisitor<L> {
    type Value = Vec<L>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of {}", L::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Read(item)) = items.next_element::<Read<Option<L>>>()? {
            allowance::take::<A::Error>(2 * size_of::<L>())?;
            list.extend(item);
        }
        Ok(list)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(LeafVisitor(PhantomData).visit_str(value)?.into_iter().collect())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(LeafVisitor(PhantomData).visit_i64(value)?.into_iter().collect())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(LeafVisitor(PhantomData).visit_u64(value)?.into_iter().collect())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(LeafVisitor::<L>(PhantomData).visit_map(map)?.into_iter().collect())
    }

    refuse!(visit_bool(bool): "a flag", visit_f64(f64): "a fraction");

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

impl<L: Leaf> Tolerant for Vec<L> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LeavesVisitor(PhantomData))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Reads one row of a list, or `null`, which is none.
struct Row<'order, 'de, R>(RecordVisitor<'order, 'de, R>);

/// Reads a record to where it stays.
struct Placed<'order, 'de, R>(RecordVisitor<'order, 'de, R>);

impl<'de, R: Record> Visitor<'de> for Placed<'_, 'de, R> {
    type Value = Arc<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        allowance::take::<A::Error>(size_of::<R>())?;
        let mut record = Arc::<R>::default();
        let place = Arc::get_mut(&mut record).expect("nobody else has it yet");
        self.0.fill(place, map)?;
        Ok(record)
    }

    refuse!(
        visit_bool(bool): "a flag", visit_i64(i64): "a number", visit_u64(u64): "a number",
        visit_f64(f64): "a fraction", visit_str(&str): "text"
    );
}

impl<'de, R: Record> DeserializeSeed<'de> for Row<'_, 'de, R> {
    type Value = Option<Arc<R>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, R: Record> Visitor<'de> for Row<'_, 'de, R> {
    type Value = Option<Arc<R>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(Placed(self.0)).map(Some)
    }
}

struct RecordsVisitor<R>(PhantomData<R>);

impl<R: Record> RecordsVisitor<R> {
    /// Takes a record in, or, where XML left a wrapper such as `{"step": [...]}`, what it wraps.
    fn take<E: serde::de::Error>(record: Arc<R>, into: &mut Vec<Arc<R>>) -> Result<(), E> {
        let wrapped = match (record.is_blank(), record.rest().len()) {
            // An empty wrapper is `null` or empty text.
            (true, 1) => record.rest().values().next().filter(|value| match value {
                Value::Null | Value::Object(_) | Value::Array(_) => true,
                value => value.as_str().is_some_and(|text| text.trim().is_empty()),
            }),
            _ => None,
        };
        match wrapped {
            Some(value) => into.extend(Vec::<Arc<R>>::read(value.clone()).map_err(E::custom)?),
            None => into.push(record),
        }
        Ok(())
    }
}

impl<'de, R: Record> Visitor<'de> for RecordsVisitor<R> {
    type Value = Vec<Arc<R>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or_default());
        let mut order = Order::of::<R>();
        while let Some(row) = items.next_element_seed(Row(RecordVisitor::new(&mut order)))? {
            if let Some(record) = row {
                Self::take(record, &mut list)?;
            }
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let record = Placed(RecordVisitor::<R>::new(&mut Order::of::<R>())).visit_map(map)?;
        let mut list = Vec::new();
        if !(record.is_blank() && record.rest().is_empty()) {
            Self::take(record, &mut list)?;
        }
        Ok(list)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        if value.trim().is_empty() {
            return Ok(Vec::new());
        }
        Err(E::invalid_type(Unexpected::Other("text"), &self))
    }

    refuse!(visit_bool(bool): "a flag", visit_i64(i64): "a number", visit_u64(u64): "a number", visit_f64(f64): "a fraction");
}

impl<R: Record> Tolerant for Vec<Arc<R>> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordsVisitor(PhantomData))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn records(&self) -> usize {
        self.len()
    }

    fn below() -> &'static [Spelling] {
        R::SPELLINGS
    }
}

struct FlagsVisitor;

impl<'de> Visitor<'de> for FlagsVisitor {
    type Value = BTreeMap<String, bool>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("names, each with true or false")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut flags = BTreeMap::new();
        while let Some((name, Read(flag))) = map.next_entry::<String, Read<Option<bool>>>()? {
            allowance::take::<A::Error>(4 * size_of::<(String, bool)>())?;
            flags.extend(flag.map(|flag| (name, flag)));
        }
        Ok(flags)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        if value.trim().is_empty() {
            return Ok(BTreeMap::new());
        }
        Err(E::invalid_type(Unexpected::Other("text"), &self))
    }

    refuse!(visit_bool(bool): "a flag", visit_i64(i64): "a number", visit_u64(u64): "a number", visit_f64(f64): "a fraction");
}

impl Tolerant for BTreeMap<String, bool> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagsVisitor)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
