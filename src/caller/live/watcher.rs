//! What was read to work something out, followed until any of it becomes another: whoever reads need not say what that is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{FutureExt as _, select_all};
use tokio::sync::watch;
use tokio::time::timeout_at;

use super::PollKey;
use super::guests::Guests;
use super::poll::{Poll, Polled};
use crate::caller::answers::Key;
use crate::caller::deadline::Deadline;
use crate::caller::error::CallerError;
use crate::caller::house::{House, Question};
use crate::caller::kept::Kept;

/// Answers that are known, and what they are found by.
pub type Known = Vec<(Key, Arc<Kept>)>;

/// Everything that one reader has read by polls.
pub struct Watcher {
    guests: Arc<Guests>,
    /// As many as one reader has questions.
    watched: Mutex<HashMap<PollKey, Watched>>,
}

/// A poll, kept going, and what was last read of it.
struct Watched {
    _poll: Arc<Poll>,
    latest: watch::Receiver<Option<Polled>>,
    read: Option<Polled>,
}

impl Watcher {
    /// Of somebody on whose behalf these attend.
    #[must_use]
    pub fn new(guests: Arc<Guests>) -> Self {
        Self { guests, watched: Mutex::default() }
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<PollKey, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the poll of a question has brought since the last write of what it reads.
    pub(in crate::caller) async fn read<Q: Question>(
        &self,
        house: &Arc<House>,
        (key, question): (PollKey, Q),
        deadline: Deadline,
    ) -> Result<Arc<Kept>, CallerError> {
        let poll = house.poll(&self.guests, (key.clone(), question));
        let mut latest = poll.follow();
        let watched = Watched { _poll: poll, latest: latest.clone(), read: None };
        self.watched().insert(key.clone(), watched);
        let is_of_now = |polled: &Option<Polled>| {
            let stamp = house.epochs.stamp(&key.identity, Q::READS);
            polled.as_ref().is_some_and(|polled| polled.epochs == stamp || polled.answer.is_err())
        };
        let polled = timeout_at(deadline.reads_until(), latest.wait_for(is_of_now)).await;
        let polled = polled.ok().and_then(Result::ok).and_then(|polled| polled.clone());
        let polled = polled.ok_or(CallerError::OutOfTime { operation: Q::NAME, deadline })?;
        if let Some(watched) = self.watched().get_mut(&key) {
            watched.read = Some(polled.clone());
        }
        polled.answer
    }

    /// The answers that were read.
    #[must_use]
    pub fn known(&self) -> Known {
        let watched = self.watched();
        let read = watched.iter().filter_map(|(key, watched)| {
            let polled = watched.read.as_ref()?;
            Some((key.of_answer(polled.epochs), polled.answer.as_ref().ok()?.clone()))
        });
        read.collect()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.watched().is_empty()
    }

    /// Waits until a poll has brought something else than was read; forever, if nothing was.
    pub async fn changed(&self) {
        let followed: Vec<_> = self
            .watched()
            .values()
            .map(|watched| {
                let version = watched.read.as_ref().map(|read| read.version);
                let mut latest = watched.latest.clone();
                async move {
                    let is_other = |polled: &Option<Polled>| {
                        polled.as_ref().is_some_and(|polled| Some(polled.version) != version)
                    };
                    // An error means that the poll has ended, which it does not while it is held here.
                    if latest.wait_for(is_other).await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
                .boxed()
            })
            .collect();
        if followed.is_empty() {
            std::future::pending::<()>().await;
        }
        select_all(followed).await;
    }
}
