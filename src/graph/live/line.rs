//! One topic as one person may see it: worked out once for all who follow it, each time something it was made of changes.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use tokio::task::AbortHandle;

use super::topic::{Subject, Topic};
use crate::caller::{Deadline, Follower, Known};
use crate::graph::error::{Code, GraphError};
use crate::session::Identity;

/// How many events somebody may be behind; who is further behind is told everything anew.
const BEHIND: usize = 16;

/// How long working it out may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait after it could not even be begun to read.
const REST: Duration = Duration::from_secs(1);

/// What is told at one moment.
pub struct Happening {
    /// Tells it from every other one of this process.
    pub number: u64,
    event: Result<Arc<dyn Any + Send + Sync>, GraphError>,
    /// What it was worked out from: whoever is told of it need not ask again.
    pub known: Known,
}

impl Happening {
    /// What a client is told.
    #[must_use]
    pub fn new<E: Send + Sync + 'static>(event: Result<E, GraphError>, known: Known) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let event = event.map(|event| Arc::new(event) as Arc<dyn Any + Send + Sync>);
        Arc::new(Self { number: NEXT.fetch_add(1, Ordering::Relaxed), event, known })
    }

    /// Whether the client has asked for what cannot be.
    pub(super) fn is_refusal(&self) -> bool {
        self.event.as_ref().is_err_and(|error| error.code() == Code::BadUserInput)
    }

    /// The event, which is of the type of the topic's.
    #[expect(clippy::missing_panics_doc, reason = "a topic has one type of event")]
    pub fn event<E: Clone + 'static>(&self) -> Result<E, GraphError> {
        let event = self.event.as_ref().map_err(GraphError::clone)?;
        Ok(event.downcast_ref::<E>().expect("a topic has one type of event").clone())
    }
}

/// How things stand for whoever begins to follow.
#[derive(Clone)]
pub(super) struct Now {
    /// The last event that is in it.
    pub(super) number: u64,
    pub(super) whole: Arc<Happening>,
    pub(super) quiet: Arc<Happening>,
}

/// What is followed, and by whom.
type LineKey = (Identity, Subject);

/// A topic that is followed, until this is dropped.
pub(in crate::graph) struct Line {
    pub(super) now: watch::Sender<Option<Now>>,
    pub(super) events: broadcast::Sender<Arc<Happening>>,
    task: OnceLock<AbortHandle>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

/// All topics that are followed; as many as there are subscriptions.
#[derive(Default)]
pub struct Lines(Mutex<HashMap<LineKey, Weak<Line>>>);

impl Lines {
    /// The line of a topic: the one there is, or one that begins now.
    pub(in crate::graph) fn line<T: Topic>(
        &self,
        identity: &Identity,
        (topic, follower): (T, Follower),
    ) -> Arc<Line> {
        let key = (identity.clone(), topic.subject());
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&key).and_then(Weak::upgrade) {
            return line;
        }
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(Line {
            now: watch::channel(None).0,
            events: broadcast::channel(BEHIND).0,
            task: OnceLock::new(),
        });
        let task = tokio::spawn(run(Arc::downgrade(&line), topic, follower));
        let _ = line.task.set(task.abort_handle());
        lines.insert(key, Arc::downgrade(&line));
        line
    }
}

/// Works a topic out, tells what has changed, and waits until something it was made of is another.
async fn run<T: Topic>(line: Weak<Line>, topic: T, follower: Follower) {
    let mut state: Option<T::State> = None;
    let mut is_in_trouble = false;
    // What was read last is followed until what is read now is: polls go on.
    let mut _followed = follower.watcher();
    loop {
        let watcher = follower.watcher();
        let deadline = Deadline::within(PATIENCE, "a subscription");
        let Some(caller) = follower.caller(watcher.clone(), deadline) else {
            // Its sessions have ended; whoever follows it is about to be told.
            tokio::time::sleep(REST).await;
            continue;
        };
        let read = topic.read(&caller).await;
        drop(caller);
        _followed = watcher.clone();
        let known = watcher.known();
        let Some(line) = line.upgrade() else { return };
        match read {
            Ok(after) => {
                let event = match &state {
                    None => Some(topic.begin(&after, true)),
                    Some(before) => topic.change(before, &after),
                };
                if let Some(event) = event {
                    let told = Happening::new(Ok(event), known.clone());
                    line.now.send_replace(Some(Now {
                        number: told.number,
                        whole: Happening::new(Ok(topic.begin(&after, true)), known.clone()),
                        quiet: Happening::new(Ok(topic.begin(&after, false)), known),
                    }));
                    // An error means that nobody listens now.
                    let _ = line.events.send(told);
                }
                (state, is_in_trouble) = (Some(after), false);
            }
            Err(error) => {
                if !is_in_trouble {
                    let told = Happening::new::<T::Event>(Err(error), Known::new());
                    let now = Now { number: told.number, whole: told.clone(), quiet: told.clone() };
                    line.now.send_replace(Some(now));
                    let _ = line.events.send(told);
                }
                // How it stood before is nobody's to see any more: when it is over, all are told how it stands then.
                (state, is_in_trouble) = (None, true);
            }
        }
        drop(line);
        if is_in_trouble && watcher.is_idle() {
            tokio::time::sleep(REST).await;
        } else {
            watcher.changed().await;
        }
    }
}
