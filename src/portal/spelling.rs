//! How an answer was spelt, beside how the contract spells it: keys and counts, never a value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::envelope::Reply;
use super::key::{alike, place};

/// What is shown for the keys of a record that has none of its fields.
const MAY_BE_DATA: &str = "(keys that may be data)";

/// The longest key that is taken for a name.
const LONGEST_NAME: usize = 64;

/// Every spelling of a field, and how the record below it is spelt.
#[derive(Clone, Copy)]
pub struct Spelling {
    /// The spelling that is sent.
    pub name: &'static str,
    /// Other spellings that are read.
    pub others: &'static [&'static str],
    /// The fields of the record that stands there; none below a scalar. A function, because records may nest.
    pub below: fn() -> &'static [Spelling],
}

/// How an answer was spelt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelt {
    /// How many records its lists hold.
    pub rows: usize,
    /// What the portal says there are, where it says so.
    pub total: Option<i64>,
    /// Keys that are read but would not be sent, each with the name that would.
    pub others: BTreeSet<(String, &'static str)>,
    /// Keys that no field reads, at any depth; they are kept and sent back, and shown to nobody.
    pub unknown: BTreeSet<String>,
    /// Fields that no record has although there are records, with their path below the list.
    pub missing: BTreeSet<String>,
}

/// Whether a key looks like a name; one that does not may be data, and is not shown.
#[must_use]
pub fn is_name(key: &str) -> bool {
    let mut bytes = key.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, b'_' | b'$'))
        && key.len() <= LONGEST_NAME
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}

/// The field a key is read as.
fn field<'a>(fields: &'a [Spelling], key: &str) -> Option<&'a Spelling> {
    fields.get(usize::from(place(fields, key)?.field))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Where records stand: their fields, their path below the list, and the key and name they stand under.
#[derive(Clone, Copy)]
struct Place<'a> {
    fields: &'static [Spelling],
    path: &'a str,
    key: &'a str,
    name: &'static str,
}

/// What was seen so far.
#[derive(Default)]
struct Reader {
    spelt: Spelt,
    /// The fields seen at each path, beside those there could be.
    seen: BTreeMap<String, (&'static [Spelling], BTreeSet<&'static str>)>,
}

impl Spelt {
    /// Compares the keys of a reply with those of its type.
    #[must_use]
    pub fn read<R: Reply>(reply: &Value) -> Self {
        let mut reader = Reader::default();
        if let (Value::Object(members), fields @ [_, ..]) = (reply, R::spellings()) {
            reader.reply(members, fields, R::nameless());
        }
        let missing = reader.seen.iter().flat_map(|(path, (fields, seen))| {
            let missing = fields.iter().filter(|field| !seen.contains(field.name));
            missing.map(move |field| joined(path, field.name))
        });
        reader.spelt.missing = missing.collect();
        reader.spelt
    }
}

impl Reader {
    /// The top level: the envelope, the totals, and lists of rows.
    fn reply(
        &mut self,
        members: &Map<String, Value>,
        fields: &'static [Spelling],
        nameless: Option<&'static str>,
    ) {
        for (key, value) in members {
            let known = self.known(key, fields);
            let found = || fields.iter().find(|field| Some(field.name) == nameless && holds(value, field));
            let Some(field) = known.or_else(found) else {
                self.unknown(key);
                continue;
            };
            if known.is_none() {
                self.other(key.clone(), field.name);
            }
            let below = (field.below)();
            if field.name == "pagingInfo" {
                self.spelt.total = total(value, below);
            } else if !below.is_empty() {
                let place = Place { fields: below, path: "", key, name: field.name };
                self.spelt.rows += self.records(value, place);
            }
        }
    }

    /// Records in any of the forms that are read; answers how many there are.
    fn records(&mut self, value: &Value, place: Place<'_>) -> usize {
        match value {
            Value::Array(items) => items.iter().map(|item| self.records(item, place)).sum(),
            Value::Object(members) if members.is_empty() => 0,
            Value::Object(members) => {
                if let Some((inner, value)) = wrapped(members, place.fields) {
                    let key = joined(place.key, if is_of(inner, place.key) { inner } else { "(a key)" });
                    self.other(key.clone(), place.name);
                    return self.records(value, Place { key: &key, ..place });
                }
                self.record(members, place);
                1
            }
            _ => 0,
        }
    }

    fn record(&mut self, members: &Map<String, Value>, place: Place<'_>) {
        let seen = &mut self.seen.entry(place.path.to_owned()).or_insert((place.fields, BTreeSet::new())).1;
        seen.extend(members.keys().filter_map(|key| Some(field(place.fields, key)?.name)));
        // Where no key is a field's, this may be a map, and its keys somebody's names.
        let is_map = members.keys().all(|key| field(place.fields, key).is_none());
        for (key, value) in members {
            match self.known(key, place.fields) {
                None if is_map => self.unknown(MAY_BE_DATA),
                None => self.unknown(key),
                Some(field) if (field.below)().is_empty() => {}
                Some(field) => {
                    let path = joined(place.path, field.name);
                    let below = Place { fields: (field.below)(), path: &path, key, name: field.name };
                    self.records(value, below);
                }
            }
        }
    }

