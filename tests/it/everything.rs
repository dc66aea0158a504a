//! Queries that ask for every field of the schema between them, written from the schema itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use serde_json::Value;

use crate::house::House;

/// What differs from one moment or session to the next, so that whole answers can be compared without it.
const PASSING: [(&str, &str); 8] = [
    ("Viewer", "expiresAt"),
    ("Viewer", "idleExpiresAt"),
    ("Viewer", "sessions"),
    ("IcwsViewer", "sessions"),
    ("ViewerSession", "isCurrent"),
    ("ViewerSession", "lastUsedAt"),
    ("IcwsViewer", "expiresAt"),
    ("IcwsViewer", "idleExpiresAt"),
];

/// Numbers that follow from a seed, so that what failed can be seen again.
pub struct Draw(pub u64);

impl Draw {
    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

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

    /// A query of some of it: fields in any order, under aliases or twice, in fragments, left out by directives.
    pub fn some(&self, draw: &mut Draw) -> String {
        let mut roots: Vec<_> = self.roots().collect();
        let root = roots.swap_remove(draw.below(roots.len()));
        let field = self.types["Query"].fields.iter().find(|field| field.name == root).unwrap();
        format!("{root}{}", self.some_of(&field.of, 5, draw))
    }

    fn some_of(&self, name: &str, depth: usize, draw: &mut Draw) -> String {
        let Some(kind) = self.types.get(name).filter(|kind| !kind.fields.is_empty()) else {
            return String::new();
        };
        let fits = |field: &&Field| {
            !field.needs_arguments
                && !PASSING.contains(&(name, &field.name))
                && (depth > 0 || self.types.get(&field.of).is_none_or(|kind| kind.fields.is_empty()))
        };
        let fields: Vec<_> = kind.fields.iter().filter(fits).collect();
        let mut selection = String::from(" {");
        for nth in 0..=draw.below(5) {
            if fields.is_empty() || draw.below(8) == 0 {
                selection.push_str(" __typename");
                continue;
            }
            let field = fields[draw.below(fields.len())];
            let below = self.some_of(&field.of, depth.saturating_sub(1), draw);
            // Scalars may stand twice under one key; what has fields below it stands under a key of its own.
            let alias = if below.is_empty() && draw.below(3) > 0 {
                String::new()
            } else {
                format!("{}{nth}: ", field.name)
            };
            let directive =
                ["", "", "", " @include(if: true)", " @skip(if: false)", " @skip(if: true)"][draw.below(6)];
            let (before, after) = match draw.below(6) {
                0 => (format!(" ... on {name} {{"), " }"),
                1 => (" ... {".to_owned(), " }"),
                2 if kind.is_node => {
                    (" ... on Node { id } ... on Node { ... ".to_owned() + &format!("on {name} {{"), " } }")
                }
                _ => (String::new(), ""),
            };
            write!(selection, "{before} {alias}{}{directive}{below}{after}", field.name).unwrap();
        }
        for possible in &kind.possible {
            let below = self.some_of(possible, depth.saturating_sub(1), draw);
            write!(selection, " ... on {possible}{below}").unwrap();
        }
        selection + " __typename }"
    }

    /// A query for each field that needs no arguments, by as few steps as lead to its type from `Query` or from one of
    /// these fields, each with its type.
    pub fn each_field(&self, roots: &[(&str, &str)]) -> Vec<String> {
        let mut ahead = VecDeque::from([(String::new(), "Query".to_owned())]);
        let mut reached = BTreeSet::new();
        let mut queries = Vec::new();
        for (field, of) in roots {
            ahead.push_back((format!(" {{ {field}"), (*of).to_owned()));
        }
        while let Some((path, name)) = ahead.pop_front() {
            let Some(kind) = self.types.get(&name).filter(|_| reached.insert(name.clone())) else { continue };
            let narrowed = kind.possible.iter().map(|of| (format!("{path} {{ ... on {of}"), of.clone()));
            ahead.extend(narrowed);
            for field in kind.fields.iter().filter(|field| !field.needs_arguments) {
                let onwards = format!("{path} {{ {}", field.name);
                let has_fields = self.types.get(&field.of).is_some_and(|kind| !kind.fields.is_empty());
                let query = format!("{onwards}{}", if has_fields { " { __typename }" } else { "" });
                let open = onwards.matches('{').count() - onwards.matches('}').count();
                queries.push(format!("{query}{}", " }".repeat(open)));
                ahead.push_back((onwards, field.of.clone()));
            }
        }
        queries
    }

    /// The fields that need arguments, but for mutations.
    pub fn needing_arguments(&self) -> BTreeSet<String> {
        let types = self
            .types
            .iter()
            .filter(|(name, _)| !name.starts_with("__") && *name != "Mutation" && *name != "Subscription");
        let fields = types.flat_map(|(name, kind)| kind.fields.iter().map(move |field| (name, field)));
        let needing = fields.filter(|(_, field)| field.needs_arguments);
        needing.map(|(name, field)| format!("{name}.{}", field.name)).collect()
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
