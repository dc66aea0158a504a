//! A precision queue and the agents it could choose, followed.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object};
use futures_util::stream::{BoxStream, StreamExt as _, once};

use crate::caller::Caller;
use crate::graph::context::ContextExt as _;
use crate::graph::eligible_agent::{EligibleAgent, StepCondition};
use crate::graph::error::{GraphError, Nullable};
use crate::graph::list::List;
use crate::graph::live::{Live, Subject, Topic, follow};
use crate::graph::lookup::{self, NamedBy};
use crate::graph::precision_queue::PrecisionQueue;
use crate::portal::PrecisionQueueId;

/// One precision queue and whom it could choose, under some suppositions.
struct OnePrecisionQueue(PrecisionQueueId, Vec<StepCondition>);

/// How it stands: the queue, and who is eligible while it is there.
pub(super) struct Eligible {
    queue: Option<PrecisionQueue>,
    agents: Vec<(ID, EligibleAgent)>,
}

impl Topic for OnePrecisionQueue {
    type State = Eligible;
    type Event = PrecisionQueueChanges;

    fn subject(&self) -> Subject {
        Subject::PrecisionQueue(self.0, self.1.clone())
    }

    async fn read(&self, caller: &Caller) -> Result<Eligible, GraphError> {
        let (queues, tenant) = (caller.precision_queues().await?, caller.tenant()?);
        let Some(record) = queues.iter().find(|queue| queue.id == Some(self.0)) else {
            return Ok(Eligible { queue: None, agents: Vec::new() });
        };
        let queue = PrecisionQueue::new(tenant, record.clone());
        let agents = queue.eligible(caller, &self.1).await?.unwrap_or_default();
        let named = agents.into_iter().filter_map(|agent| Some((agent.agent_id().ok()?, agent)));
        Ok(Eligible { queue: Some(queue), agents: named.collect() })
    }

    fn begin(&self, state: &Eligible, is_whole: bool) -> PrecisionQueueChanges {
        let entered = if is_whole { state.agents.as_slice() } else { &[] };
        PrecisionQueueChanges {
            is_snapshot: true,
            queue: state.queue.clone(),
            entered: entered.iter().map(|(_, agent)| agent.clone()).collect(),
            changed: Vec::new(),
            left: Vec::new(),
        }
    }

    fn change(&self, before: &Eligible, after: &Eligible) -> Option<PrecisionQueueChanges> {
        let former: HashMap<_, _> = before.agents.iter().map(|(id, agent)| (id, agent)).collect();
        let present: HashMap<_, _> = after.agents.iter().map(|(id, agent)| (id, agent)).collect();
        let mut changes = PrecisionQueueChanges { is_snapshot: false, ..self.begin(after, false) };
        for (id, agent) in &after.agents {
            match former.get(id) {
                None => changes.entered.push(agent.clone()),
                Some(former) if former.matches_otherwise(agent) => changes.changed.push(agent.clone()),
                Some(_) => {}
            }
        }
        let left = before.agents.iter().filter(|(id, _)| !present.contains_key(id));
        changes.left = left.map(|(id, _)| id.clone()).collect();
        let is_any = !changes.entered.is_empty()
            || !changes.changed.is_empty()
            || !changes.left.is_empty()
            || !is_same(before.queue.as_ref(), after.queue.as_ref());
        is_any.then_some(changes)
    }
}

fn is_same(one: Option<&PrecisionQueue>, other: Option<&PrecisionQueue>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is_as(other),
        (one, other) => one.is_none() == other.is_none(),
    }
}

/// Which agents a precision queue could choose, or not any more, since the event before.
#[derive(Clone)]
pub struct PrecisionQueueChanges {
    is_snapshot: bool,
    queue: Option<PrecisionQueue>,
    entered: Vec<EligibleAgent>,
    changed: Vec<EligibleAgent>,
    left: Vec<ID>,
}

/// Which agents a precision queue could choose, or not any more, since the event before.
#[Object]
impl PrecisionQueueChanges {
    /// Whether this is how things stand, whatever was told before: the first event, and one after the subscriber has fallen
    /// too far behind.
    async fn is_snapshot(&self) -> bool {
        self.is_snapshot
    }

    /// The precision queue as it is now; null once it is there no longer.
    async fn precision_queue(&self) -> Option<PrecisionQueue> {
        self.queue.clone()
    }

    /// The agents who have become eligible; in a snapshot all who are.
    async fn entered(&self) -> List<EligibleAgent> {
        List(self.entered.clone())
    }

    /// The agents who are eligible by another step, condition or proficiency than before.
    async fn changed(&self) -> List<EligibleAgent> {
        List(self.changed.clone())
    }

    /// The global ids of the agents who are eligible no longer.
    async fn left(&self) -> List<ID> {
        List(self.left.clone())
    }
}

pub(super) async fn events(
    ctx: &Context<'_>,
    (by, conditions): (NamedBy, Vec<StepCondition>),
    snapshot: bool,
) -> Result<BoxStream<'static, Nullable<PrecisionQueueChanges>>, GraphError> {
    // What is told was found when it was opened.
    let key = match ctx.visit().live() {
        Live::Telling(_) => Some(PrecisionQueueId(0)),
        Live::Opening(_) | Live::Not => {
            lookup::precision_queue(ctx, by).await?.map(|queue| queue.precision_queue_id()).transpose()?
        }
    };
    let Some(key) = key else { return Ok(once(std::future::ready(None)).boxed()) };
    Ok(follow(ctx, OnePrecisionQueue(key, conditions), snapshot)?.map(Some).boxed())
}
