//! `PrecisionQueueStep` and its terms: what a step of a precision queue asks of agents.

use std::sync::Arc;

use async_graphql::{Enum, Object};

use super::attribute::Attribute;
use super::coded::Coded;
use super::level::row;
use super::list::List;
use crate::caller::StaffedQueue;
use crate::caller::eligibility::CompiledStep;
use crate::portal::{TenantId, precision_queue as wire};

/// How a term is related to the terms before it.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum TermRelation {
    /// Not at all: it is the first.
    None,
    /// Both must hold.
    And,
    /// One must hold.
    Or,
    /// A relation this gateway does not know; `termRelationCode` has the portal's own code.
    Unknown,
}

/// How an attribute is compared with a term's value.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AttributeRelation {
    /// Is equal.
    Equal,
    /// Is not equal.
    NotEqual,
    /// Is less.
    LessThan,
    /// Is less or equal.
    LessThanOrEqual,
    /// Is greater.
    GreaterThan,
    /// Is greater or equal.
    GreaterThanOrEqual,
    /// The agent has the attribute, with whatever value.
    HasAttribute,
    /// The agent does not have the attribute.
    LacksAttribute,
    /// A relation this gateway does not know; `attributeRelationCode` has the portal's own code.
    Unknown,
}

impl Coded for TermRelation {
    const UNKNOWN: Self = Self::Unknown;
    const CODES: &'static [(Self, i64)] = &[(Self::None, 0), (Self::And, 1), (Self::Or, 2)];
}

impl Coded for AttributeRelation {
    const UNKNOWN: Self = Self::Unknown;
    const CODES: &'static [(Self, i64)] = &[
        (Self::Equal, 1),
        (Self::NotEqual, 2),
        (Self::LessThan, 3),
        (Self::LessThanOrEqual, 4),
        (Self::GreaterThan, 5),
        (Self::GreaterThanOrEqual, 6),
        (Self::HasAttribute, 9),
        (Self::LacksAttribute, 10),
    ];
}

/// A step of a precision queue.
pub struct PrecisionQueueStep {
    tenant: TenantId,
    queue: StaffedQueue,
    place: usize,
    record: Arc<wire::Step>,
}

impl PrecisionQueueStep {
    /// Shows the step at a place of a queue.
    #[must_use]
    pub fn new(tenant: TenantId, queue: StaffedQueue, (place, record): (usize, Arc<wire::Step>)) -> Self {
        Self { tenant, queue, place, record }
    }

    fn all_terms(&self) -> List<PrecisionQueueTerm> {
        let terms = self.record.terms.iter();
        terms.map(|record| PrecisionQueueTerm { tenant: self.tenant, record: record.clone() }).collect()
    }
}

/// A step of a precision queue: whom it asks for, and how long a call waits for one of them.
#[Object]
impl PrecisionQueueStep {
    /// The step's number, from 1.
    fn step_number(&self) -> i32 {
        i32::try_from(self.place + 1).unwrap_or(i32::MAX)
    }

    /// What an agent must satisfy, term by term.
    async fn terms(&self) -> List<PrecisionQueueTerm> {
        self.all_terms()
    }

    /// How long a call waits at this step before it goes on; 0 or null goes on at once, -1 stays.
    fn wait_seconds(&self) -> Option<i64> {
        self.record.wait_time
    }

    /// How many agents satisfy the step, by the portal's count.
    fn agent_count(&self) -> Option<i64> {
        self.record.agent_count
    }

    /// A formula over the running call; where it is false, the step is skipped.
    fn consider_if(&self) -> Option<&str> {
        self.record.consider_if.as_deref()
    }

    /// Whether the step has a formula that only a running call can decide.
    fn is_conditional(&self) -> bool {
        self.queue.compiled.steps().get(self.place).is_some_and(CompiledStep::is_conditional)
    }

    /// Whether ANDs and ORs are mixed without parentheses, in which case the two usual readings differ; the gateway
    /// lets AND bind tighter.
    fn mixes_relations(&self) -> bool {
        self.queue.compiled.steps().get(self.place).is_some_and(CompiledStep::mixes_relations)
    }

    /// Why the gateway cannot evaluate the step, in words; empty where it can. Such a step matches nobody here.
    async fn problems(&self) -> List<String> {
        let step = self.queue.compiled.steps().get(self.place);
        step.map(|step| step.problems().iter().map(ToString::to_string).collect()).unwrap_or_default()
    }
}

row! {
    PrecisionQueueStep;
    leaf step_number, wait_seconds, agent_count, consider_if, is_conditional, mixes_relations;
    child terms = all_terms;
}

/// A term of a step: an attribute compared with a value.
pub struct PrecisionQueueTerm {
    tenant: TenantId,
    record: Arc<wire::Term>,
}

impl PrecisionQueueTerm {
    fn compared_attribute(&self) -> Option<Attribute> {
        self.record.attribute.as_ref().map(|record| Attribute::mentioned(self.tenant, record.clone()))
    }
}

/// A term of a step: an attribute compared with a value, and how it joins the terms before it.
#[Object]
impl PrecisionQueueTerm {
    /// The attribute; null where the portal does not say which.
    async fn attribute(&self) -> Option<Attribute> {
        self.compared_attribute()
    }

    /// How the attribute is compared with the value.
    fn attribute_relation(&self) -> AttributeRelation {
        AttributeRelation::of(self.record.attribute_relation)
    }

    /// How the term is related to the terms before it.
    fn term_relation(&self) -> TermRelation {
        TermRelation::of(self.record.term_relation)
    }

    /// The portal's own code of the attribute relation.
    fn attribute_relation_code(&self) -> Option<i64> {
        self.record.attribute_relation
    }

    /// The portal's own name of the attribute relation.
    fn attribute_relation_name(&self) -> Option<&str> {
        self.record.attribute_relation_string.as_deref()
    }

    /// The portal's own code of the term relation.
    fn term_relation_code(&self) -> Option<i64> {
        self.record.term_relation
    }

    /// The portal's own name of the term relation.
    fn term_relation_name(&self) -> Option<&str> {
        self.record.term_relation_string.as_deref()
    }

    /// Parentheses that open before the term (positive) or close after it (negative).
    fn parenthesis_count(&self) -> Option<i64> {
        self.record.paren_count
    }

    /// The value compared with, as text.
    fn value(&self) -> Option<&str> {
        self.record.value1.as_deref()
    }
}

row! {
    PrecisionQueueTerm;
    leaf attribute_relation_code, attribute_relation_name, term_relation_code, term_relation_name,
        parenthesis_count, value;
    enumeration attribute_relation, term_relation;
    child attribute = compared_attribute;
}
