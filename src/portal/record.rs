//! How a record of the portal is read and written: tolerant of every spelling the contract allows, exact when sending.
//!
//! Reading matches a key by its own spelling, then by its listed aliases, then without regard to case, `_` and `-`;
//! what matches nothing is kept in `rest` and written back. Writing sends one spelling a field and leaves out what
//! is absent. The rules are those of section 1 of the contract's `wire.md`; how a value is read is in `tolerant.rs`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::spelling::Spelling;

/// Keys the contract does not name, kept as they came so that a write can send them back.
pub type Rest = BTreeMap<String, Value>;

/// A JSON object of the portal, declared with `record!`.
pub trait Record: Serialize + DeserializeOwned + Default + Send + Sync + 'static {
    /// The spellings this record sends, in declaration order.
    const FIELDS: &'static [&'static str];
    /// Every spelling each field is read in, and the record below it.
    const SPELLINGS: &'static [Spelling];
    /// The keys that were not recognised.
    fn rest(&self) -> &Rest;
    /// The same, to add what has no field: it is sent as it is put there.
    fn rest_mut(&mut self) -> &mut Rest;
    /// Whether no declared field was present.
    fn is_blank(&self) -> bool;
}
/// A key of a JSON object, borrowed from the body wherever it has no escapes.
pub(super) struct Key<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

fn fold(key: &str) -> impl Iterator<Item = u8> {
    key.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}

/// Whether two keys are the same but for case, `_` and `-`.
pub(super) fn alike(left: &str, right: &str) -> bool {
    fold(left).eq(fold(right))
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
            pub rest: $crate::portal::record::Rest,
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                // A record holds what a customer's portal says of people: its name is all that may be printed.
                formatter.write_str(concat!(stringify!($name), " { .. }"))
            }
        }

        impl $crate::portal::record::Record for $name {
            const FIELDS: &'static [&'static str] = &[$($json),*];
            const SPELLINGS: &'static [$crate::portal::spelling::Spelling] = &[$($crate::portal::spelling::Spelling {
                name: $json,
                others: &[$($alias),*],
                below: <$type as $crate::portal::tolerant::Tolerant>::below,
            }),*];

            fn rest(&self) -> &$crate::portal::record::Rest {
                &self.rest
            }

            fn rest_mut(&mut self) -> &mut $crate::portal::record::Rest {
                &mut self.rest
            }

            fn is_blank(&self) -> bool {
                true $(&& $crate::portal::tolerant::Tolerant::is_absent(&self.$field))*
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if !$crate::portal::tolerant::Tolerant::is_absent(&self.$field) {
                    map.serialize_entry($json, &self.$field)?;
                })*
                for (key, value) in &self.rest {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[expect(non_camel_case_types, reason = "one variant a field, named as the field")]
                enum Field { $($field,)* another_key }

                /// The field a key stands for, and whether it is the spelling that wins over aliases.
                fn field(key: &str) -> (Field, bool) {
                    match key {
                        $($json => return (Field::$field, true),)*
                        _ => {}
                    }
                    $(if $crate::portal::record::alike(key, $json) { return (Field::$field, true); })*
                    $($(if $crate::portal::record::alike(key, $alias) { return (Field::$field, false); })*)*
                    (Field::another_key, false)
                }

                struct RecordVisitor;
                impl<'de> ::serde::de::Visitor<'de> for RecordVisitor {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        formatter.write_str(concat!("an object (", stringify!($name), ")"))
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut record = $name::default();
                        while let Some($crate::portal::record::Key(key)) = map.next_key()? {
                            let place = field(&key);
                            match place.0 {
                                $(Field::$field => {
                                    let value = map
                                        .next_value::<$crate::portal::tolerant::Read<$type>>()
                                        .map_err(|error| ::serde::de::Error::custom(format_args!(concat!($json, ": {}"), error)))?
                                        .0;
                                    let absent = $crate::portal::tolerant::Tolerant::is_absent(&record.$field);
                                    if absent || (place.1 && !$crate::portal::tolerant::Tolerant::is_absent(&value)) {
                                        record.$field = value;
                                    }
                                })*
                                Field::another_key => {
                                    let value = map.next_value()?;
                                    record.rest.insert(key.into_owned(), value);
                                }
                            }
                        }
                        Ok(record)
                    }

                    $crate::portal::tolerant::refuse!(
                        visit_bool(bool): "a flag", visit_i64(i64): "a number", visit_u64(u64): "a number",
                        visit_f64(f64): "a fraction", visit_str(&str): "text"
                    );
                }
                // Not `deserialize_map`, whose error would repeat a value that is no object.
                deserializer.deserialize_any(RecordVisitor)
            }
        }
    };
}
pub(crate) use record;
