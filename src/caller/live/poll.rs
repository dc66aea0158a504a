//! One poll: a question that is asked again and again for as long as somebody holds it, at once after a write.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::PollKey;
use super::guests::Guests;
use super::pace::{Came, Pace};
use crate::caller::answers::{Key, KeyParts};
use crate::caller::epochs::Stamp;
use crate::caller::error::CallerError;
use crate::caller::house::{Asker, House, Question};
use crate::caller::kept::Kept;
use crate::caller::tally::{Answered, Tally};
use crate::caller::visibility::Owner;
use crate::upstream::metric::LIVE_POLLS;

/// What a poll brought last.
#[derive(Clone)]
pub(super) struct Polled {
    /// Counts how often what it brings has become another.
    pub(super) version: u64,
    /// The counters it was asked under.
    pub(super) epochs: Stamp,
    pub(super) answer: Result<Arc<Kept>, CallerError>,
}

/// A question that is asked again and again, until this is dropped.
pub(super) struct Poll {
    house: Weak<House>,
    key: PollKey,
    /// What it is about.
    pub(super) noun: &'static str,
    /// How long it rests until the next time, in milliseconds.
    rest: AtomicU64,
    latest: watch::Sender<Option<Polled>>,
    task: OnceLock<AbortHandle>,
}

impl Poll {
    /// Begins to ask, with the sessions of those who attend.
    pub(super) fn begin<Q: Question>(
        house: &Arc<House>,
        guests: &Arc<Guests>,
        (key, question): (PollKey, Q),
    ) -> Arc<Self> {
        let (latest, _) = watch::channel(None);
        let poll = Arc::new(Self {
            house: Arc::downgrade(house),
            key: key.clone(),
            noun: Q::READS.first().map_or("none", |noun| noun.word()),
            rest: AtomicU64::new(0),
            latest,
            task: OnceLock::new(),
        });
        let asking = Asking { house: house.clone(), guests: guests.clone(), key, question };
        let task = tokio::spawn(asking.run(Arc::downgrade(&poll)));
        let _ = poll.task.set(task.abort_handle());
        poll
    }

    /// The operation it asks.
    pub(super) fn operation(&self) -> &'static str {
        self.key.operation
    }

    /// How long it rests until the next time; nothing before the first answer.
    pub(super) fn rest(&self) -> Duration {
        Duration::from_millis(self.rest.load(Ordering::Relaxed))
    }

    /// What it brings, from now on.
    pub(super) fn follow(&self) -> watch::Receiver<Option<Polled>> {
        self.latest.subscribe()
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
        if let Some(house) = self.house.upgrade() {
            house.forget_poll(&self.key);
        }
    }
}

/// What asks.
struct Asking<Q> {
    house: Arc<House>,
    guests: Arc<Guests>,
    key: PollKey,
    question: Q,
}

impl<Q: Question> Asking<Q> {
    async fn run(self, poll: Weak<Poll>) {
        let mut pace = Pace::new(&self.house.pollers.settings);
        let mut moves = self.house.epochs.moves();
        let mut former: Option<Polled> = None;
        loop {
            let began = Instant::now();
            let (epochs, answer) = self.ask().await;
            let came = Self::compare(former.as_ref(), &answer);
            let version = former.as_ref().map_or(0, |former| former.version);
            let is_told = match (&former, came) {
                (None, _) | (_, Came::Changed) => true,
                (_, Came::Same) => false,
                // Trouble is told when it begins.
                (Some(former), Came::Failed) => former.answer.is_ok(),
            };
            let polled = Polled { version: version + u64::from(is_told), epochs, answer };
            if came == Came::Changed {
                self.house.pollers.turn(&self.key.identity);
            }
            let Some(poll) = poll.upgrade() else { return };
            let rest = pace.rest(came, began.elapsed());
            poll.rest.store(u64::try_from(rest.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
            poll.latest.send_replace(Some(polled.clone()));
            drop(poll);
            former = Some(polled);
            let mut rest = std::pin::pin!(sleep(rest));
            loop {
                tokio::select! {
                    () = &mut rest => break,
                    told = moves.changed() => {
                        if told.is_err() || self.stamp() != epochs {
                            sleep(pace.wake(Instant::now())).await;
                            break;
                        }
                    }
                }
            }
        }
    }

    fn stamp(&self) -> Stamp {
        self.house.epochs.stamp(&self.key.identity, Q::READS)
    }

    fn compare(former: Option<&Polled>, answer: &Result<Arc<Kept>, CallerError>) -> Came {
        let (came, word) = match (former.map(|former| &former.answer), answer) {
            (_, Err(_)) => (Came::Failed, "failed"),
            (Some(Ok(former)), Ok(answer)) if former.reply::<Q::Reply>() == answer.reply::<Q::Reply>() => {
                (Came::Same, "same")
            }
            (_, Ok(_)) => (Came::Changed, "changed"),
        };
        metrics::counter!(LIVE_POLLS, "operation" => Q::NAME, "outcome" => word).increment(1);
        came
    }

    /// Asks, and keeps the answer for whoever else asks.
    async fn ask(&self) -> (Stamp, Result<Arc<Kept>, CallerError>) {
        self.house.renew().await;
        let epochs = self.stamp();
        let answer = self.ask_once().await;
        let key = self.key.of_answer(epochs);
        match &answer {
            Ok(kept) if !kept.is_fleeting() => self.house.answers.put(key, kept.clone()),
            Ok(_) => {}
            Err(error) => self.house.answers.mind(&key, error),
        }
        (epochs, answer)
    }

    /// Asks with the session of one who attends; where that has ended, of another.
    async fn ask_once(&self) -> Result<Arc<Kept>, CallerError> {
        let mut answer = Err(CallerError::TooLate);
        while let Some(guest) = self.guests.any() {
            let tally = Tally::default();
            let asking = tally.ask(Q::NAME, Q::READS);
            let asker =
                Asker { session: &guest.session, sessions: &guest.sessions, tally: &tally, is_beside: true };
            answer = self.house.ask(&self.question, asker).await;
            asking.answered(Answered::Beside);
            // Of a service account another session takes its place by itself, for the next poll at the latest.
            if !answer.as_ref().is_err_and(CallerError::ends_session) || guest.sessions.is_of_service() {
                break;
            }
            guest.sessions.end::<Q::Upstream>(&guest.session).await;
            self.guests.note_end(guest.session.id);
        }
        answer
    }
}

impl PollKey {
    /// What its answer is kept under.
    pub(super) fn of_answer(&self, epochs: Stamp) -> Key {
        Key::new(KeyParts {
            owner: Owner::One(self.identity.clone()),
            operation: self.operation,
            epochs,
            question: self.question.clone(),
        })
    }
}
