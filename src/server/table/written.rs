//! A table written down: as JSON with its columns and their types, as an array of objects, or as CSV.

use std::io::{self, Write};

use serde::Serializer as _;
use serde::ser::SerializeMap as _;
use serde_json::{Value, json};

use super::parameter::Shape;
use super::plan::{Column, ColumnType, Plan};
use super::row::{self, Row, TooMuch, text_of};

/// More than this is not written: what stands once in an answer may stand in many rows.
pub(super) const LARGEST_BYTES: usize = 64 * 1024 * 1024;

/// What makes spreadsheets take a text for a formula, full-width forms included.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json(Shape),
    Csv,
}

/// What is wrong with an answer for which a table is made all the same.
pub(super) type Errors<'a> = Option<&'a Value>;

/// Writes the table of an answer.
pub(super) fn write(plan: &Plan, data: &Value, errors: Errors<'_>, form: Form) -> Result<Vec<u8>, TooMuch> {
    match form {
        Form::Json(Shape::Table) => write_table(plan, data, errors),
        Form::Json(Shape::Objects) => write_objects(plan, data),
        Form::Csv => write_csv(plan, data),
    }
}

fn write_table(plan: &Plan, data: &Value, errors: Errors<'_>) -> Result<Vec<u8>, TooMuch> {
    let column = |column: &Column| json!({"name": column.name, "type": column.kind.word()}).to_string();
    let columns: Vec<_> = plan.columns.iter().map(column).collect();
    let mut text = format!("{{\"columns\":[{}],\"rows\":[", columns.join(",")).into_bytes();
    let mut is_first = true;
    row::each(plan, data, |row| {
        separate(&mut text, &mut is_first);
        within(serde_json::to_writer(&mut text, row).is_ok(), &text)
    })?;
    text.push(b']');
    if let Some(errors) = errors {
        text.extend_from_slice(b",\"errors\":");
        within(serde_json::to_writer(&mut text, errors).is_ok(), &text)?;
    }
    text.push(b'}');
    Ok(text)
}

fn write_objects(plan: &Plan, data: &Value) -> Result<Vec<u8>, TooMuch> {
    let mut text = vec![b'['];
    let mut is_first = true;
    row::each(plan, data, |row| {
        separate(&mut text, &mut is_first);
        within(write_object(plan, row, &mut text).is_ok(), &text)
    })?;
    text.push(b']');
    Ok(text)
}

/// Members are in the order of the columns, which a map of `serde_json` is not.
fn write_object(plan: &Plan, row: &Row<'_>, text: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Serializer::new(text);
    let mut members = json.serialize_map(Some(row.len()))?;
    for (column, value) in plan.columns.iter().zip(row) {
        members.serialize_entry(&column.member, value)?;
    }
    members.end()
}

fn separate(text: &mut Vec<u8>, is_first: &mut bool) {
    if !std::mem::take(is_first) {
        text.push(b',');
    }
}

fn within(is_written: bool, text: &[u8]) -> Result<(), TooMuch> {
    if is_written && text.len() <= LARGEST_BYTES { Ok(()) } else { Err(TooMuch) }
}

/// Bytes that end where a table is too large.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As RFC 4180 has it: lines end with CRLF, what holds a comma, a quote or a line is quoted.
fn write_csv(plan: &Plan, data: &Value) -> Result<Vec<u8>, TooMuch> {
    let mut csv =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Bounded(Vec::new()));
    let too_much = |_| TooMuch;
    csv.write_record(plan.columns.iter().map(|column| &column.name)).map_err(too_much)?;
    row::each(plan, data, |row| {
        for (column, value) in plan.columns.iter().zip(row) {
            let text = text_of(value);
            let is_formula = column.kind == ColumnType::String && text.starts_with(FORMULAS);
            let written =
                if is_formula { csv.write_field(format!("'{text}")) } else { csv.write_field(&*text) };
            written.map_err(too_much)?;
        }
        csv.write_record(None::<&[u8]>).map_err(too_much)
    })?;
    csv.into_inner().map(|bounded| bounded.0).map_err(|_| TooMuch)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::server::table::field::Fields;
    use crate::server::table::selection::Tree;

    fn written(data: &Value, form: Form) -> String {
        let document = parse_query("{ as { text number tags } }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let fields = Fields::of("type Query { as: [A] } type A { text: String number: Int tags: [String] }");
        let plan = Plan::of(&Tree::of(&document, &operation.node, &fields), None).unwrap();
        let text = write(&plan, data, None, form).map_err(|_| "too much").unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn no_text_is_a_formula_and_every_text_stays_in_its_cell() {
        for (text, cell) in [
            ("plain", "plain"),
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "'＝1"),
            ("a=b", "a=b"),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("", "\"\""),
        ] {
            let data = json!({"as": [{"text": text, "number": -5, "tags": ["=a", "b"]}]});
            let expected = format!("text,number,tags\r\n{cell},-5,\"'=a, b\"\r\n");
            let expected = if text.is_empty() { expected.replace("\"\",", ",") } else { expected };
            assert_eq!(written(&data, Form::Csv), expected);
            // JSON is read by programs.
            let objects = json!([{"text": text, "number": -5, "tags": "=a, b"}]);
            let found: Value = serde_json::from_str(&written(&data, Form::Json(Shape::Objects))).unwrap();
            assert_eq!(found, objects);
        }
    }

    #[test]
    fn nothing_is_null_in_json_and_empty_in_csv() {
        let data = json!({"as": [{"text": null}, null]});
        assert_eq!(written(&data, Form::Csv), "text,number,tags\r\n,,\r\n,,\r\n");
        let table = written(&data, Form::Json(Shape::Table));
        assert!(table.ends_with("\"rows\":[[null,null,null],[null,null,null]]}"), "{table}");
    }

    #[test]
    fn what_is_too_large_is_not_written() {
        let document = parse_query("{ as { text bs { id } } }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let fields = Fields::of("type Query { as: [A] } type A { text: String bs: [B] } type B { id: ID }");
        let plan = Plan::of(&Tree::of(&document, &operation.node, &fields), None).unwrap();
        let data = json!({"as": [{"text": "x".repeat(1_000_000), "bs": vec![json!({"id": "1"}); 70]}]});
        for form in [Form::Csv, Form::Json(Shape::Table), Form::Json(Shape::Objects)] {
            assert!(write(&plan, &data, None, form).is_err(), "{form:?}");
        }
    }
}
