//! `EligibleAgent`: an agent a precision queue could choose, and by which step.

use async_graphql::{ID, InputObject, Object};

use super::agent::Agent;
use super::connection::ConnectionNode;
use super::error::GraphError;
use super::level::row;
use crate::caller::eligibility::Match;

/// What to suppose of a conditional step, whose condition only a running call could decide.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject)]
pub struct StepCondition {
    /// The step's number, from 1.
    pub step_number: i32,
    /// Whether its condition holds; a step whose condition fails is skipped.
    pub holds: bool,
}

impl StepCondition {
    /// The step's place in a queue of so many steps.
    pub fn place(&self, steps: usize) -> Result<usize, GraphError> {
        let place = usize::try_from(self.step_number).ok().and_then(|number| number.checked_sub(1));
        place.filter(|place| *place < steps).ok_or_else(|| {
            let given = self.step_number;
            GraphError::bad_input(format!(
                "conditions.stepNumber is {given}; this queue has steps 1 to {steps}."
            ))
        })
    }
}

/// An agent a precision queue could choose.
#[derive(Clone)]
pub struct EligibleAgent {
    agent: Agent,
    first_match: Match,
}

impl ConnectionNode for EligibleAgent {
    const NAME: &'static str = "EligibleAgent";
}

impl EligibleAgent {
    /// An agent with the first step it satisfies.
    #[must_use]
    pub fn new(agent: Agent, first_match: Match) -> Self {
        Self { agent, first_match }
    }

    /// The agent's global id.
    pub(super) fn agent_id(&self) -> Result<ID, GraphError> {
        self.agent.global_id()
    }

    /// Whether the queue would choose the agent for another reason.
    pub(super) fn matches_otherwise(&self, other: &Self) -> bool {
        self.first_match != other.first_match
    }

    fn as_agent(&self) -> Agent {
        self.agent.clone()
    }
}

/// An agent a precision queue could choose, and by which step.
#[Object]
impl EligibleAgent {
    /// The agent.
    async fn agent(&self) -> &Agent {
        &self.agent
    }

    /// The number of the first step the agent satisfies, from 1.
    fn step_number(&self) -> i32 {
        i32::try_from(self.first_match.step + 1).unwrap_or(i32::MAX)
    }

    /// Whether that step counts only under a condition that a running call decides.
    fn is_conditional(&self) -> bool {
        self.first_match.is_conditional
    }

    /// The sum of the agent's proficiencies over the attributes of that step, by which skilled orderings go.
    fn proficiency(&self) -> i64 {
        self.first_match.proficiency
    }
}

row! {
    EligibleAgent;
    leaf step_number, is_conditional, proficiency;
    child agent = as_agent;
}
