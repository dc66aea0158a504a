//! `Topic`: something that can be followed, and what is told of it.

use crate::caller::Caller;
use crate::graph::eligible_agent::StepCondition;
use crate::graph::error::GraphError;
use crate::graph::user_list::UserFilter;
use crate::portal::{CallbackId, PrecisionQueueId, SkillGroupId};

/// What is followed; two who follow the same as the same person share all of the work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One callback.
    Callback(CallbackId),
    /// All callback queues.
    CallbackQueues,
    /// Users.
    Users(UserFilter),
    /// Agents.
    Agents(UserFilter),
    /// A skill group and who is in it.
    SkillGroup(SkillGroupId),
    /// A precision queue and who is eligible, under these suppositions.
    PrecisionQueue(PrecisionQueueId, Vec<StepCondition>),
}

/// Something that can be followed.
pub trait Topic: Send + Sync + 'static {
    /// All that is told of it, as it was at one moment.
    type State: Send + Sync;
    /// What a client is told.
    type Event: Clone + Send + Sync + 'static;

    /// What is followed.
    fn subject(&self) -> Subject;

    /// How it is now. Whatever is read for it is followed from then on.
    fn read(&self, caller: &Caller) -> impl Future<Output = Result<Self::State, GraphError>> + Send;

    /// What is told to who begins to follow it: everything, or that there is nothing new yet.
    fn begin(&self, state: &Self::State, is_whole: bool) -> Self::Event;

    /// What is told when it has become another; nothing if all that is told is the same.
    fn change(&self, before: &Self::State, after: &Self::State) -> Option<Self::Event>;
}
