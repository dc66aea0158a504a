//! The callback queues, followed.

use async_graphql::Context;
use futures_util::{Stream, StreamExt as _};

use crate::caller::Caller;
use crate::graph::callback_queue::CallbackQueue;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::list::List;
use crate::graph::live::{Subject, Topic, follow};

/// Every callback queue of the viewer's tenant.
pub(super) struct AllCallbackQueues;

impl Topic for AllCallbackQueues {
    type State = List<CallbackQueue>;
    type Event = List<CallbackQueue>;

    fn subject(&self) -> Subject {
        Subject::CallbackQueues
    }

    async fn read(&self, caller: &Caller) -> Result<Self::State, GraphError> {
        CallbackQueue::all_of(caller).await
    }

    fn begin(&self, state: &Self::State, _: bool) -> Self::Event {
        state.clone()
    }

    fn change(&self, before: &Self::State, after: &Self::State) -> Option<Self::Event> {
        (before.0 != after.0).then(|| after.clone())
    }
}

pub(super) fn events(
    ctx: &Context<'_>,
    queues: AllCallbackQueues,
) -> Result<impl Stream<Item = Nullable<List<CallbackQueue>>> + use<>, GraphError> {
    Ok(follow(ctx, queues, true)?.map(Some))
}
