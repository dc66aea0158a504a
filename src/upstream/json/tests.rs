//! What is read at a glance is what `serde_json` reads, and nothing else.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Pieces that JSON is made of, and some that it is not.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"key\":",
    "\"\"",
    "\\",
    "\\\"",
    "\"\\n\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"a\\/b\"",
    "\"äöü €\"",
    "\"a text of more than eight bytes\"",
    "\"\u{1}\"",
    "\t",
    " ",
    "\n",
    "\u{a0}",
    "0",
    "-0",
    "01",
    "-1",
    "12345",
    "123456789012345678",
    "9223372036854775808",
    "-9223372036854775809",
    "1.5",
    "1e3",
    "-",
    "1.",
    "null",
    "true",
    "false",
    "nul",
];

pub(in crate::upstream) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1_000..1_000_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[ -~]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(".{0,12}", inner, 0..8)
                .prop_map(|entries| entries.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn serde(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

proptest! {
    #[test]
    fn what_is_well_formed_is_read_at_a_glance(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            prop_assert_eq!(at_a_glance(&text), serde(&text), "{}", text);
            prop_assert!(serde(&text).is_some(), "{}", text);
        }
    }

    #[test]
    fn what_is_broken_is_broken(value in any_json(), at in any::<prop::sample::Index>(), piece in prop::sample::select(&PIECES)) {
        let text = value.to_string();
        let places: Vec<_> = text.char_indices().map(|(place, _)| place).collect();
        let (before, after) = text.split_at(places[at.index(places.len())]);
        for text in [format!("{before}{piece}{after}"), before.to_owned(), after.to_owned()] {
            prop_assert_eq!(at_a_glance(&text), serde(&text), "{}", text);
        }
    }

    #[test]
    fn pieces_in_any_order_are_read_or_refused_alike(pieces in prop::collection::vec(prop::sample::select(&PIECES), 0..12)) {
        let text = pieces.concat();
        prop_assert_eq!(at_a_glance(&text), serde(&text), "{}", text);
    }

    #[test]
    fn a_plain_run_ends_at_the_first_byte_that_is_not(bytes in any::<Vec<u8>>()) {
        let first = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        prop_assert_eq!(plain(&bytes), first.unwrap_or(bytes.len()));
    }
}

#[test]
fn what_stands_too_deep_is_left_to_the_other_reader_which_refuses_it() {
    for (deep, is_read) in [(127, true), (128, false), (100_000, false)] {
        let text = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        assert_eq!(
            (at_a_glance::<Value>(&text).is_some(), serde(&text).is_some()),
            (is_read, is_read),
            "{deep}"
        );
        let ignored = format!("{{\"a\":{text}}}");
        assert!(read::<serde::de::IgnoredAny>(&ignored).is_ok(), "{deep}");
    }
}

#[test]
fn a_second_reading_has_all_the_memory_of_the_first() {
    let text = format!("[{}]", vec!["0"; 100].join(","));
    let ((), taken) = allowance::within(100_000, || read::<allowance::Counted>(&text).map(drop).unwrap());
    let broken = text.replace(']', "");
    let (error, nothing) = allowance::within(taken, || read::<allowance::Counted>(&broken).unwrap_err());
    assert!(error.is_eof(), "{error}");
    assert_eq!(nothing, taken, "once, not twice");
}

/// What a key is found to be: the name it was compared with, or itself.
struct Compared(&'static str);

impl<'de> DeserializeSeed<'de> for Compared {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_struct(self.0, &[], self)
    }
}

impl Visitor<'_> for Compared {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Some(key.to_owned()))
    }
}

#[test]
fn a_key_is_the_name_it_is_compared_with_or_it_is_read() {
    let key = |name, text: &str| {
        let mut reader = Reader::new(text);
        let mut items = Items { reader: &mut reader, last: b'}', is_first: true };
        let key = items.next_key_seed(Compared(name)).ok().flatten();
        (key, items.next_value::<i64>().ok())
    };
    let another = |key: &str| Some(Some(key.to_owned()));
    assert_eq!(key("name", "\"name\":1"), (Some(None), Some(1)));
    assert_eq!(key("name", " \"name\" : 1"), (Some(None), Some(1)));
    assert_eq!(key("", "\"\":1"), (Some(None), Some(1)));
    assert_eq!(key("name", "\"names\":1"), (another("names"), Some(1)));
    assert_eq!(key("names", "\"name\":1"), (another("name"), Some(1)));
    assert_eq!(key("name", "\"n\\u0061me\":1"), (another("name"), Some(1)));
    assert_eq!(key("name", "\"Name\":1"), (another("Name"), Some(1)));
    assert_eq!(key("", "\"name\":1"), (another("name"), Some(1)));
    assert_eq!(key("name", "name:1").0, None);
    assert_eq!(key("name", "\"name\",1"), (Some(None), None));
}
