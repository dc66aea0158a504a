//! How much memory what is read of one answer may take. Its size says little: of a list of empty objects each three bytes
//! become a record of a kilobyte or more.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// About what a value takes in a list that grows by doubling, and in an object.
const VALUE: usize = 2 * size_of::<Value>();
const ENTRY: usize = 2 * (size_of::<String>() + size_of::<Value>());
/// The least an object takes that is not empty.
const OBJECT: usize = 11 * (size_of::<String>() + size_of::<Value>());

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Reads something on this thread that may take so many bytes; beyond them reading fails. Tells how many it took, but for
/// its texts.
pub fn within<T>(bytes: usize, read: impl FnOnce() -> T) -> (T, usize) {
    let _before = Before(LEFT.replace(bytes));
    let read = read();
    (read, bytes - LEFT.get())
}

/// Reads something that may be read once more in another way: what a reading took that failed is given back.
pub fn attempt<T, E>(read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let before = LEFT.get();
    read().inspect_err(|_| LEFT.set(before))
}

/// What was left before; it is left again whatever becomes of reading.
struct Before(usize);

impl Drop for Before {
    fn drop(&mut self) {
        LEFT.set(self.0);
    }
}

/// Takes so many bytes of what is left.
pub fn take<E: Error>(bytes: usize) -> Result<(), E> {
    let left = LEFT.get().checked_sub(bytes);
    LEFT.set(left.ok_or_else(|| E::custom("it would take more memory than max_answer_bytes allows"))?);
    Ok(())
}

/// Any JSON, of which the memory is counted.
#[derive(Debug, PartialEq)]
pub struct Counted(pub Value);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountedVisitor).map(Self)
    }
}

struct CountedVisitor;

impl<'de> Visitor<'de> for CountedVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Counted(item)) = items.next_element()? {
            take::<A::Error>(VALUE)?;
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Counted(value))) = entries.next_entry::<String, Counted>()? {
            take::<A::Error>(if object.is_empty() { OBJECT } else { ENTRY })?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::upstream::json::tests::any_json;

    proptest! {
        #[test]
        fn what_is_counted_is_what_was_there(value in any_json()) {
            let text = value.to_string();
            let expected: Value = serde_json::from_str(&text).unwrap();
            let Counted(read) = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn what_would_take_too_much_is_not_read() {
        let read = |text: &str| within(10_000, || serde_json::from_str::<Counted>(text)).0;
        assert!(read(&format!("[{}]", vec!["0"; 100].join(","))).is_ok());
        assert!(read(&format!("[{}]", vec!["0"; 1_000].join(","))).is_err());
        assert!(read(&format!("[{}]", vec!["{}"; 1_000].join(","))).is_err());
        assert!(read(&format!("[{}]", vec!["{\"a\":0}"; 20].join(","))).is_err());
        assert_eq!(within(10_000, || take::<serde_json::Error>(7)).1, 7);
        // Each answer has its own, and what is read outside one is not counted.
        assert!(read("[0]").is_ok() && take::<serde_json::Error>(usize::MAX).is_ok());
        LEFT.set(usize::MAX);
    }
}
