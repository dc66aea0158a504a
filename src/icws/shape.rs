//! How a value of an answer is read: each type says which JSON it takes, and an error names the field and what was
//! expected of it, never what was found.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::upstream::json;

/// What a type can be made of; whatever it does not take is refused.
pub(super) trait Shape: Sized {
    /// What is expected, for errors.
    const EXPECTED: &'static str;

    /// From `true` or `false`.
    fn from_flag(_: bool) -> Option<Self> {
        None
    }

    /// From a whole number.
    fn from_number(_: i64) -> Option<Self> {
        None
    }

    /// From text.
    fn from_text(_: &str) -> Option<Self> {
        None
    }

    /// From a list.
    fn from_list<'de, A: SeqAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(unexpected::<Self, _>())
    }

    /// From an object.
    fn from_object<'de, A: MapAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(unexpected::<Self, _>())
    }

    /// From null, or from a property that is left out.
    fn from_nothing() -> Option<Self> {
        None
    }
}

/// Reads a whole text.
pub(super) fn read<S: Shape>(body: &[u8]) -> serde_json::Result<S> {
    json::read_bytes(body).map(|Read(value)| value)
}

/// Lets a `Shape` stand where serde wants a `Deserialize`.
pub(super) struct Read<S>(pub(super) S);

impl<'de, S: Shape> Deserialize<'de> for Read<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData)).map(Read)
    }
}

pub(super) fn unexpected<S: Shape, E: Error>() -> E {
    E::custom(format_args!("expected {}", S::EXPECTED))
}

struct Reader<S>(PhantomData<S>);

impl<'de, S: Shape> Visitor<'de> for Reader<S> {
    type Value = S;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(S::EXPECTED)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<S, E> {
        S::from_flag(value).ok_or_else(unexpected::<S, E>)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<S, E> {
        S::from_number(value).ok_or_else(unexpected::<S, E>)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<S, E> {
        i64::try_from(value).ok().and_then(S::from_number).ok_or_else(unexpected::<S, E>)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only whole numbers in the exact range of f64 are cast"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<S, E> {
        let is_whole = value.fract() == 0.0 && value.abs() < 9e15;
        is_whole.then_some(value as i64).and_then(S::from_number).ok_or_else(unexpected::<S, E>)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<S, E> {
        S::from_text(value).ok_or_else(unexpected::<S, E>)
    }

    fn visit_unit<E: Error>(self) -> Result<S, E> {
        S::from_nothing().ok_or_else(unexpected::<S, E>)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<S, A::Error> {
        S::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<S, A::Error> {
        S::from_object(object)
    }
}

impl Shape for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_flag(value: bool) -> Option<Self> {
        Some(value)
    }

    fn from_text(text: &str) -> Option<Self> {
        let is = |word: &str| text.trim().eq_ignore_ascii_case(word);
        if is("true") { Some(true) } else { is("false").then_some(false) }
    }
}

impl Shape for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn from_number(value: i64) -> Option<Self> {
        Some(value)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

impl Shape for String {
    const EXPECTED: &'static str = "text";

    fn from_number(value: i64) -> Option<Self> {
        Some(value.to_string())
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<S: Shape> Shape for Option<S> {
    const EXPECTED: &'static str = S::EXPECTED;

    fn from_flag(value: bool) -> Option<Self> {
        S::from_flag(value).map(Some)
    }

    fn from_number(value: i64) -> Option<Self> {
        S::from_number(value).map(Some)
    }

    fn from_text(text: &str) -> Option<Self> {
        S::from_text(text).map(Some)
    }

    fn from_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        S::from_list(list).map(Some)
    }

    fn from_object<'de, A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        S::from_object(object).map(Some)
    }

    fn from_nothing() -> Option<Self> {
        Some(None)
    }
}

impl<S: Shape> Shape for Arc<S> {
    const EXPECTED: &'static str = S::EXPECTED;

    fn from_object<'de, A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        S::from_object(object).map(Self::new)
    }
}

impl<S: Shape> Shape for Vec<S> {
    const EXPECTED: &'static str = "a list";

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut items = Self::new();
        // A null in a list is nothing, as it is elsewhere.
        while let Some(Read(item)) = list.next_element::<Read<Option<S>>>()? {
            items.extend(item);
        }
        Ok(items)
    }

    fn from_nothing() -> Option<Self> {
        Some(Self::new())
    }
}

impl<S: Shape> Shape for BTreeMap<String, S> {
    const EXPECTED: &'static str = "an object";

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut members = Self::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value::<Read<Option<S>>>();
            // The names of such an object are the upstream's own: not said, as they could be anything.
            let Read(value) = value.map_err(|error| A::Error::custom(format_args!("a member: {error}")))?;
            members.extend(value.map(|value| (name, value)));
        }
        Ok(members)
    }

    fn from_nothing() -> Option<Self> {
        Some(Self::new())
    }
}

/// Reads a key as one of the names, in any case; another key is none.
pub(super) struct Name(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<&'static str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().copied().find(|name| name.eq_ignore_ascii_case(key)))
    }
}

/// Reads the value of a property, naming the property in the error.
pub(super) fn property<'de, S: Shape, A: MapAccess<'de>>(
    object: &mut A,
    name: &'static str,
) -> Result<S, A::Error> {
    let read = object.next_value::<Read<S>>();
    read.map(|Read(value)| value).map_err(|error| A::Error::custom(format_args!("{name}: {error}")))
}

/// The property's value, or what stands for one that was left out.
pub(super) fn given<S: Shape, E: Error>(value: Option<S>, name: &'static str) -> Result<S, E> {
    let missing = || E::custom(format_args!("{name}: expected {}, it is missing", S::EXPECTED));
    value.or_else(S::from_nothing).ok_or_else(missing)
}

/// Skips the value of a property that nobody knows.
pub(super) fn skip<'de, A: MapAccess<'de>>(object: &mut A) -> Result<(), A::Error> {
    object.next_value::<IgnoredAny>().map(drop)
}

/// Declares an object of the wire; `PROPERTIES` are its names for the contract test.
macro_rules! objects {
    ($($(#[$meta:meta])* $visible:vis $name:ident = $contract:literal {
        $($(#[$about:meta])* $field:ident: $type:ty = $json:literal,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        $visible struct $name {
            $($(#[$about])* pub $field: $type,)*
        }

        impl $name {
            /// The names of its properties on the wire.
            pub const PROPERTIES: &'static [&'static str] = &[$($json),*];
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }

        impl $crate::icws::shape::Shape for $name {
            const EXPECTED: &'static str = concat!("an object: ", $contract);

            fn from_object<'de, A: ::serde::de::MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
                use $crate::icws::shape::{Name, given, property, skip};
                $(let mut $field: Option<$type> = None;)*
                while let Some(name) = object.next_key_seed(Name(Self::PROPERTIES))? {
                    match name {
                        $(Some($json) => $field = Some(property(&mut object, $json)?),)*
                        _ => skip(&mut object)?,
                    }
                }
                Ok(Self { $($field: given($field, $json)?,)* })
            }
        }
    )*};
}
pub(super) use objects;
