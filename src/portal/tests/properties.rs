//! What must hold of every record, however the portal spells it.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Inner, Rows, Sample};
use crate::portal::record::Record;
use crate::portal::rest::Rest;
use crate::portal::scalar::{Instant, UserId};
use crate::upstream::json;

/// JSON of any shape, three levels deep at most.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("[a-z_-]{1,6}", inner, 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn unknown_keys() -> impl Strategy<Value = Rest> {
    btree_map("[xX][a-zA-Z_-]{0,6}", anything(), 0..3).prop_map(Rest::from_iter)
}

fn inner() -> impl Strategy<Value = Inner> {
    let leaf = ("\\PC{1,8}", of(any::<i64>()), unknown_keys());
    let leaf =
        leaf.prop_map(|(name, count, rest)| Inner { name: Some(name), count, rest, ..Inner::default() });
    leaf.prop_recursive(2, 6, 3, |inner| {
        (inner.clone(), vec(inner.prop_map(Arc::new), 0..3))
            .prop_map(|(inner, deeper)| Inner { deeper, ..inner })
    })
}

prop_compose! {
    fn sample()(
        whole in of(any::<i64>()),
        text in of("\\PC{1,12}"),
        flag in of(any::<bool>()),
        changed_at in of(-4_000_000_000_000_i64..4_000_000_000_000),
        key in of(any::<i64>().prop_map(UserId)),
        words in vec("\\PC{1,6}", 0..3),
        flags in btree_map("[a-zA-Z_ -]{1,8}", any::<bool>(), 0..3),
        inner_object in of(inner().prop_map(Arc::new)),
        rows in vec(inner().prop_map(Arc::new), 0..4),
        rest in unknown_keys(),
    ) -> Sample {
        // Milliseconds that could be seconds of our time are read as those, and nobody's record is of January 1970.
        let changed_at = changed_at.filter(|at| !(1_000_000_000..100_000_000_000).contains(at));
        let changed_at = changed_at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map(Instant);
        Sample { whole, text, flag, changed_at, key, words, flags, inner: inner_object, rows, rest }
    }
}

/// Chooses among spellings, the same ones for the same seed.
struct Speller(u64);

impl Speller {
    fn choose(&mut self, among: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % among
    }

    fn key(&mut self, name: &str) -> String {
        let mut spelt = String::new();
        for letter in name.chars() {
            match self.choose(6) {
                0 => spelt.extend(['_', letter]),
                1 => spelt.extend(['-', letter]),
                2 => spelt.push(letter.to_ascii_uppercase()),
                3 => spelt.push(letter.to_ascii_lowercase()),
                _ => spelt.push(letter),
            }
        }
        spelt
    }

    fn list(&mut self, items: &[Value]) -> Value {
        let items: Vec<_> = items.iter().map(|item| self.object::<Inner>(item)).collect();
        match (self.choose(4), items.as_slice()) {
            (0, _) => json!({ "wrapper": items }),
            (1, [only]) => json!({ "wrapper": only }),
            (2, [only]) => only.clone(),
            (3, _) => json!([{ "wrapper": items }]),
            _ => Value::from(items),
        }
    }

    fn value(&mut self, name: &str, value: &Value) -> Value {
        match (name, value) {
            ("innerObject", object) if self.choose(2) == 0 => json!([self.object::<Inner>(object)]),
            ("innerObject", object) => self.object::<Inner>(object),
            ("innerRows" | "deeperRows", Value::Array(items)) => self.list(items),
            ("listOfWords", Value::Array(words)) if words.len() == 1 => words[0].clone(),
            ("flagsMap", Value::Object(flags)) => {
                flags.iter().map(|(name, flag)| (name.clone(), self.flag(flag))).collect()
            }
            ("lastChangedAt", at) if self.choose(2) == 0 => {
                let at = at.as_i64().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
                json!(at.map(|at| at.to_string()))
            }
            (_, Value::Number(number)) if self.choose(2) == 0 => json!(format!(" {number}")),
            (_, Value::Bool(_)) => self.flag(value),
            (_, value) => value.clone(),
        }
    }

    fn flag(&mut self, flag: &Value) -> Value {
        match (self.choose(4), flag == &Value::Bool(true)) {
            (0, true) => json!("Yes"),
            (0, false) => json!("n"),
            (1, is_true) => json!(i64::from(is_true)),
            (2, is_true) => json!(is_true.to_string().to_uppercase()),
            (_, is_true) => json!(is_true),
        }
    }

    /// Respells what the record knows; what it does not know is somebody else's.
    fn object<R: Record>(&mut self, object: &Value) -> Value {
        let mut spelt = Map::new();
        for (name, value) in object.as_object().into_iter().flatten() {
            if R::FIELDS.contains(&name.as_str()) {
                let value = self.value(name, value);
                spelt.insert(self.key(name), value);
            } else {
                spelt.insert(name.clone(), value.clone());
            }
        }
        Value::Object(spelt)
    }
}

