//! The arguments of a field, as far as they decide what it costs.

use async_graphql::Value;

use super::spot;

/// The arguments of a field, variables put in.
pub(super) struct Arguments<'a>(pub(super) Vec<(&'a str, Value)>);

impl Arguments<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, value)| value)
    }

    /// A value in an argument that is an object.
    pub(super) fn within(&self, name: &str, field: &str) -> Option<&Value> {
        match self.get(name)? {
            Value::Object(fields) => fields.get(field).filter(|value| **value != Value::Null),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        let Value::Number(number) = self.get(name)? else { return None };
        Some(number.as_i64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default())
    }

    pub(super) fn text(&self) -> Option<String> {
        spot::text(self.0.iter().map(|(name, value)| (*name, value)))
    }
}

pub(super) fn is_text_with_comma(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(','),
        Value::Object(fields) => fields.values().any(is_text_with_comma),
        _ => false,
    }
}

/// How long the longest list in an input is.
pub(super) fn longest_list(arguments: &Arguments<'_>) -> usize {
    let Some(Value::Object(input)) = arguments.get("input") else { return 1 };
    let lists = input.values().map(|value| if let Value::List(items) = value { items.len() } else { 1 });
    lists.max().unwrap_or(1)
}
