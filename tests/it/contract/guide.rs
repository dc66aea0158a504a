//! The contract as `portal.yaml` has it, and values made after its types.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the portal offers.
#[derive(Deserialize)]
pub struct Guide {
    pub operations: Vec<Offer>,
    pub types: BTreeMap<String, Type>,
}

/// An operation of the contract.
#[derive(Deserialize)]
pub struct Offer {
    pub id: String,
    pub method: String,
    pub base: String,
    pub path: String,
    pub auth: String,
    pub access: String,
    pub request: String,
    pub response: String,
    #[serde(default)]
    pub constants: Vec<Constant>,
}

/// A value of `codeMessage`.
#[derive(Deserialize)]
pub struct Constant {
    pub name: String,
    pub kind: String,
}

/// A type of the contract.
#[derive(Deserialize)]
pub struct Type {
    pub kind: String,
    pub extends: Option<String>,
    pub fields: Vec<Field>,
}

/// A field of a type.
#[derive(Deserialize)]
pub struct Field {
    pub json: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub accept: Vec<String>,
}

/// Reasons by type and field, or fields of the graph by type and field.
pub type Table = BTreeMap<String, BTreeMap<String, String>>;

/// What becomes of each field: `shown.yaml`.
#[derive(Deserialize)]
pub struct Fate {
    pub shown: Table,
    pub envelope: BTreeMap<String, String>,
    pub omitted: Table,
    pub unsent: Table,
    pub reached: Table,
}

pub fn guide() -> Guide {
    serde_saphyr::from_str(include_str!("portal.yaml")).unwrap()
}

pub fn fate() -> Fate {
    serde_saphyr::from_str(include_str!("shown.yaml")).unwrap()
}

impl Field {
    /// The type of one item, where the field is a list.
    pub fn item(&self) -> &str {
        self.kind.strip_prefix("array<").and_then(|item| item.strip_suffix('>')).unwrap_or(&self.kind)
    }
}

impl Guide {
    /// The fields of a type, with the type each is declared in: those it extends first, each once.
    pub fn fields<'a>(&'a self, name: &'a str) -> Vec<(&'a str, &'a Field)> {
        let Some(kind) = self.types.get(name) else { return Vec::new() };
        let mut fields = kind.extends.as_deref().map(|base| self.fields(base)).unwrap_or_default();
        for field in &kind.fields {
            if fields.iter().all(|(_, known)| known.json != field.json) {
                fields.push((name, field));
            }
        }
        fields
    }

    /// The type and every type below it.
    pub fn below<'a>(&'a self, name: &'a str, into: &mut BTreeSet<&'a str>) {
        if self.types.contains_key(name) && into.insert(name) {
            for (declared_in, field) in self.fields(name) {
                into.insert(declared_in);
                self.below(field.item(), into);
            }
        }
    }

    /// A value of a type with every field that `spell` gives a name, no two values alike but for flags.
    pub fn sample(&self, kind: &str, spell: &dyn Fn(&str, &Field) -> Option<String>) -> Value {
        self.sample_from(kind, spell, &Cell::new(1_000))
    }

    fn sample_from(
        &self,
        kind: &str,
        spell: &dyn Fn(&str, &Field) -> Option<String>,
        last: &Cell<i64>,
    ) -> Value {
        last.set(last.get() + 1);
        match kind {
            "string" => json!(format!("text {}", last.get())),
            "int" | "long" | "number" | "datetime" => json!(last.get()),
            "boolean" => json!(true),
            "map<boolean>" => json!({"first": true, "second": false}),
            array if array.starts_with("array<") => {
                let item = array.trim_start_matches("array<").trim_end_matches('>');
                json!([self.sample_from(item, spell, last)])
            }
            name => {
                assert!(self.types.contains_key(name), "{name} is no type of the contract");
                let mut object = Map::new();
                for (declared_in, field) in self.fields(name) {
                    let value = self.sample_from(&field.kind, spell, last);
                    if let Some(name) = spell(declared_in, field) {
                        object.insert(name, value);
                    }
                }
                Value::Object(object)
            }
        }
    }
}
