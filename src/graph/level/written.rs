//! How values of the graph's scalars and enums are written as JSON, as the engine would write them.

use async_graphql::resolver_utils::{EnumType, enum_value};
use async_graphql::{ID, Value};

use super::field::Failed;
use crate::graph::date_time::DateTime;
use crate::graph::error::GraphError;

/// What a field answers that has no fields itself.
pub trait Written {
    /// Adds it to the JSON; a failure says whether the field may be null instead.
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed>;
}

/// A value of an enum.
pub struct Enumeration<E>(pub E);

/// Adds text with its quotes and escapes.
pub(super) fn write_text(text: &str, json: &mut Vec<u8>) {
    // Writing to memory does not fail, and every text is JSON.
    let _ = serde_json::to_writer(json, text);
}

impl Written for &str {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        write_text(self, json);
        Ok(())
    }
}

impl Written for String {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        self.as_str().write(json)
    }
}

impl Written for &String {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        self.as_str().write(json)
    }
}

impl Written for ID {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        self.as_str().write(json)
    }
}

impl Written for DateTime {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        self.0.to_string().write(json)
    }
}

impl Written for bool {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        json.extend_from_slice(if self { b"true" } else { b"false" });
        Ok(())
    }
}

impl Written for &bool {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        (*self).write(json)
    }
}

impl Written for i32 {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        i64::from(self).write(json)
    }
}

impl Written for i64 {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        let _ = serde_json::to_writer(json, &self);
        Ok(())
    }
}

impl Written for &i32 {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        (*self).write(json)
    }
}

impl<E: EnumType> Written for Enumeration<E> {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        match enum_value(self.0) {
            Value::Enum(name) => name.as_str().write(json),
            _ => Ok(()),
        }
    }
}

impl<W: Written> Written for Option<W> {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        if let Some(value) = self {
            return value.write(json).map_err(Failed::here);
        }
        json.extend_from_slice(b"null");
        Ok(())
    }
}

impl<'value, W> Written for &'value Option<W>
where
    &'value W: Written,
{
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        self.as_ref().write(json)
    }
}

impl<W: Written> Written for Result<W, GraphError> {
    fn write(self, json: &mut Vec<u8>) -> Result<(), Failed> {
        self?.write(json)
    }
}
