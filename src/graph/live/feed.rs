//! `Feed`: what one subscription is told, in order, from how things stand when it begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{BoxStream, StreamExt as _};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::line::{Happening, Line, Now};
use crate::caller::Attendance;

/// How long after an event that could not be told it is tried again.
const REST: Duration = Duration::from_secs(1);

/// What one subscription is told; it ends with what it is about.
pub struct Feed {
    events: BoxStream<'static, Arc<Happening>>,
    /// Set where an event could not be told.
    begins_anew: Arc<AtomicBool>,
    is_of_session: bool,
}

/// Where one who follows a line stands.
struct Place {
    line: Arc<Line>,
    events: broadcast::Receiver<Arc<Happening>>,
    /// The last event that is known; `None` before the first.
    told: Option<u64>,
    is_whole: bool,
    is_over: bool,
    begins_anew: Arc<AtomicBool>,
    _attendance: Attendance,
}

impl Feed {
    /// What is told of the session itself, its end included.
    pub(in crate::graph) fn of_session(events: BoxStream<'static, Arc<Happening>>) -> Self {
        Self { events, begins_anew: Arc::default(), is_of_session: true }
    }

    /// Whether it tells of the end of the session by itself.
    #[must_use]
    pub fn is_of_session(&self) -> bool {
        self.is_of_session
    }

    /// How the line stands, and then all that happens on it.
    pub(in crate::graph) fn of(line: Arc<Line>, attendance: Attendance, is_whole: bool) -> Self {
        // Before it is looked at how things stand: nothing is missed in between.
        let events = line.events.subscribe();
        let begins_anew = Arc::<AtomicBool>::default();
        let place = Place {
            line,
            events,
            told: None,
            is_whole,
            is_over: false,
            begins_anew: begins_anew.clone(),
            _attendance: attendance,
        };
        let events = futures_util::stream::unfold(place, |mut place| async move {
            let happening = place.next().await?;
            Some((happening, place))
        });
        Self { events: events.boxed(), begins_anew, is_of_session: false }
    }

    /// Notes that the last event could not be told: the next one is how things stand.
    pub fn begin_anew(&self) {
        self.begins_anew.store(true, Ordering::Release);
    }

    /// What is told next; `None` when it is over.
    pub async fn next(&mut self) -> Option<Arc<Happening>> {
        self.events.next().await
    }
}

impl Place {
    async fn next(&mut self) -> Option<Arc<Happening>> {
        if self.is_over {
            return None;
        }
        let happening = self.look().await?;
        // What cannot be asked so will not become better.
        self.is_over = happening.is_refusal();
        Some(happening)
    }

    async fn look(&mut self) -> Option<Arc<Happening>> {
        let Some(told) = self.told else { return self.begin(self.is_whole).await };
        if self.begins_anew.swap(false, Ordering::AcqRel) {
            tokio::time::sleep(REST).await;
            return self.begin(true).await;
        }
        loop {
            match self.events.recv().await {
                Ok(happening) if happening.number > told => {
                    self.told = Some(happening.number);
                    return Some(happening);
                }
                Ok(_) => {}
                // Too far behind: everything anew.
                Err(RecvError::Lagged(_)) => return self.begin(true).await,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn begin(&mut self, is_whole: bool) -> Option<Arc<Happening>> {
        let mut now = self.line.now.subscribe();
        let now = now.wait_for(Option::is_some).await.ok()?.clone();
        let Now { number, whole, quiet } = now?;
        self.told = Some(number);
        Some(if is_whole { whole } else { quiet })
    }
}