fn read<R: Record>(value: &Value) -> R {
    json::read(&value.to_string()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

proptest! {
    #[test]
    fn what_is_written_reads_back_equal_with_its_unknown_keys(sample in sample()) {
        let written = serde_json::to_value(&sample).unwrap();
        let again: Sample = read(&written);
        prop_assert!(again == sample, "{written}");
        prop_assert_eq!(serde_json::to_value(&again).unwrap(), written);
    }

    #[test]
    fn a_record_reads_equal_in_every_spelling(sample in sample(), seed in any::<u64>()) {
        let written = serde_json::to_value(&sample).unwrap();
        let spelt = Speller(seed).object::<Sample>(&written);
        prop_assert!(read::<Sample>(&spelt) == sample, "{}\n{}", written, spelt);
        // From a value too, which is how what was wrapped is read.
        prop_assert!(serde_json::from_value::<Sample>(spelt).unwrap() == sample);
    }

    #[test]
    fn anything_at_all_is_read_or_refused_without_a_crash(value in anything(), text in ".{0,40}") {
        let _ = serde_json::from_value::<Sample>(value.clone());
        let _ = json::read::<Sample>(&text);
        for field in Sample::FIELDS {
            let _ = serde_json::from_value::<Sample>(json!({ *field: value }));
        }
    }

    #[test]
    fn a_record_is_read_and_refused_as_serde_json_does(sample in sample(), value in anything(), seed in any::<u64>(), cut in 0..400_usize) {
        let spelt = Speller(seed).object::<Sample>(&serde_json::to_value(&sample).unwrap()).to_string();
        let broken: String = spelt.chars().take(cut).collect();
        let odd = Sample::FIELDS.iter().map(|field| json!({ *field: value }).to_string());
        prop_assert!(json::at_a_glance::<Sample>(&spelt).is_some(), "{spelt}");
        for text in odd.chain([spelt, broken]) {
            match (json::read::<Sample>(&text), serde_json::from_str::<Sample>(&text)) {
                (Ok(read), Ok(expected)) => prop_assert!(read == expected, "{text}"),
                (Err(error), Err(expected)) => prop_assert_eq!(error.to_string(), expected.to_string()),
                (read, _) => prop_assert!(false, "{}: {text}", read.is_ok()),
            }
        }
    }

    #[test]
    fn an_error_never_tells_a_value(value in anything()) {
        let marked = mark(&value);
        for body in Sample::FIELDS.iter().map(|field| json!({ *field: marked })).chain([marked.clone()]) {
            for error in [
                json::read::<Sample>(&body.to_string()).err(),
                serde_json::from_value::<Sample>(body.clone()).err(),
            ].into_iter().flatten() {
                let text = error.to_string();
                prop_assert!(!text.contains("marker") && !text.contains("77077"), "{text}: {body}");
            }
        }
    }
}

/// A row of one to many keys: own spellings, like ones, aliases, escaped ones, unknown ones, in any order, some twice.
fn row() -> impl Strategy<Value = String> {
    let known = vec![
        "wholeNumber",
        "WHOLE_NUMBER",
        "count",
        "Count",
        "whole\\u004Eumber",
        "someText",
        "some-text",
        "isFlagged",
        "flagged",
        "idProgramUser",
        "innerCount",
        "co\\u0075nt",
    ];
    let key = prop_oneof![
        4 => proptest::sample::select(known).prop_map(str::to_owned),
        1 => (0..400_u16).prop_map(|number| format!("x{number}")),
    ];
    let value = prop_oneof![Just("null"), Just("0"), Just("1"), Just("\"\""), Just("\"1\"")];
    vec((key, value), 0..40).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        // A row that has no field at all may be a wrapper, which a list takes off.
        format!("{{\"lastChangedAt\": 1, {}}}", members.join(", ")).replace(", }", "}")
    })
}

proptest! {
    /// A row on its own has no row before it that could tell the fields of its keys.
    #[test]
    fn a_row_of_a_list_reads_as_it_does_alone(rows in vec(row(), 1..30), usual in row()) {
        // The same row over and over, with others between: what is remembered is of use, and then is not.
        let rows: Vec<_> = rows.into_iter().flat_map(|row| [row, usual.clone(), usual.clone()]).collect();
        let list = format!("{{\"rows\": [{}]}}", rows.join(", "));
        let together: Rows = json::at_a_glance(&list).unwrap_or_else(|| panic!("{list}"));
        let alone: Vec<Sample> = rows.iter().map(|row| serde_json::from_str(row).expect("a row")).collect();
        prop_assert_eq!(together.rows.len(), alone.len());
        for ((row, together), alone) in rows.iter().zip(&together.rows).zip(&alone) {
            prop_assert!(**together == *alone, "{}", row);
        }
    }
}

/// The same shape with values that can be told from everything an error may say.
fn mark(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(mark).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (format!("{name}marker"), mark(value))).collect()
        }
        Value::Number(number) if number.as_i64().is_some_and(|number| number % 2 == 0) => json!(77_077.5),
        Value::Number(_) => json!(770_770_770_i64),
        Value::String(_) => json!("marker"),
        other => other.clone(),
    }
}

#[test]
fn an_open_map_keeps_its_names_as_they_came() {
    let sample: Sample = read(&json!({"FLAGS_MAP": {"A_b": "Y", "a-B": 0, "c": null}}));
    assert_eq!(sample.flags, BTreeMap::from([("A_b".to_owned(), true), ("a-B".to_owned(), false)]));
}
