//! What `updatePrecisionQueue` takes, and whether it makes sense: every problem of every step at once, each at its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::precision_queue::UpdatePrecisionQueueErrorCode as Code;
use super::refusal::{UserErrorCode as _, Violations};
use super::value::check_value;
use crate::graph::attribute::AttributeDataType;
use crate::graph::coded::Coded as _;
use crate::graph::id::Kind;
use crate::graph::lookup::key_of;
use crate::graph::precision_queue::{AgentOrdering, ServiceLevelType};
use crate::graph::precision_queue_step::{AttributeRelation, TermRelation};
use crate::portal::attribute::Attribute;
use crate::portal::precision_queue::{Step, Term};
use crate::portal::{AttributeId, TenantId};

/// The contact centre's own limits.
const STEPS_AT_MOST: usize = 10;
const TERMS_AT_MOST: usize = 10;
const ATTRIBUTES_AT_MOST: usize = 10;
/// No term of ten can open or close more.
const PARENTHESES_AT_MOST: u32 = 10;

/// What is to change of a precision queue; what is left out stays as it is.
#[derive(InputObject)]
pub struct UpdatePrecisionQueueInput {
    /// The global id of the precision queue.
    pub(super) precision_queue_id: ID,
    /// The change stamp the client saw; a queue that has another one by now is left as it is.
    pub(super) if_change_stamp: Option<i64>,
    /// Whether only to work out which agents would enter and leave; nothing is written then.
    #[graphql(default)]
    pub(super) preview: bool,
    /// The new name.
    pub(super) name: Option<String>,
    /// The new description; null clears it.
    pub(super) description: MaybeUndefined<String>,
    /// Which of a step's agents the queue prefers from now on.
    pub(super) agent_ordering: Option<AgentOrdering>,
    /// How abandoned calls count towards the service level from now on.
    pub(super) service_level_type: Option<ServiceLevelType>,
    /// Within how many seconds a call should be answered from now on.
    pub(super) service_level_threshold_seconds: Option<i32>,
    /// The new steps, in order, in the place of all there were.
    pub(super) steps: Option<Vec<PrecisionQueueStepInput>>,
}

/// A step of a precision queue.
#[derive(InputObject)]
pub struct PrecisionQueueStepInput {
    /// What an agent must satisfy, term by term; 1 to 10 of them.
    pub(super) terms: Vec<PrecisionQueueTermInput>,
    /// How long a call waits at this step before it goes on; 0 goes on at once, -1 on the last step stays.
    #[graphql(default)]
    pub(super) wait_seconds: i32,
    /// A formula over the running call; where it is false, the step is skipped. Not on the last step.
    pub(super) consider_if: Option<String>,
}

/// A term of a step: an attribute compared with a value.
#[derive(InputObject)]
pub struct PrecisionQueueTermInput {
    /// The global id of the attribute.
    pub(super) attribute_id: ID,
    /// How the attribute is compared with the value.
    pub(super) attribute_relation: AttributeRelation,
    /// The value compared with, as text; left out where the relation only asks whether the agent has the attribute.
    pub(super) value: Option<String>,
    /// How the term joins the terms before it; NONE for the first, AND or OR for every other.
    pub(super) term_relation: TermRelation,
    /// Parentheses that open before the term (positive) or close after it (negative).
    #[graphql(default)]
    pub(super) parenthesis_count: i32,
}

/// Looks at everything that needs no call.
pub(super) fn check(input: &UpdatePrecisionQueueInput, violations: &mut Violations<Code>) {
    if input.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        violations.add(Code::InvalidName);
    }
    if input.agent_ordering == Some(AgentOrdering::Unknown) {
        violations.add(Code::InvalidAgentOrdering);
    }
    if input.service_level_type == Some(ServiceLevelType::Unknown) {
        violations.add(Code::InvalidServiceLevelType);
    }
    if input.service_level_threshold_seconds.is_some_and(|seconds| seconds < 0) {
        violations.add(Code::InvalidServiceLevelThreshold);
    }
    let changes_nothing = input.name.is_none()
        && input.description.is_undefined()
        && input.agent_ordering.is_none()
        && input.service_level_type.is_none()
        && input.service_level_threshold_seconds.is_none()
        && input.steps.is_none();
    if changes_nothing {
        violations.add(Code::NothingToChange);
    }
    if let Some(steps) = &input.steps {
        check_steps(steps, violations);
    }
}

fn check_steps(steps: &[PrecisionQueueStepInput], violations: &mut Violations<Code>) {
    if !(1..=STEPS_AT_MOST).contains(&steps.len()) {
        violations.add(Code::InvalidStepCount);
    }
    let attributes: BTreeSet<_> =
        steps.iter().flat_map(|step| &step.terms).map(|term| term.attribute_id.as_str()).collect();
    if attributes.len() > ATTRIBUTES_AT_MOST {
        violations.add(Code::TooManyAttributes);
    }
    for (place, step) in steps.iter().enumerate() {
        let is_last = place + 1 == steps.len();
        let mut add = |code: Code, field: &str| {
            let path = ["steps".to_owned(), place.to_string(), field.to_owned()];
            violations.add_at(code, path, code.message());
        };
        if !(1..=TERMS_AT_MOST).contains(&step.terms.len()) {
            add(Code::InvalidTermCount, "terms");
        }
        if step.wait_seconds < if is_last { -1 } else { 0 } {
            add(Code::InvalidWait, "waitSeconds");
        }
        if is_last && step.consider_if.as_ref().is_some_and(|formula| !formula.trim().is_empty()) {
            add(Code::ConditionOnLastStep, "considerIf");
        }
        let mut depth = 0_i64;
        let is_balanced = step.terms.iter().all(|term| {
            depth += i64::from(term.parenthesis_count);
            depth >= 0
        });
        let is_bounded =
            step.terms.iter().all(|term| term.parenthesis_count.unsigned_abs() <= PARENTHESES_AT_MOST);
        if !is_balanced || depth != 0 || !is_bounded {
            add(Code::UnbalancedParentheses, "terms");
        }
        for (number, term) in step.terms.iter().enumerate() {
            check_term(term, (place, number), violations);
        }
    }
}

