//! What clients subscribe to. A subscription's field is worked out in two runs of its operation: one that opens it, which
//! finds what is followed from the field and its arguments, and one for each event, which shows it as a query would be
//! shown, by a client of that moment.

mod feed;
mod line;
mod topic;
mod visit;

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use futures_util::stream::{BoxStream, StreamExt as _, empty, once};

pub use feed::Feed;
pub use line::{Happening, Lines};
pub use topic::{Subject, Topic};
pub use visit::Standing;

use super::context::ContextExt as _;
use super::error::{Code, GraphError};

/// Which of the two runs a request is, if it is one.
#[derive(Default)]
pub enum Live {
    /// Neither.
    #[default]
    Not,
    /// It opens a subscription: the field it selects leaves here what it follows.
    Opening(Mutex<Option<Feed>>),
    /// It shows an event.
    Telling(Arc<Happening>),
}

impl Live {
    /// What the field has left.
    #[must_use]
    pub fn opened(&self) -> Option<Feed> {
        match self {
            Self::Opening(feed) => feed.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Self::Not | Self::Telling(_) => None,
        }
    }
}

/// The events of a field: none while it is opened, and one when that is shown.
pub(super) type Events<E> = BoxStream<'static, Result<E, GraphError>>;

/// What a field answers that follows a topic.
pub(super) fn follow<T: Topic>(
    ctx: &Context<'_>,
    topic: T,
    is_whole: bool,
) -> Result<Events<T::Event>, GraphError> {
    told(ctx, || ctx.visit().follow(topic, is_whole))
}

/// What a field answers whose events come from a feed of its own.
pub(super) fn told<E: Clone + Send + Sync + 'static>(
    ctx: &Context<'_>,
    feed: impl FnOnce() -> Result<Feed, GraphError>,
) -> Result<Events<E>, GraphError> {
    match ctx.visit().live() {
        Live::Opening(opened) => {
            let feed = feed()?;
            *opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(feed);
            Ok(empty().boxed())
        }
        Live::Telling(happening) => {
            let event = happening.event::<E>();
            Ok(once(std::future::ready(event)).boxed())
        }
        Live::Not => {
            let message =
                "Subscriptions come over a WebSocket (graphql-transport-ws) or as server-sent events.";
            Err(GraphError::new(Code::BadUserInput, message))
        }
    }
}
