//! Queries that ask for every field of the schema between them, written from the schema itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::house::House;

/// What differs from one moment or session to the next, so that whole answers can be compared without it.
const PASSING: [(&str, &str); 4] = [
    ("Viewer", "expiresAt"),
    ("Viewer", "idleExpiresAt"),
    ("IcwsViewer", "expiresAt"),
    ("IcwsViewer", "idleExpiresAt"),
];

/// The read side of the schema, as introspection tells it.
pub struct Schema {
    types: BTreeMap<String, Type>,
}

struct Type {
    is_node: bool,
    fields: Vec<Field>,
    possible: Vec<String>,
}

struct Field {
    name: String,
    needs_arguments: bool,
    of: String,
}

const INTROSPECTION: &str = "{ __schema { types { name interfaces { name } possibleTypes { name }
    fields { name args { defaultValue type { kind } } type { ...Named } } } } }
    fragment Named on __Type { name ofType { name ofType { name ofType { name ofType { name } } } } }";

impl Schema {
    /// Asks a gateway for it.
    pub async fn of(house: &House) -> Self {
        let answer = house.ask(INTROSPECTION, Value::Null).await.body;
        let types = answer["data"]["__schema"]["types"].as_array().unwrap();
        let text = |value: &Value| value["name"].as_str().map(str::to_owned);
        let names =
            |value: &Value| value.as_array().into_iter().flatten().filter_map(text).collect::<Vec<_>>();
        let read = |kind: &Value| Type {
            is_node: names(&kind["interfaces"]).contains(&"Node".to_owned()),
            fields: kind["fields"].as_array().into_iter().flatten().map(field).collect(),
            possible: names(&kind["possibleTypes"]),
        };
        let types = types.iter().map(|kind| (text(kind).unwrap(), read(kind))).collect();
        Self { types }
    }

    /// The fields of `Query` that need no arguments.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.types["Query"].fields.iter().filter(|field| !field.needs_arguments).map(|field| &*field.name)
    }

    /// The types behind `node(id:)`.
    pub fn nodes(&self) -> &[String] {
        &self.types["Node"].possible
    }

    /// Everything a field of `Query` leads to: its records whole, with the plain fields of all they lead to.
    pub fn below(&self, root: &str) -> String {
        let field = self.types["Query"].fields.iter().find(|field| field.name == root).unwrap();
        self.select(&field.of, 2).unwrap_or_default()
    }

    /// All of one record of a type, with the plain fields of all it leads to.
    pub fn record(&self, name: &str) -> String {
        self.select(name, 2).unwrap_or_default()
    }

    /// The selection below a field of this type, with as many steps from record to record as `steps` allows; none where
    /// it would be one too many.
    fn select(&self, name: &str, steps: usize) -> Option<String> {
        let Some(kind) = self.types.get(name).filter(|kind| !kind.fields.is_empty()) else {
            return Some(String::new());
        };
        let steps = if kind.is_node { steps.checked_sub(1)? } else { steps };
        let mut selection = String::from(" { __typename");
        for field in kind.fields.iter().filter(|field| !field.needs_arguments) {
            if PASSING.contains(&(name, &field.name)) {
                continue;
            }
            // The records of edges are those of `nodes`: that they are the same is promised elsewhere.
            let steps = if field.name == "edges" { 0 } else { steps };
            if let Some(below) = self.select(&field.of, steps) {
                write!(selection, " {}{below}", field.name).unwrap();
            }
        }
        for name in &kind.possible {
            if let Some(below) = self.select(name, steps) {
                write!(selection, " ... on {name}{below}").unwrap();
            }
        }
        Some(selection + " }")
    }

    /// What can be reached from `Query` and is in none of the queries.
    pub fn missing_from(&self, queries: &[String]) -> BTreeSet<String> {
        let mut reached = BTreeSet::from(["Query"]);
        let mut ahead = vec!["Query"];
        let mut missing = BTreeSet::new();
        while let Some(name) = ahead.pop() {
            let Some(kind) = self.types.get(name) else { continue };
            for field in &kind.fields {
                let asked = queries.iter().any(|query| query.contains(&format!(" {}", field.name)));
                if !asked && !PASSING.contains(&(name, &field.name)) {
                    missing.insert(format!("{name}.{}", field.name));
                }
            }
            let onwards =
                kind.fields.iter().map(|field| &*field.of).chain(kind.possible.iter().map(|name| &**name));
            for next in onwards.filter(|next| !next.starts_with("__")) {
                if reached.insert(next) {
                    ahead.push(next);
                }
            }
        }
        missing
    }
}

fn field(field: &Value) -> Field {
    let mut of = &field["type"];
    while of["name"].is_null() {
        of = &of["ofType"];
    }
    let needs =
        |argument: &Value| argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
    Field {
        name: field["name"].as_str().unwrap().to_owned(),
        needs_arguments: field["args"].as_array().unwrap().iter().any(needs),
        of: of["name"].as_str().unwrap().to_owned(),
    }
}