    fn known(&mut self, key: &str, fields: &'static [Spelling]) -> Option<&'static Spelling> {
        let field = field(fields, key)?;
        if field.name != key {
            self.other(key.to_owned(), field.name);
        }
        Some(field)
    }

    fn other(&mut self, key: String, name: &'static str) {
        self.spelt.others.insert((key, name));
    }

    fn unknown(&mut self, key: &str) {
        let key = if is_name(key) || key == MAY_BE_DATA { key } else { "(a key that is no name)" };
        self.spelt.unknown.insert(key.to_owned());
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// What a wrapper that XML left wraps, with its key: the only member, or the only one beside absent fields.
fn wrapped<'a>(members: &'a Map<String, Value>, fields: &[Spelling]) -> Option<(&'a str, &'a Value)> {
    let is_blank = members.iter().all(|(key, value)| field(fields, key).is_none() || is_nothing(value));
    let mut unknown = members.iter().filter(|(key, _)| field(fields, key).is_none());
    let (key, value) = unknown.next()?;
    let wraps = is_name(key) && (value.is_object() || value.is_array() || is_nothing(value));
    (is_blank && wraps && unknown.next().is_none()).then_some((key, value))
}

/// Whether a wrapper's key is a word of the list's own, such as its singular; any other might be data.
fn is_of(inner: &str, list: &str) -> bool {
    let folded = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
    let (inner, list) = (folded(inner), folded(list.rsplit('.').next().unwrap_or(list)));
    let stem = list.strip_suffix("list").or_else(|| list.strip_suffix('s')).unwrap_or(&list);
    stem.len() > 2 && (inner.contains(stem) || (inner.len() > 2 && stem.starts_with(&inner)))
}

/// Whether the first record there has the first field of the list's records.
fn holds(value: &Value, list: &Spelling) -> bool {
    let first = value.as_array().and_then(|items| items.first()).unwrap_or(value);
    let Some(wanted) = (list.below)().first() else { return false };
    first.as_object().is_some_and(|first| first.keys().any(|key| alike(key, wanted.name)))
}

fn total(paging: &Value, fields: &[Spelling]) -> Option<i64> {
    let paging = paging.as_array().and_then(|items| items.first()).unwrap_or(paging).as_object()?;
    let is_total = |key: &str| field(fields, key).is_some_and(|field| field.name == "totalElements");
    let (_, total) = paging.iter().find(|(key, _)| is_total(key))?;
    total.as_i64().or_else(|| total.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::portal::agent::GetAllAgentsReply;
    use crate::portal::callback::Alive;
    use crate::portal::precision_queue::GetPQByIDReply;
    use crate::portal::reference::GetAllRolesReply;

    fn texts(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn what_differs_from_the_contract_is_told_by_key() {
        let reply = json!({"CODE": 0, "agentList": [
            {"agentId": "1", "refURL": "marker", "agentAttributes": {"agentAttribute": {"description": "marker"}}},
            {"agentNumber": "2", "nickname": "marker", "jane@abc": 1},
        ], "pagingInfo": {"totalElements": "2"}});
        let spelt = Spelt::read::<GetAllAgentsReply>(&reply);
        assert_eq!((spelt.rows, spelt.total), (2, Some(2)));
        let others: Vec<_> = spelt.others.iter().map(|(key, name)| format!("{key} for {name}")).collect();
        assert_eq!(
            others,
            [
                "CODE for code",
                "agentAttributes for attributes",
                "agentAttributes.agentAttribute for attributes",
                "agentList for agents",
                "agentNumber for agentId",
            ]
        );
        assert_eq!(texts(&spelt.unknown), ["(a key that is no name)", "nickname"]);
        assert_eq!(
            texts(&spelt.missing),
            ["attributes.attribute", "attributes.attributeValue", "peripheral", "platformId"]
        );
    }

    #[test]
    fn one_object_and_wrapped_lists_are_counted_as_they_are_read() {
        let reply = json!({"code": 0, "precisionQueueInfo": {"id": 1, "steps": {"step": [
            {"terms": [{"term": {"value1": "1"}}]}, {"waitTime": 1}]}}});
        let spelt = Spelt::read::<GetPQByIDReply>(&reply);
        assert_eq!(spelt.rows, 1);
        let others: Vec<_> = spelt.others.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(others, ["steps.step", "terms.term"]);
        assert!(spelt.unknown.is_empty(), "{:?}", spelt.unknown);
    }

    #[test]
    fn a_list_of_an_unknown_name_is_known_by_what_it_holds() {
        let reply = json!({"code": 0, "unheardOf": [{"idProgramGroup": 1}], "other": [{"a": 1}]});
        let spelt = Spelt::read::<GetAllRolesReply>(&reply);
        assert_eq!(spelt.rows, 1);
        assert_eq!(spelt.others, [("unheardOf".to_owned(), "siteInfoList")].into());
        assert_eq!(texts(&spelt.unknown), ["other"]);
    }

    #[test]
    fn the_keys_of_a_map_are_not_told() {
        for people in
            [json!({"jane": {"agentId": "1"}, "joe": {"agentId": "2"}}), json!({"jane": {"agentId": "1"}})]
        {
            let spelt = Spelt::read::<GetAllAgentsReply>(&json!({"code": 0, "agents": people}));
            assert!(!format!("{spelt:?}").contains("jane"), "{spelt:?}");
        }
    }

    #[test]
    fn of_an_answer_that_is_not_documented_nothing_is_told() {
        assert_eq!(Spelt::read::<Alive>(&json!({"anything": [1]})), Spelt::default());
    }
}
