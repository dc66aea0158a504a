//! Rows made of an answer by its plan: nested objects beside each other, each item of a list within a list a row of its own.

use std::borrow::Cow;

use serde_json::Value;

use super::plan::{Cell, Content, Level, Plan};

/// A row; each value may be of the answer itself.
pub(super) type Row<'a> = [Cow<'a, Value>];

/// There is more than fits.
pub(super) struct TooMuch;

/// Gives each row to `take`, until that has enough.
pub(super) fn each<'a>(
    plan: &Plan,
    data: &'a Value,
    mut take: impl FnMut(&Row<'a>) -> Result<(), TooMuch>,
) -> Result<(), TooMuch> {
    let mut row = vec![Cow::Owned(Value::Null); plan.columns.len()];
    let Some(path) = &plan.rows else { return fill(&plan.level, data, &mut row, &mut take) };
    for item in at(data, path).as_array().into_iter().flatten() {
        fill(&plan.level, item, &mut row, &mut take)?;
    }
    Ok(())
}

fn fill<'a>(
    level: &Level,
    item: &'a Value,
    row: &mut Vec<Cow<'a, Value>>,
    take: &mut impl FnMut(&Row<'a>) -> Result<(), TooMuch>,
) -> Result<(), TooMuch> {
    for cell in &level.cells {
        row[cell.column] = value_of(cell, item);
    }
    let Some((path, inner)) = &level.list else { return take(row) };
    let items = at(item, path).as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        // A record with nothing in its list is a row all the same.
        return fill(inner, &Value::Null, row, take);
    }
    for item in items {
        fill(inner, item, row, take)?;
    }
    Ok(())
}

fn value_of<'a>(cell: &Cell, item: &'a Value) -> Cow<'a, Value> {
    let value = at(item, &cell.path);
    match (cell.content, value) {
        (_, Value::Null) | (Content::Plain, _) => Cow::Borrowed(value),
        (Content::Counted, Value::Array(items)) => Cow::Owned(items.len().into()),
        (Content::Joined, Value::Array(items)) => {
            let texts: Vec<_> = items.iter().map(text_of).collect();
            Cow::Owned(texts.join(", ").into())
        }
        (Content::Counted | Content::Joined, _) => Cow::Owned(Value::Null),
    }
}

/// A value as text without quotes.
pub(super) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

fn at<'a>(value: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(value, |value, key| value.get(key.as_str()).unwrap_or(&Value::Null))
}
