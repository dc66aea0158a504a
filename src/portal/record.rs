//! How a record of the portal is read and written: tolerant of every spelling the contract allows, exact when sending.
//!
//! Reading matches a key by its own spelling, then by its listed aliases, then without regard to case, `_` and `-`;
//! what matches nothing is kept in `rest` and written back. Writing sends one spelling a field and leaves out what
//! is absent. The rules are those of section 1 of the contract's `wire.md`; how a value is read is in `tolerant.rs`.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};

use super::key::{Key, Order, Place, SeenBefore};
use super::rest::Rest;
use super::scalar::Text;
use super::spelling::Spelling;
use super::tolerant::{Read, Tolerant, refuse};
use crate::upstream::allowance::{self, Counted};

/// A JSON object of the portal, declared with `record!`.
pub trait Record: Serialize + DeserializeOwned + Default + Send + Sync + 'static {
    /// What the record is called in errors.
    const TYPE: &'static str;
    /// The spellings this record sends, in declaration order.
    const FIELDS: &'static [&'static str];
    /// Every spelling each field is read in, and the record below it.
    const SPELLINGS: &'static [Spelling];
    /// The keys that records of this kind came with.
    fn seen_before() -> &'static SeenBefore;
    /// Reads the value that comes next into the field at that place.
    fn take<'de, A: MapAccess<'de>>(&mut self, place: Place, map: &mut A) -> Result<(), A::Error>;
    /// The keys that were not recognised.
    fn rest(&self) -> &Rest;
    /// The same, to add what has no field: it is sent as it is put there.
    fn rest_mut(&mut self) -> &mut Rest;
    /// Whether no declared field was present.
    fn is_blank(&self) -> bool;
    /// How many records stand right below it; the totals of its pages are none.
    fn records(&self) -> usize;
}

/// Reads an object into a record, with what the rows before it told of its keys.
pub(super) struct RecordVisitor<'order, 'de, R> {
    order: &'order mut Order<'de>,
    record: PhantomData<R>,
}

impl<'order, 'de, R: Record> RecordVisitor<'order, 'de, R> {
    pub fn new(order: &'order mut Order<'de>) -> Self {
        Self { order, record: PhantomData }
    }
}

impl<'de, R: Record> Visitor<'de> for RecordVisitor<'_, 'de, R> {
    type Value = R;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object ({})", R::TYPE)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        let mut record = R::default();
        self.fill(&mut record, map)?;
        Ok(record)
    }

    refuse!(
        visit_bool(bool): "a flag", visit_i64(i64): "a number", visit_u64(u64): "a number",
        visit_f64(f64): "a fraction", visit_str(&str): "text"
    );
}

impl<'de, R: Record> RecordVisitor<'_, 'de, R> {
    /// Reads an object into a record where it lies: a user's is some kilobytes, and moving it costs as much as reading it.
    pub(super) fn fill<A: MapAccess<'de>>(self, record: &mut R, mut map: A) -> Result<(), A::Error> {
        let mut rest = Vec::new();
        self.order.begin();
        while let Some(key) = map.next_key_seed(self.order.key::<R>())? {
            match key {
                Key::Of(place) => record.take(place, &mut map)?,
                Key::Another(key) => {
                    let Counted(value) = map.next_value()?;
                    let entry = (Text::from(key), value);
                    allowance::take::<A::Error>(2 * size_of_val(&entry))?;
                    if rest.is_empty() {
                        // As many as a user has; a list of one grows to four.
                        rest.reserve_exact(2);
                    }
                    rest.push(entry);
                }
            }
        }
        if !rest.is_empty() {
            *record.rest_mut() = rest.into_iter().collect();
        }
        self.order.end();
        Ok(())
    }
}

/// Reads the value that comes next into a field; an alias fills it only while there is nothing, its own spelling always
/// wins.
pub(super) fn put<'de, T: Tolerant, A: MapAccess<'de>>(
    field: &mut T,
    (name, place): (&str, Place),
    map: &mut A,
) -> Result<(), A::Error> {
    let Read(value) =
        map.next_value::<Read<T>>().map_err(|error| A::Error::custom(format_args!("{name}: {error}")))?;
    if field.is_absent() || (place.is_own && !value.is_absent()) {
        *field = value;
    }
    Ok(())
}

/// Declares a record: `field: Type = "spelling sent" | "alias read" | …`.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = $json:literal $(| $alias:literal)*,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// Keys the contract does not name.
            pub rest: $crate::portal::rest::Rest,
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                // A record holds what a customer's portal says of people: its name is all that may be printed.
                formatter.write_str(concat!(stringify!($name), " { .. }"))
            }
        }

        impl $crate::portal::record::Record for $name {
            const TYPE: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($json),*];
            const SPELLINGS: &'static [$crate::portal::spelling::Spelling] = &[$($crate::portal::spelling::Spelling {
                name: $json,
                others: &[$($alias),*],
                below: <$type as $crate::portal::tolerant::Tolerant>::below,
            }),*];

            fn seen_before() -> &'static $crate::portal::key::SeenBefore {
                static SEEN_BEFORE: $crate::portal::key::SeenBefore = $crate::portal::key::SeenBefore::new();
                &SEEN_BEFORE
            }

            fn take<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                place: $crate::portal::key::Place,
                map: &mut A,
            ) -> Result<(), A::Error> {
                #[expect(non_camel_case_types, dead_code, reason = "one variant a field, named as it, and no other use")]
                enum Field { $($field,)* another_key }
                match place.field {
                    $(field if field == Field::$field as u16 => {
                        $crate::portal::record::put(&mut self.$field, ($json, place), map)
                    })*
                    // No place is beyond the fields; a record without any has no value to read.
                    _ => map.next_value::<::serde::de::IgnoredAny>().map(drop),
                }
            }

            fn rest(&self) -> &$crate::portal::rest::Rest {
                &self.rest
            }

            fn rest_mut(&mut self) -> &mut $crate::portal::rest::Rest {
                &mut self.rest
            }

            fn is_blank(&self) -> bool {
                true $(&& $crate::portal::tolerant::Tolerant::is_absent(&self.$field))*
            }

            fn records(&self) -> usize {
                0 $(+ match $json {
                    "pagingInfo" => 0,
                    _ => $crate::portal::tolerant::Tolerant::records(&self.$field),
                })*
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if !$crate::portal::tolerant::Tolerant::is_absent(&self.$field) {
                    map.serialize_entry($json, &self.$field)?;
                })*
                for (key, value) in self.rest.iter() {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not `deserialize_map`, whose error would repeat a value that is no object.
                let mut order = $crate::portal::key::Order::of::<Self>();
                deserializer.deserialize_any($crate::portal::record::RecordVisitor::new(&mut order))
            }
        }
    };
}
pub(crate) use record;
