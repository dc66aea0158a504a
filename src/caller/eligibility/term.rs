//! One term of a step: an attribute, a relation and a value, and whether they hold of an agent.

use std::cmp::Ordering;

use crate::portal::attribute::Attribute;
use crate::portal::precision_queue::Term;

use super::agent::AgentValues;
use super::attribute::AttributeKey;
use super::options::MissingAttribute;
use super::problem::Problem;
use super::value::Value;

/// How an attribute relates to a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    Has,
    HasNot,
}

impl Relation {
    /// Reads the code; the text beside it counts only where there is no code.
    fn of(position: usize, term: &Term) -> Result<Self, Problem> {
        let Some(code) = term.attribute_relation else {
            let spelling = term.attribute_relation_string.as_deref().unwrap_or_default();
            return Self::spelt(spelling).ok_or(Problem::MissingRelation { term: position });
        };
        match code {
            1 => Ok(Self::Equal),
            2 => Ok(Self::NotEqual),
            3 => Ok(Self::Less),
            4 => Ok(Self::AtMost),
            5 => Ok(Self::More),
            6 => Ok(Self::AtLeast),
            9 => Ok(Self::Has),
            10 => Ok(Self::HasNot),
            _ => Err(Problem::UnsupportedRelation { term: position, code }),
        }
    }

    fn spelt(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "==" | "=" | "equal" | "equals" => Some(Self::Equal),
            "!=" | "<>" | "not equal" => Some(Self::NotEqual),
            "<" | "less than" => Some(Self::Less),
            "<=" | "less than or equal" => Some(Self::AtMost),
            ">" | "greater than" => Some(Self::More),
            ">=" | "greater than or equal" => Some(Self::AtLeast),
            _ => None,
        }
    }
}

/// A term that can be evaluated.
#[derive(Clone)]
pub(super) struct CompiledTerm {
    attribute: AttributeKey,
    relation: Relation,
    value: Value,
}

impl CompiledTerm {
    pub(super) fn new(position: usize, term: &Term) -> Result<Self, Problem> {
        let attribute = term.attribute.as_deref().and_then(AttributeKey::of);
        let attribute = attribute.ok_or(Problem::MissingAttribute { term: position })?;
        let relation = Relation::of(position, term)?;
        let value = Value::of(term.value1.as_deref());
        if value.is_blank() && !matches!(relation, Relation::Has | Relation::HasNot) {
            return Err(Problem::MissingValue { term: position });
        }
        Ok(Self { attribute, relation, value })
    }

    pub(super) fn holds_of(&self, agent: &AgentValues, missing: MissingAttribute) -> bool {
        let held = agent.value_of(&self.attribute);
        match (self.relation, held.filter(|value| !value.is_blank())) {
            (Relation::Has, _) => held.is_some(),
            (Relation::HasNot, _) => held.is_none(),
            (Relation::NotEqual, None) => missing == MissingAttribute::DiffersFromEveryValue,
            (_, None) => false,
            (Relation::Equal, Some(value)) => value.equals(&self.value),
            (Relation::NotEqual, Some(value)) => !value.equals(&self.value),
            (Relation::Less, Some(value)) => value.order(&self.value).is_some_and(Ordering::is_lt),
            (Relation::AtMost, Some(value)) => value.order(&self.value).is_some_and(Ordering::is_le),
            (Relation::More, Some(value)) => value.order(&self.value).is_some_and(Ordering::is_gt),
            (Relation::AtLeast, Some(value)) => value.order(&self.value).is_some_and(Ordering::is_ge),
        }
    }
}

/// Whether an agent's number for the attribute is a proficiency: unless the attribute says it is something else.
pub(super) fn is_proficiency(attribute: &Attribute) -> bool {
    match (attribute.data_type.as_deref(), attribute.data_type_string.as_deref()) {
        (Some(code), _) => code.trim() == "4",
        (None, Some(name)) => name.trim().eq_ignore_ascii_case("proficiency"),
        (None, None) => true,
    }
}
