//! One callback, followed.

use async_graphql::Context;
use futures_util::{Stream, StreamExt as _};

use crate::caller::Caller;
use crate::graph::callback::Callback;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::live::{Subject, Topic, follow};
use crate::portal::CallbackId;

/// One callback of the viewer's tenant.
pub(super) struct OneCallback(pub(super) CallbackId);

impl Topic for OneCallback {
    type State = Option<Callback>;
    type Event = Option<Callback>;

    fn subject(&self) -> Subject {
        Subject::Callback(self.0)
    }

    async fn read(&self, caller: &Caller) -> Result<Self::State, GraphError> {
        Callback::of(caller, self.0).await
    }

    fn begin(&self, state: &Self::State, _: bool) -> Self::Event {
        state.clone()
    }

    fn change(&self, before: &Self::State, after: &Self::State) -> Option<Self::Event> {
        (before != after).then(|| after.clone())
    }
}

pub(super) fn events(
    ctx: &Context<'_>,
    callback: OneCallback,
) -> Result<impl Stream<Item = Nullable<Callback>> + use<>, GraphError> {
    Ok(follow(ctx, callback, true)?.map(Result::transpose))
}