fn check_term(
    term: &PrecisionQueueTermInput,
    (step, number): (usize, usize),
    violations: &mut Violations<Code>,
) {
    let mut add =
        |code: Code, field: &str| violations.add_at(code, place(step, number, field), code.message());
    let is_joined = matches!(term.term_relation, TermRelation::And | TermRelation::Or);
    match (number, term.term_relation) {
        (0, TermRelation::None) => {}
        (0, _) => add(Code::RelationOnFirstTerm, "termRelation"),
        _ if is_joined => {}
        _ => add(Code::TermRelationRequired, "termRelation"),
    }
    match (term.attribute_relation, &term.value) {
        (AttributeRelation::Unknown, _) => add(Code::InvalidAttributeRelation, "attributeRelation"),
        (AttributeRelation::HasAttribute | AttributeRelation::LacksAttribute, Some(_)) => {
            add(Code::ValueNotTaken, "value");
        }
        (AttributeRelation::HasAttribute | AttributeRelation::LacksAttribute, None) | (_, Some(_)) => {}
        (_, None) => add(Code::ValueRequired, "value"),
    }
}

/// Whether any of the steps has an attribute to look up.
pub(super) fn names_attributes(steps: &[PrecisionQueueStepInput], tenant: TenantId) -> bool {
    let mut terms = steps.iter().flat_map(|step| &step.terms);
    terms.any(|term| key_of(&term.attribute_id, &[Kind::Attribute], tenant).is_some())
}

fn place(step: usize, term: usize, field: &str) -> [String; 5] {
    ["steps".to_owned(), step.to_string(), "terms".to_owned(), term.to_string(), field.to_owned()]
}

/// The steps as the portal writes them, once the catalogue says what each attribute takes. A step and a term that stand
/// where one stood keep what the portal said of it under keys nobody here knows.
pub(super) fn steps(
    input: &[PrecisionQueueStepInput],
    before: &[Arc<Step>],
    known: &[Arc<Attribute>],
    violations: &mut Violations<Code>,
    tenant: TenantId,
) -> Vec<Arc<Step>> {
    let mut steps = Vec::new();
    for (position, given) in input.iter().enumerate() {
        // Inserted or removed, steps and terms no longer stand where they stood.
        let former = before.get(position).filter(|_| before.len() == input.len());
        let mut terms = Vec::new();
        for (number, term) in given.terms.iter().enumerate() {
            let key = key_of(&term.attribute_id, &[Kind::Attribute], tenant).map(AttributeId);
            let Some(attribute) = known.iter().find(|known| key.is_some() && known.id == key) else {
                let code = Code::AttributeNotFound;
                violations.add_at(code, place(position, number, "attributeId"), code.message());
                continue;
            };
            let same = former.filter(|step| step.terms.len() == given.terms.len());
            let former = same.and_then(|step| step.terms.get(number));
            let former = former.filter(|term| term.attribute.as_ref().is_some_and(|former| former.id == key));
            terms.push(Arc::new(Term {
                attribute: Some(
                    former.and_then(|term| term.attribute.clone()).unwrap_or_else(|| attribute.clone()),
                ),
                attribute_relation: term.attribute_relation.code(),
                paren_count: Some(term.parenthesis_count.into()),
                term_relation: term.term_relation.code(),
                value1: value(attribute, term, violations, (position, number)),
                rest: former.map(|term| term.rest.clone()).unwrap_or_default(),
                ..Term::default()
            }));
        }
        steps.push(Arc::new(Step {
            terms,
            wait_time: Some(given.wait_seconds.into()),
            consider_if: given.consider_if.clone().filter(|formula| !formula.trim().is_empty()),
            agent_count: None,
            rest: former.map(|step| step.rest.clone()).unwrap_or_default(),
        }));
    }
    steps
}

fn value(
    attribute: &Attribute,
    term: &PrecisionQueueTermInput,
    violations: &mut Violations<Code>,
    (step, number): (usize, usize),
) -> Option<String> {
    let text = term.value.as_deref()?;
    if matches!(term.attribute_relation, AttributeRelation::HasAttribute | AttributeRelation::LacksAttribute)
    {
        return None;
    }
    let is_order = !matches!(term.attribute_relation, AttributeRelation::Equal | AttributeRelation::NotEqual);
    let is_order = is_order && term.attribute_relation != AttributeRelation::Unknown;
    if is_order && AttributeDataType::of(attribute) == AttributeDataType::Boolean {
        let code = Code::InvalidAttributeRelation;
        let message = "A flag is compared by EQUAL or NOT_EQUAL only.";
        violations.add_at(code, place(step, number, "attributeRelation"), message);
    }
    match check_value(attribute, text) {
        Ok(value) => Some(value),
        Err(expected) => {
            violations.add_at(Code::InvalidValue, place(step, number, "value"), expected);
            None
        }
    }
}
