//! The query string of a table: what shape it is to have, and the variables of its document, a parameter each.

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use serde_json::{Map, Value};

use super::field::{Fields, named};
use crate::server::question::pairs_of;
use crate::server::refusal::{BAD_USER_INPUT, Refusal};

/// What a parameter is for if it is no variable.
const OPERATION: &str = "operationName";
const PARTIAL: &str = "partial";
const ROWS: &str = "rows";
const SHAPE: &str = "shape";
const RESERVED: [&str; 4] = [OPERATION, PARTIAL, ROWS, SHAPE];

/// How rows are written in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// Columns with their types, and rows as arrays.
    #[default]
    Table,
    /// An array of objects.
    Objects,
}

/// What the query string says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) operation_name: Option<String>,
    /// Which list the rows are of.
    pub(super) rows: Option<String>,
    pub(super) shape: Shape,
    /// Whether rows are wanted although something of the answer failed.
    pub(super) is_partial: bool,
    /// The others, in their order.
    values: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a query string.
    pub(super) fn of(query_string: &str) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        let mut seen = Vec::new();
        for (name, value) in pairs_of(query_string)? {
            if !RESERVED.contains(&name.as_str()) {
                parameters.values.push((name, value));
                continue;
            }
            if seen.contains(&name) {
                return Err(Refusal::malformed(format!("`{name}` is in the address more than once.")));
            }
            match (name.as_str(), value.as_str()) {
                (OPERATION, _) => parameters.operation_name = Some(value).filter(|name| !name.is_empty()),
                (ROWS, _) => parameters.rows = Some(value),
                (SHAPE, "table") => parameters.shape = Shape::Table,
                (SHAPE, "objects") => parameters.shape = Shape::Objects,
                (SHAPE, _) => return Err(Refusal::malformed("`shape` must be table or objects.")),
                (_, "0" | "1") => parameters.is_partial = value == "1",
                _ => return Err(Refusal::malformed("`partial` must be 0 or 1.")),
            }
            seen.push(name);
        }
        Ok(parameters)
    }

    /// The variables of the operation, each as its type wants it.
    pub(super) fn variables(
        &self,
        operation: &OperationDefinition,
        fields: &Fields,
    ) -> Result<Map<String, Value>, Refusal> {
        let declared = || operation.variable_definitions.iter().map(|definition| &definition.node);
        if let Some(taken) = declared().find(|variable| RESERVED.contains(&variable.name.node.as_str())) {
            let message = format!(
                "The document has a variable `{}`, which is the name of a parameter of tables: rename the variable.",
                taken.name.node
            );
            return Err(Refusal::of_request(BAD_USER_INPUT, message));
        }
        let mut variables = Map::new();
        for (name, text) in &self.values {
            let declaration = declared().find(|variable| variable.name.node == name.as_str());
            let Some(declaration) = declaration else {
                let names: Vec<_> = declared().map(|variable| format!("`{}`", variable.name.node)).collect();
                let names = if names.is_empty() { "no variables".to_owned() } else { names.join(", ") };
                let message =
                    format!("The document has no variable of the name of a parameter; it has {names}.");
                return Err(Refusal::malformed(message));
            };
            let kind = &declaration.var_type.node;
            let refuse = |expected: &str| {
                Refusal::malformed(format!("The parameter `{name}` must be of type {kind}: {expected}."))
            };
            let value = value_of(text, kind, fields).map_err(refuse)?;
            match (variables.get_mut(name), &kind.base) {
                (None, _) => {
                    variables.insert(name.clone(), value);
                }
                // As Grafana writes a variable of several values.
                (Some(known), BaseType::List(_)) => append(known, value),
                (Some(_), BaseType::Named(_)) => {
                    return Err(Refusal::malformed(format!("`{name}` is in the address more than once.")));
                }
            }
        }
        Ok(variables)
    }
}

fn append(known: &mut Value, value: Value) {
    let mut items = match known.take() {
        Value::Array(items) => items,
        one => vec![one],
    };
    match value {
        Value::Array(more) => items.extend(more),
        one => items.push(one),
    }
    *known = Value::Array(items);
}

