//! What the house knows at the moment, in numbers: room, kept answers, times of operations, polls and plans; of nobody.

use std::time::Duration;

use super::house::House;
use super::observed::Observed;
use super::plan::Edge;
use crate::config::Way;
use crate::portal::agent::GetAllAgentsForSkill;
use crate::portal::skill_group::{GetSkillGroups, GetSkillsForAgent};
use crate::portal::user::{GetUserByIdProgram, GetUsers};
use crate::session::Held;
use crate::upstream::Call;

/// Everything there is to tell.
#[derive(Clone, Debug)]
pub struct Figures {
    /// By server and class of calls, of the servers that the settings name.
    pub rooms: Vec<RoomFigures>,
    /// By operation, of those that were answered.
    pub operations: Vec<OperationFigures>,
    /// Answers of the upstreams that are kept.
    pub kept: KeptFigures,
    /// Subscriptions that are open.
    pub subscriptions: usize,
    /// What is polled for them, by operation.
    pub polls: Vec<PollFigures>,
    /// The edges that can be read from both their ends.
    pub edges: [EdgeFigures; 2],
}

/// The room for a class of calls at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomFigures {
    /// The server, by its word in metrics.
    pub server: &'static str,
    /// `read` or `write`.
    pub class: &'static str,
    /// 0 if calls are sent, 1 while one tries, 2 if none is.
    pub breaker: u8,
    /// How many may be under way now,
    pub limit: usize,
    /// and when all is well.
    pub most: usize,
    /// How many are.
    pub under_way: usize,
    /// How many wait.
    pub waiting: usize,
}

/// What calls of an operation are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationFigures {
    /// Its name in the contract.
    pub operation: &'static str,
    /// How long its answers are on the average.
    pub bytes: u64,
    /// What the last calls took.
    pub recent: RecentFigures,
}

/// What the last calls of an operation took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentFigures {
    /// How many calls this is told of.
    pub calls: usize,
    /// Half of them took no longer.
    pub median: Duration,
    /// Nineteen in twenty of them took no longer.
    pub p95: Duration,
}

/// What is kept in some room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptFigures {
    /// How many answers.
    pub entries: u64,
    /// About how much memory they take,
    pub bytes: u64,
    /// and how much they may.
    pub most_bytes: u64,
}

/// What is polled of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollFigures {
    /// Its name in the contract.
    pub operation: &'static str,
    /// What it is about.
    pub noun: &'static str,
    /// How many questions are polled.
    pub pollers: usize,
    /// How long they rest between two polls, on the average.
    pub rest: Duration,
}

/// What a plan of an edge would compare now.
#[derive(Clone, Debug)]
pub struct EdgeFigures {
    /// The edge, as the settings name it.
    pub edge: &'static str,
    /// Which way the settings name.
    pub way: Way,
    /// What is asked going forward.
    pub forward: Vec<Estimate>,
    /// What is asked going the other way.
    pub inverse: Vec<Estimate>,
}

/// What one call of an operation is taken to cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Its name in the contract.
    pub operation: &'static str,
    /// The time and length.
    pub each: Observed,
    /// Whether such a call was seen, or this is what is taken until one is.
    pub is_seen: bool,
}

impl House {
    /// What there is to tell now.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut operations = self.observed.figures();
        operations.sort_unstable_by_key(|told| told.operation);
        Figures {
            rooms: self.rooms.figures(),
            operations,
            kept: self.answers.figures(),
            subscriptions: self.pollers.subscriptions(),
            polls: self.pollers.figures(),
            edges: [
                EdgeFigures {
                    edge: Edge::AgentSkillGroups.word(),
                    way: self.plan.agent_skill_groups,
                    forward: vec![self.estimate::<GetSkillsForAgent>(Observed::RECORD)],
                    inverse: vec![
                        self.estimate::<GetSkillGroups>(Observed::LIST),
                        self.estimate::<GetAllAgentsForSkill>(Observed::RECORD),
                    ],
                },
                EdgeFigures {
                    edge: Edge::UsersById.word(),
                    way: self.plan.users_by_id,
                    forward: vec![self.estimate::<GetUserByIdProgram>(Observed::RECORD)],
                    inverse: vec![self.estimate::<GetUsers>(Observed::LIST)],
                },
            ],
        }
    }

    fn estimate<C: Call<Upstream: Held>>(&self, prior: Observed) -> Estimate {
        let operation = (C::Upstream::SYSTEM, C::NAME);
        Estimate {
            operation: C::NAME,
            each: self.observed.of(operation, prior),
            is_seen: self.observed.usual(operation).is_some(),
        }
    }
}
