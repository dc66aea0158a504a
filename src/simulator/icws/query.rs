//! What a list is asked for: its parameters read, and every way they can be wrong.

use axum::http::header::RANGE;
use serde_json::{Map, Value, json};

use super::answer::{Answer, GET_OBJECT_LIST};
use super::serving::Admitted;
use super::shape::{Form, PROPERTIES};

const DISPLAY_NAME: &str = "configurationId.displayName";
const ID: &str = "configurationId.id";
const NOTES: &str = "notes";

/// A property that conditions and sorting may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    DisplayName,
    Id,
    Notes,
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    StartsWith,
    Contains,
}

/// A condition; all of them must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) column: Column,
    pub(super) operator: Operator,
    pub(super) value: String,
}

/// What a list is asked for.
#[derive(Debug)]
pub(super) struct Query {
    /// The properties beside the identity; none were asked for when there is no list.
    pub(super) select: Option<Vec<&'static str>>,
    pub(super) conditions: Vec<Condition>,
    pub(super) order: (Column, Descending),
    pub(super) administered: bool,
    pub(super) form: Form,
    /// The first row and the last, which may be left open.
    pub(super) range: Option<(usize, Option<usize>)>,
}

pub(super) type Descending = bool;

impl Column {
    fn read(name: &str) -> Option<Self> {
        match name {
            DISPLAY_NAME => Some(Self::DisplayName),
            ID => Some(Self::Id),
            NOTES => Some(Self::Notes),
            _ => None,
        }
    }
}

/// What the server does not support, by parameter.
#[derive(Default)]
struct Unsupported(Map<String, Value>);

impl Unsupported {
    fn note(&mut self, parameter: &str, name: &str) {
        let list = self.0.entry(parameter).or_insert_with(|| json!([]));
        list.as_array_mut().into_iter().for_each(|list| list.push(json!(name)));
    }
}

impl Query {
    /// Reads the parameters; ones that no table lists are passed over.
    pub(super) fn read(asked: &Admitted) -> Result<Self, Answer> {
        let mut unsupported = Unsupported::default();
        let select = match asked.parameter("select") {
            None => None,
            Some("*") => Some(PROPERTIES.to_vec()),
            Some(names) => Some(select(names, &mut unsupported)?),
        };
        let conditions = conditions(asked.parameter("where"), &mut unsupported);
        let order = order(asked.parameter("orderBy"), &mut unsupported);
        let administered = match asked.parameter("rightsFilter") {
            None | Some("admin") => true,
            Some("view") => false,
            Some(other) => {
                unsupported.0.insert("rightsFilter".to_owned(), json!(other));
                true
            }
        };
        if !unsupported.0.is_empty() {
            let said = ("error.request.configuration.getObjectList", "A property is not supported.");
            return Err(Answer::error(400, GET_OBJECT_LIST, said, Value::Object(unsupported.0)));
        }
        let form = Form {
            actual: flag(asked, "actualValues")?,
            inherited: flag(asked, "inheritedValues")?,
            enum_names: asked.settings.enum_names,
            iso_dates: asked.settings.iso_dates,
        };
        let (conditions, order, range) =
            (conditions?, order?, range(asked.header(&RANGE), asked.settings.first_item)?);
        Ok(Self { select, conditions, order, administered, form, range })
    }
}

fn select(names: &str, unsupported: &mut Unsupported) -> Result<Vec<&'static str>, Answer> {
    let mut properties = Vec::new();
    for name in names.split(',').map(str::trim) {
        if name == "*" {
            let message = "The wildcard and named properties are mixed.";
            return Err(Answer::common(400, "error.request.configuration.get.selectAll", message));
        }
        match PROPERTIES.iter().find(|property| **property == name) {
            Some(property) if properties.contains(property) => {}
            Some(property) => properties.push(*property),
            None => unsupported.note("select", name),
        }
    }
    Ok(properties)
}

/// A comma always ends a condition, so that a value cannot hold one; the contract knows no escape.
fn conditions(text: Option<&str>, unsupported: &mut Unsupported) -> Result<Vec<Condition>, Answer> {
    let mut conditions = Vec::new();
    let mut wrong = None;
    for condition in text.iter().flat_map(|text| text.split(',')) {
        let mut words = condition.trim_start().splitn(3, ' ');
        let mut word = || words.next().unwrap_or_default();
        let (name, operator, value) = (word(), word(), word());
        let Some(column) = Column::read(name) else {
            unsupported.note("where", name);
            continue;
        };
        let operator = match operator {
            "eq" => Operator::Equals,
            "sw" => Operator::StartsWith,
            "ct" => Operator::Contains,
            _ => {
                let id = "error.request.configuration.getObjectList.invalidWhereOperator";
                wrong.get_or_insert_with(|| Answer::common(400, id, "The operator is not supported."));
                continue;
            }
        };
        if value.is_empty() {
            wrong.get_or_insert_with(|| Answer::malformed("A condition has no value."));
        }
        conditions.push(Condition { column, operator, value: value.to_owned() });
    }
    wrong.map_or(Ok(conditions), Err)
}

fn order(text: Option<&str>, unsupported: &mut Unsupported) -> Result<(Column, Descending), Answer> {
    let Some(text) = text else { return Ok((Column::DisplayName, false)) };
    let (name, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), "asc"));
    let column = Column::read(name).filter(|column| *column != Column::Notes).unwrap_or_else(|| {
        unsupported.0.insert("orderBy".to_owned(), json!(name));
        Column::DisplayName
    });
    match direction.trim() {
        "asc" => Ok((column, false)),
        "desc" => Ok((column, true)),
        _ => {
            let id = "error.request.configuration.getObjectList.invalidSortDirection";
            Err(Answer::common(400, id, "The sort direction is not supported."))
        }
    }
}

fn flag(asked: &Admitted, name: &str) -> Result<bool, Answer> {
    match asked.parameter(name).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Answer::malformed("A parameter is neither true nor false.")),
    }
}

/// Inclusive, and zero-based unless set otherwise; that a range of another form is refused is inferred.
fn range(text: Option<&str>, base: usize) -> Result<Option<(usize, Option<usize>)>, Answer> {
    let Some(text) = text else { return Ok(None) };
    let read = || {
        let (first, last) = text.trim().strip_prefix("items=")?.split_once('-')?;
        let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(base);
        let first = number(first)?;
        let last = if last.is_empty() { None } else { Some(number(last)?) };
        last.is_none_or(|last| first <= last).then_some((first, last))
    };
    read().map(Some).ok_or_else(|| Answer::malformed("The range is none."))
}
