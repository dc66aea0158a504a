//! A precision queue, ready to be asked about agents.

use crate::portal::precision_queue::PrecisionQueue;

use super::agent::AgentValues;
use super::attribute::AttributeKey;
use super::options::Options;
use super::problem::Problem;
use super::step::{CompiledStep, Condition};

/// Which of a step's agents the queue prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentOrdering {
    /// The one available for longest, which the portal does not tell: agents keep the order they are given in.
    #[default]
    LongestAvailable,
    /// The highest sum of proficiencies over the step's attributes first.
    MostSkilled,
    /// The lowest sum of proficiencies over the step's attributes first.
    LeastSkilled,
}

impl AgentOrdering {
    /// Reads the code; without a known one the queue orders by its default, the longest available.
    #[must_use]
    pub fn of(queue: &PrecisionQueue) -> Self {
        match queue.agent_ordering {
            Some(2) => Self::MostSkilled,
            Some(3) => Self::LeastSkilled,
            _ => Self::LongestAvailable,
        }
    }

    /// Sorts the agents of one step; equals keep the order they are given in.
    pub fn sort<T>(self, agents: &mut [T], proficiency: impl Fn(&T) -> i64) {
        agents.sort_by_cached_key(|agent| self.rank(proficiency(agent)));
    }

    /// A number that sorts as the queue prefers.
    fn rank(self, proficiency: i64) -> i64 {
        match self {
            Self::LongestAvailable => 0,
            Self::MostSkilled => proficiency.saturating_neg(),
            Self::LeastSkilled => proficiency,
        }
    }
}

/// A step that an agent satisfies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Position of the step, from 0.
    pub step: usize,
    /// Whether this step counts only under a run-time condition of which nothing is supposed.
    pub is_conditional: bool,
    /// Sum of the agent's proficiencies over the attributes the step uses.
    pub proficiency: i64,
}

/// An agent who belongs to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eligible {
    /// Position of the agent in the list asked about.
    pub agent: usize,
    /// The first step the agent satisfies.
    pub first_match: Match,
}

/// Who can take a call that has come to a step, in the queue's order, as positions in the list asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPool {
    /// Position of the step, from 0.
    pub step: usize,
    /// Agents who satisfy this step.
    pub agents: Vec<usize>,
    /// Agents who satisfy this or an earlier step, where those are more.
    pub cumulative: Option<Vec<usize>>,
}

/// A precision queue whose steps are parsed once and evaluated for any number of agents.
#[derive(Clone)]
pub struct CompiledQueue {
    steps: Vec<CompiledStep>,
    attributes: Vec<AttributeKey>,
    ordering: AgentOrdering,
}

impl CompiledQueue {
    /// Parses the steps; one that cannot be evaluated accepts nobody and says why.
    #[must_use]
    pub fn new(queue: &PrecisionQueue, options: Options) -> Self {
        let steps: Vec<_> = queue.steps.iter().map(|step| CompiledStep::new(step, options)).collect();
        let mut attributes = Vec::new();
        for attribute in steps.iter().flat_map(CompiledStep::attributes) {
            attribute.join(&mut attributes);
        }
        Self { steps, attributes, ordering: AgentOrdering::of(queue) }
    }

    /// The same queue where a step's run-time condition is known; without effect on a step that has none.
    #[must_use]
    pub fn supposing(mut self, step: usize, condition: Condition) -> Self {
        if let Some(step) = self.steps.get_mut(step) {
            step.suppose(condition);
        }
        self
    }

    /// The first step the agent satisfies.
    #[must_use]
    pub fn first_match(&self, agent: &AgentValues) -> Option<Match> {
        self.matches(agent).next()
    }

    /// Every step the agent satisfies, in order; an agent who satisfies any is a member of the queue.
    pub fn matches(&self, agent: &AgentValues) -> impl Iterator<Item = Match> {
        self.steps.iter().enumerate().filter(|(_, step)| step.accepts(agent)).map(|(position, step)| Match {
            step: position,
            is_conditional: step.is_conditional(),
            proficiency: step.proficiency_of(agent),
        })
    }

    /// Whether the agent is a member, but by none of the steps that count for certain.
    #[must_use]
    pub fn matches_only_conditionally(&self, agent: &AgentValues) -> bool {
        let mut matches = self.matches(agent).peekable();
        matches.peek().is_some() && matches.all(|matched| matched.is_conditional)
    }

    /// The members among the agents: by first step, then in the queue's order.
    #[must_use]
    pub fn eligible_among(&self, agents: &[AgentValues]) -> Vec<Eligible> {
        let matched = agents.iter().map(|agent| self.first_match(agent)).enumerate();
        let mut eligible: Vec<_> = matched
            .filter_map(|(agent, first_match)| first_match.map(|first_match| Eligible { agent, first_match }))
            .collect();
        eligible.sort_by_key(|Eligible { first_match, .. }| {
            (first_match.step, self.ordering.rank(first_match.proficiency))
        });
        eligible
    }

    /// Who can take a call at each step that is not skipped, under both readings of what a later step means.
    #[must_use]
    pub fn pools_among(&self, agents: &[AgentValues]) -> Vec<StepPool> {
        let mut reached = vec![false; agents.len()];
        let mut pools = Vec::new();
        for (position, step) in self.steps.iter().enumerate().filter(|(_, step)| !step.is_skipped()) {
            let sorted = |mut pool: Vec<usize>| {
                self.ordering.sort(&mut pool, |agent| step.proficiency_of(&agents[*agent]));
                pool
            };
            let mut own = Vec::new();
            for (agent, _) in agents.iter().enumerate().filter(|(_, values)| step.accepts(values)) {
                own.push(agent);
                reached[agent] = true;
            }
            let all: Vec<_> = (0..agents.len()).filter(|agent| reached[*agent]).collect();
            let cumulative = (all.len() > own.len()).then(|| sorted(all));
            pools.push(StepPool { step: position, agents: sorted(own), cumulative });
        }
        pools
    }

    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[CompiledStep] {
        &self.steps
    }

    /// Why steps cannot be evaluated, each with the position of its step.
    pub fn problems(&self) -> impl Iterator<Item = (usize, Problem)> {
        let problems_of =
            |(position, step)| CompiledStep::problems(step).iter().map(move |problem| (position, *problem));
        self.steps.iter().enumerate().flat_map(problems_of)
    }

    /// The attributes the queue uses, in order of first use.
    #[must_use]
    pub fn attributes(&self) -> &[AttributeKey] {
        &self.attributes
    }

    /// Whether the queue uses the attribute.
    #[must_use]
    pub fn uses(&self, attribute: &AttributeKey) -> bool {
        self.attributes.iter().any(|used| used.is_same_as(attribute))
    }

    /// Which of a step's agents the queue prefers.
    #[must_use]
    pub fn ordering(&self) -> AgentOrdering {
        self.ordering
    }
}
