//! One step of a queue, ready to be asked about agents.

use crate::portal::precision_queue::Step;

use super::agent::AgentValues;
use super::attribute::AttributeKey;
use super::expression::{Expression, Place};
use super::options::{MissingAttribute, Options};
use super::problem::Problem;
use super::term::{CompiledTerm, is_proficiency};

/// Ten is the vendor's limit; a tree over this many still nests harmlessly.
const TERMS_AT_MOST: usize = 200;

/// What is supposed of a step's run-time condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The step is considered.
    Holds,
    /// The step is skipped.
    Fails,
}

/// Whether a call stops at the step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consideration {
    Always,
    Unknown,
    Supposed(Condition),
}

/// A step that can be asked about agents; one with problems accepts nobody.
#[derive(Clone)]
pub struct CompiledStep {
    terms: Vec<CompiledTerm>,
    expression: Option<Expression>,
    attributes: Vec<AttributeKey>,
    proficiencies: Vec<AttributeKey>,
    missing_attribute: MissingAttribute,
    consideration: Consideration,
    mixes_relations: bool,
    problems: Vec<Problem>,
}

impl CompiledStep {
    pub(super) fn new(step: &Step, options: Options) -> Self {
        let has_condition = step.consider_if.as_deref().is_some_and(|formula| !formula.trim().is_empty());
        let mut compiled = Self {
            terms: Vec::new(),
            expression: None,
            attributes: Vec::new(),
            proficiencies: Vec::new(),
            missing_attribute: options.missing_attribute,
            consideration: if has_condition { Consideration::Unknown } else { Consideration::Always },
            mixes_relations: false,
            problems: Vec::new(),
        };
        compiled.take_attributes(step);
        compiled.take_terms(step, options);
        compiled
    }

    /// Also those of terms with problems: the queue uses them all the same.
    fn take_attributes(&mut self, step: &Step) {
        for attribute in step.terms.iter().take(TERMS_AT_MOST).filter_map(|term| term.attribute.as_deref()) {
            if let Some(key) = AttributeKey::of(attribute)
                && key.join(&mut self.attributes)
                && is_proficiency(attribute)
            {
                self.proficiencies.push(key);
            }
        }
    }

    fn take_terms(&mut self, step: &Step, options: Options) {
        match step.terms.len() {
            0 => return self.problems.push(Problem::NoTerms),
            count if count > TERMS_AT_MOST => return self.problems.push(Problem::TooManyTerms { count }),
            _ => {}
        }
        let mut places = Vec::new();
        for (position, term) in step.terms.iter().enumerate() {
            match CompiledTerm::new(position, term) {
                Ok(term) => self.terms.push(term),
                Err(problem) => self.problems.push(problem),
            }
            match Place::new(position, term) {
                Ok(place) => places.push(place),
                Err(problem) => self.problems.push(problem),
            }
        }
        if places.len() == step.terms.len() {
            let expression = Expression::new(&places, options.precedence);
            if expression.is_none() {
                self.problems.push(Problem::UnbalancedParentheses);
            }
            self.mixes_relations = expression != Expression::new(&places, options.precedence.other());
            self.expression = expression.filter(|_| self.problems.is_empty());
        }
    }

    pub(super) fn suppose(&mut self, condition: Condition) {
        // A step without a condition is always considered, whatever is supposed of it.
        if self.consideration != Consideration::Always {
            self.consideration = Consideration::Supposed(condition);
        }
    }

    /// Whether the agent satisfies the step's terms and the step is not skipped.
    #[must_use]
    pub fn accepts(&self, agent: &AgentValues) -> bool {
        let holds = |position: usize| {
            self.terms.get(position).is_some_and(|term| term.holds_of(agent, self.missing_attribute))
        };
        // An agent without any attribute is in no queue, not even by "does not have".
        !self.is_skipped()
            && !agent.is_empty()
            && self.expression.as_ref().is_some_and(|all| all.holds(&holds))
    }

    /// The sum of the agent's proficiencies over the attributes the step uses; flags count 0.
    #[must_use]
    pub fn proficiency_of(&self, agent: &AgentValues) -> i64 {
        let numbers = self.proficiencies.iter().filter_map(|attribute| agent.value_of(attribute)?.number());
        numbers.fold(0, i64::saturating_add)
    }

    /// Whether the step counts only under a run-time condition of which nothing is supposed.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.consideration == Consideration::Unknown
    }

    /// Whether the step's condition is supposed to fail, so that calls pass it by.
    #[must_use]
    pub fn is_skipped(&self) -> bool {
        self.consideration == Consideration::Supposed(Condition::Fails)
    }

    /// Whether AND and OR are mixed so that the step would mean something else under the other precedence.
    #[must_use]
    pub fn mixes_relations(&self) -> bool {
        self.mixes_relations
    }

    /// Why the step cannot be evaluated; empty where it can.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The attributes the step's terms use, in order of first use.
    #[must_use]
    pub fn attributes(&self) -> &[AttributeKey] {
        &self.attributes
    }
}
