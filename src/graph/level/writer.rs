//! `Writer`: JSON under construction, where in the answer it stands, and what has failed.

use async_graphql::{Context, ContextSelectionSet, Name, PathSegment, Pos, ServerError, ServerResult, Value};
use bytes::Bytes;

use super::written::write_text;
use crate::graph::error::GraphError;

/// JSON under construction.
pub struct Writer<'a> {
    pub(super) json: Vec<u8>,
    /// What resolvers want to be given; those that are called here do not look at it.
    pub(super) context: &'a Context<'a>,
    /// Where the list stands.
    base: Vec<PathSegment>,
    /// Where in the list the writer is.
    path: Vec<Segment>,
    errors: Vec<ServerError>,
    /// How many records were written since somebody last asked.
    records: usize,
}

/// A step of a path, cheaper than the engine's own, which would copy each name.
enum Segment {
    Field(Name),
    Index(usize),
}

impl<'a> Writer<'a> {
    pub(super) fn new(context: &'a Context<'a>, list: &ContextSelectionSet<'_>) -> Self {
        let base = list.set_error_path(ServerError::new("", None)).path;
        Self { json: Vec::new(), context, base, path: Vec::new(), errors: Vec::new(), records: 0 }
    }

    /// Begins a record.
    pub(super) fn begin_record(&mut self) {
        self.records += 1;
        self.json.push(b'{');
    }

    /// How many records were begun since this was last asked.
    pub(super) fn take_records(&mut self) -> usize {
        std::mem::take(&mut self.records)
    }

    /// Begins a list.
    pub(super) fn begin_list(&mut self) {
        self.json.push(b'[');
    }

    /// Makes room for the items of the list that are left, by what was written of those before: doubling the room as it
    /// fills would take up to three times as much at once.
    pub(super) fn make_room(&mut self, written: usize, left: usize) {
        self.json.reserve_exact(self.json.len() / written.max(1) * left * 9 / 8 + MARGIN);
    }

    /// Writes one item of a list.
    pub(super) fn item(
        &mut self,
        place: usize,
        write: impl FnOnce(&mut Self) -> ServerResult<()>,
    ) -> ServerResult<()> {
        if place > 0 {
            self.json.push(b',');
        }
        self.at(Segment::Index(place), write)
    }

    /// Ends a list.
    pub(super) fn end_list(&mut self) {
        self.json.push(b']');
    }

    /// Writes what stands below a field.
    pub(super) fn below(
        &mut self,
        name: &Name,
        write: impl FnOnce(&mut Self) -> ServerResult<()>,
    ) -> ServerResult<()> {
        self.at(Segment::Field(name.clone()), write)
    }

    fn at(
        &mut self,
        segment: Segment,
        write: impl FnOnce(&mut Self) -> ServerResult<()>,
    ) -> ServerResult<()> {
        self.path.push(segment);
        let result = write(self);
        self.path.pop();
        result
    }

    /// The error of a field of the record that is being written.
    pub(super) fn error(&self, name: &Name, position: Pos, error: GraphError) -> ServerError {
        let mut path = self.base.clone();
        path.extend(self.path.iter().map(|segment| match segment {
            Segment::Field(name) => PathSegment::Field(name.to_string()),
            Segment::Index(place) => PathSegment::Index(*place),
        }));
        path.push(PathSegment::Field(name.to_string()));
        ServerError { path, ..error.at(position) }
    }

    /// Takes back what was written of a field since `begin`: it failed, and may be null.
    pub(super) fn null_instead(&mut self, begin: usize, error: ServerError) {
        self.json.truncate(begin);
        self.json.extend_from_slice(b"null");
        self.errors.push(error);
    }

    /// The JSON, and what has failed in it.
    pub(super) fn finish(self) -> (Bytes, Vec<ServerError>) {
        (self.json.into(), self.errors)
    }
}

/// Room for what is written around a list.
const MARGIN: usize = 4 * 1024;

/// Adds a value of the engine to the JSON, which a large list written by level is not copied into: it is written around.
pub fn write_whole(value: Value, json: &mut Vec<u8>) {
    match value {
        Value::Binary(written) if written.len() > json.len() => {
            // Not a copy, as long as nobody else holds it.
            let mut written = Vec::from(written);
            written.splice(0..0, json.drain(..));
            *json = written;
        }
        Value::Object(members) => {
            json.push(b'{');
            for (nth, (name, member)) in members.into_iter().enumerate() {
                if nth > 0 {
                    json.push(b',');
                }
                write_text(&name, json);
                json.push(b':');
                write_whole(member, json);
            }
            json.push(b'}');
        }
        value => write_value(&value, json),
    }
}

/// Adds a value of the engine to the JSON; what was written by level stands in it as it is.
pub fn write_value(value: &Value, json: &mut Vec<u8>) {
    match value {
        Value::Binary(written) => json.extend_from_slice(written),
        Value::Enum(name) => write_text(name, json),
        Value::List(items) => {
            json.push(b'[');
            for (nth, item) in items.iter().enumerate() {
                if nth > 0 {
                    json.push(b',');
                }
                write_value(item, json);
            }
            json.push(b']');
        }
        Value::Object(members) => {
            json.push(b'{');
            for (nth, (name, member)) in members.iter().enumerate() {
                if nth > 0 {
                    json.push(b',');
                }
                write_text(name, json);
                json.push(b':');
                write_value(member, json);
            }
            json.push(b'}');
        }
        Value::String(text) => write_text(text, json),
        Value::Boolean(flag) => json.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Value::Null => json.extend_from_slice(b"null"),
        Value::Number(number) => {
            // Writing to memory does not fail, and every number is JSON.
            let _ = serde_json::to_writer(json, number);
        }
    }
}
