//! The variables of an operation: declared ones only, defaults filled in, required ones there.

use async_graphql::Variables;
use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use serde_json::{Map, Value};

use super::cost::within;
use super::refusal::{BAD_USER_INPUT, Refusal};

/// Refuses variables in which any list has more items than `limits.max_list_items` allows.
pub(super) fn are_short(given: &Map<String, Value>, allowed: usize) -> Result<(), Refusal> {
    let longest = given.values().map(longest_list).max().unwrap_or_default();
    within(
        "number of items of the longest list in the variables",
        longest,
        ("limits.max_list_items", allowed),
    )
}

fn longest_list(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(longest_list).fold(items.len(), usize::max),
        Value::Object(members) => members.values().map(longest_list).max().unwrap_or_default(),
        _ => 0,
    }
}

/// Prepares the variables for the engine, which leaves defaults out of `@skip` and `@include` and meets a missing required
/// variable only in the middle of execution.
pub(super) fn prepare(
    operation: &OperationDefinition,
    mut given: Map<String, Value>,
) -> Result<Variables, Refusal> {
    let refuse = |message| Err(Refusal::of_request(BAD_USER_INPUT, message));
    let mut variables = Variables::default();
    for definition in &operation.variable_definitions {
        let (name, kind) = (&definition.node.name.node, &definition.node.var_type.node);
        let value = match given.remove(name.as_str()) {
            Some(value) if !may_be(&value, kind) => {
                return refuse(format!(
                    "The value of the variable \"${name}\" is not of the type \"{kind}\"."
                ));
            }
            Some(value) => match value.try_into() {
                Ok(value) => value,
                Err(_) => return refuse(format!("The variable \"${name}\" is not a GraphQL value.")),
            },
            None => match &definition.node.default_value {
                Some(default) => default.node.clone(),
                None if kind.nullable => continue,
                None => {
                    return refuse(format!("The variable \"${name}\" of type \"{kind}\" was not provided."));
                }
            },
        };
        variables.insert(name.clone(), value);
    }
    Ok(variables)
}

/// Whether all variables are of types that are checked here to the end, or lists of them.
pub(super) fn are_plain(operation: &OperationDefinition) -> bool {
    fn is_plain(base: &BaseType) -> bool {
        match base {
            BaseType::List(item) => is_plain(&item.base),
            BaseType::Named(name) => {
                matches!(name.as_str(), "Int" | "Float" | "String" | "Boolean" | "ID")
            }
        }
    }
    operation.variable_definitions.iter().all(|definition| is_plain(&definition.node.var_type.node.base))
}

/// Whether the value fits as far as the type's name tells; the engine knows the others and checks them where it uses them.
fn may_be(value: &Value, kind: &Type) -> bool {
    match (value, &kind.base) {
        (Value::Null, _) => kind.nullable,
        (Value::Array(items), BaseType::List(item)) => items.iter().all(|value| may_be(value, item)),
        // One value where a list is expected is a list of one.
        (value, BaseType::List(item)) => may_be(value, item),
        (value, BaseType::Named(name)) => match name.as_str() {
            "Int" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "ID" => value.is_string() || value.is_i64() || value.is_u64(),
            _ => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn prepared(text: &str, given: Value) -> Result<Value, String> {
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let Value::Object(given) = given else { panic!("an object") };
        match prepare(&operation.node, given) {
            Ok(variables) => Ok(serde_json::to_value(variables).unwrap()),
            Err(refusal) => Err(refusal.message),
        }
    }

    #[test]
    fn defaults_are_filled_in_and_undeclared_values_dropped() {
        let text = "query ($a: Boolean = true, $b: Int, $c: [Int!] = [1], $d: ID!) { x }";
        let variables = prepared(text, json!({"c": null, "d": "1", "not a name": 1}));
        assert_eq!(variables.unwrap(), json!({"a": true, "c": null, "d": "1"}));
    }

    #[test]
    fn a_required_variable_is_there_and_not_null() {
        let absent = prepared("query ($id: [ID!]!) { x }", json!({})).unwrap_err();
        assert_eq!(absent, "The variable \"$id\" of type \"[ID!]!\" was not provided.");
        let null = prepared("query ($id: ID! = \"1\") { x }", json!({"id": null})).unwrap_err();
        assert_eq!(null, "The value of the variable \"$id\" is not of the type \"ID!\".");
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        let is_refused = |kind: &str, value: Value| {
            prepared(&format!("query ($a: {kind}) {{ x }}"), json!({ "a": value })).is_err()
        };
        for (kind, value) in [
            ("Int", json!("1")),
            ("Int", json!(1.5)),
            ("String", json!(1)),
            ("Boolean", json!("true")),
            ("ID", json!(1.5)),
            ("[Int!]", json!([1, null])),
            ("[[Int]]", json!([[1], ["2"]])),
        ] {
            assert!(is_refused(kind, value.clone()), "{kind} {value}");
        }
        for (kind, value) in [
            ("Int", json!(-1)),
            ("Float", json!(1)),
            ("ID", json!(1)),
            ("[Int]", json!(1)),
            ("[Int]", json!(null)),
            ("Custom!", json!([{}])),
        ] {
            assert!(!is_refused(kind, value.clone()), "{kind} {value}");
        }
    }
}
