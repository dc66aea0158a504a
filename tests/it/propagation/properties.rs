//! Any selection at all, against the plainest reading of the specification.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::answer;
use portalgraph::graph::Writing;

/// A selection on a level: a leaf, or a field that leads to levels with what is asked of them.
#[derive(Clone, Debug)]
enum Asked {
    Leaf(&'static str),
    Levels(&'static str, Vec<Asked>),
}

fn asked() -> impl Strategy<Value = Vec<Asked>> {
    let leaf =
        prop::sample::select(vec!["number", "number", "failsIfOdd", "failsAlone"]).prop_map(Asked::Leaf);
    let fields = vec![
        "next",
        "maybe",
        "maybe",
        "list",
        "maybeList",
        "listOfMaybe",
        "grid",
        "gridOfMaybeRows",
        "gridOfMaybe",
    ];
    let one = leaf.prop_recursive(5, 24, 3, move |inner| {
        let field = prop::sample::select(fields.clone());
        (field, prop::collection::vec(inner, 1..3)).prop_map(|(field, inner)| Asked::Levels(field, inner))
    });
    prop::collection::vec(one, 1..4)
}

/// Writes the selection, each field under an alias of its own.
fn written(asked: &[Asked]) -> String {
    let field = |(place, one): (usize, &Asked)| match one {
        Asked::Leaf(name) => format!("f{place}: {name} "),
        Asked::Levels(name, inner) => format!("f{place}: {name} {}", written(inner)),
    };
    format!("{{ {} }}", asked.iter().enumerate().map(field).collect::<String>())
}

/// What the specification makes of it, in the plainest way; `None` is a failure on its way up.
struct Plain {
    /// The path of every failure.
    failed: Vec<Vec<Value>>,
    /// The path of every place that became null by one.
    nulled: Vec<Vec<Value>>,
}

impl Plain {
    fn object(&mut self, number: i32, asked: &[Asked], path: &[Value]) -> Option<Value> {
        let fields: Vec<_> = asked
            .iter()
            .enumerate()
            .map(|(place, one)| {
                let key = format!("f{place}");
                let path = [path, &[json!(key)]].concat();
                (key, self.field(number, one, &path))
            })
            .collect();
        let fields: Option<Map<_, _>> = fields.into_iter().map(|(key, value)| Some((key, value?))).collect();
        fields.map(Value::Object)
    }

    fn field(&mut self, number: i32, one: &Asked, path: &[Value]) -> Option<Value> {
        match one {
            Asked::Leaf("number") => Some(json!(number)),
            Asked::Leaf("failsIfOdd") if number % 2 == 0 => Some(json!("even")),
            Asked::Leaf(name) => {
                self.failed.push(path.to_vec());
                self.stop_if(*name == "failsAlone", None, path)
            }
            Asked::Levels(name, inner) => {
                let shape: &[bool] = match *name {
                    "list" | "maybeList" => &[false],
                    "listOfMaybe" => &[true],
                    "grid" => &[false, false],
                    "gridOfMaybeRows" => &[true, false],
                    "gridOfMaybe" => &[false, true],
                    _ => &[],
                };
                let value = self.list((number, path), shape, inner);
                self.stop_if(["maybe", "maybeList"].contains(name), value, path)
            }
        }
    }

    /// Lists within lists, outermost first, each with items that may be null or not.
    fn list(&mut self, (number, path): (i32, &[Value]), shape: &[bool], inner: &[Asked]) -> Option<Value> {
        let Some((is_nullable, rest)) = shape.split_first() else { return self.object(number, inner, path) };
        let items: Vec<_> = (0..3)
            .map(|place| {
                let path = [path, &[json!(place)]].concat();
                let item = self.list((place, &path), rest, inner);
                self.stop_if(*is_nullable, item, &path)
            })
            .collect();
        items.into_iter().collect::<Option<Vec<_>>>().map(Value::Array)
    }

    fn stop_if(&mut self, is_nullable: bool, value: Option<Value>, path: &[Value]) -> Option<Value> {
        if is_nullable && value.is_none() {
            self.nulled.push(path.to_vec());
            return Some(Value::Null);
        }
        value
    }
}

/// Whether the data goes as far as this place and ends there.
fn is_null(data: &Value, path: &[Value]) -> bool {
    let Some((step, rest)) = path.split_first() else { return data.is_null() };
    let inner = match step {
        Value::String(key) => data.get(key),
        step => step.as_u64().and_then(|place| data.get(usize::try_from(place).unwrap())),
    };
    inner.is_some_and(|inner| is_null(inner, rest))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_selection_is_answered_as_the_specification_says(asked in asked()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for writing in [Writing::ByItem, Writing::ByLevel] {
        let (data, paths) = runtime.block_on(answer(&written(&asked), writing));
        let mut plain = Plain { failed: Vec::new(), nulled: Vec::new() };
        let expected = plain.object(0, &asked, &[]);
        if expected.is_none() {
            plain.nulled.push(Vec::new());
        }
        prop_assert_eq!(&data, &expected.unwrap_or_default());
        let paths: Vec<_> = paths.iter().map(|path| path.as_array().unwrap().clone()).collect();
        for path in &paths {
            prop_assert!(plain.failed.contains(path), "nothing failed at {path:?}");
            prop_assert_eq!(paths.iter().filter(|other| *other == path).count(), 1, "told twice: {:?}", path);
        }
        // The specification lets an engine stop asking beside a failure, so one error is enough for what is gone.
        for place in plain.nulled.iter().filter(|place| is_null(&data, place)) {
            prop_assert!(paths.iter().any(|path| path.starts_with(place)), "nothing told of {place:?}");
        }
        }
    }
}