/// The value a text stands for, or what was expected; the engine looks whether it fits where it is used.
fn value_of(text: &str, kind: &Type, fields: &Fields) -> Result<Value, &'static str> {
    let json = || serde_json::from_str::<Value>(text).ok();
    // A text may be that word.
    if text == "null"
        && kind.nullable
        && !matches!(&kind.base, BaseType::Named(name) if name == "String" || name == "ID")
    {
        return Ok(Value::Null);
    }
    match &kind.base {
        BaseType::List(_) if text.trim_start().starts_with('[') => {
            json().filter(Value::is_array).ok_or("a JSON array, or one item a parameter")
        }
        BaseType::List(item) => value_of(text, item, fields).map(|value| Value::Array(vec![value])),
        BaseType::Named(_) => match named(&kind.base) {
            "Int" => {
                json().filter(|value| value.is_i64() || value.is_u64()).ok_or("a whole number, such as 20")
            }
            "Float" => json().filter(Value::is_number).ok_or("a number, such as 0.5"),
            "Boolean" => json().filter(Value::is_boolean).ok_or("true or false"),
            name if fields.is_input(name) => {
                json().filter(Value::is_object).ok_or("a JSON object, with its names in quotes")
            }
            // Texts, ids, enumerations and instants are written as they are.
            _ => Ok(Value::String(text.to_owned())),
        },
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn variables(text: &str, query_string: &str) -> Result<Value, String> {
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let parameters = Parameters::of(query_string).map_err(|refusal| refusal.message)?;
        let variables = parameters.variables(&operation.node, &Fields::of("input Filter { a: Int }"));
        variables.map(Value::Object).map_err(|refusal| refusal.message)
    }

    const TEXT: &str = "query($n: Int, $s: String!, $b: Boolean, $f: Filter, $i: [ID!], $o: Order) { a }";

    #[test]
    fn a_parameter_is_read_as_the_type_of_its_variable_says() {
        for (query_string, expected) in [
            ("", json!({})),
            ("n=-3&s=12&b=true", json!({"n": -3, "s": "12", "b": true})),
            ("s=null&n=null", json!({"s": "null", "n": null})),
            ("s=a+b%26&o=NAME", json!({"s": "a b&", "o": "NAME"})),
            ("f=%7B%22a%22:1%7D", json!({"f": {"a": 1}})),
            ("i=1", json!({"i": ["1"]})),
            ("i=a&i=b", json!({"i": ["a", "b"]})),
            ("i=%5B%22a%22,%22b%22%5D&rows=a.b&shape=objects&partial=1", json!({"i": ["a", "b"]})),
        ] {
            assert_eq!(variables(TEXT, query_string).unwrap(), expected, "{query_string}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_and_never_repeated() {
        for (query_string, expected) in [
            ("n=x", "The parameter `n` must be of type Int: a whole number, such as 20."),
            ("n=", "The parameter `n` must be of type Int: a whole number, such as 20."),
            ("n=1.5", "The parameter `n` must be of type Int: a whole number, such as 20."),
            ("b=1", "The parameter `b` must be of type Boolean: true or false."),
            ("f=a", "The parameter `f` must be of type Filter: a JSON object, with its names in quotes."),
            ("i=%5Bx", "The parameter `i` must be of type [ID!]: a JSON array, or one item a parameter."),
            ("n=1&n=2", "`n` is in the address more than once."),
            ("rows=a&rows=b", "`rows` is in the address more than once."),
            ("partial=yes", "`partial` must be 0 or 1."),
            ("shape=cube", "`shape` must be table or objects."),
            (
                "x=secret",
                "The document has no variable of the name of a parameter; it has `n`, `s`, `b`, `f`, `i`, `o`.",
            ),
        ] {
            assert_eq!(variables(TEXT, query_string).unwrap_err(), expected, "{query_string}");
        }
        assert!(variables("query($rows: Int) { a }", "").unwrap_err().contains("rename the variable"));
    }
}
