//! `Follower`: whoever works something out again and again, with the session of any of those who want to know it.

use std::sync::{Arc, Mutex};

use super::PollKey;
use super::guests::{Attendance, Guests};
use super::watcher::{Known, Watcher};
use crate::caller::Caller;
use crate::caller::answers::Key;
use crate::caller::deadline::Deadline;
use crate::caller::error::CallerError;
use crate::caller::freshness::Given;
use crate::caller::house::{House, Question};
use crate::caller::kept::Kept;
use crate::caller::notes::Notes;
use crate::caller::reader::{Asked, Reader};
use crate::caller::visibility::Owner;
use crate::portal::Portal;
use crate::upstream::Flight;

/// Reads by polls on behalf of one identity.
#[derive(Clone)]
pub struct Follower {
    house: Arc<House>,
    guests: Arc<Guests>,
}

impl Follower {
    /// A client that reads what this follows, by the session of somebody who attends; `None` once nobody does.
    #[must_use]
    pub fn caller(&self, watcher: Arc<Watcher>, deadline: Deadline) -> Option<Caller> {
        let guest = self.guests.any()?;
        let notes = Notes::until(deadline);
        let reader = Reader::new(self.house.clone(), guest.sessions, guest.session, notes);
        Some(Caller::new(reader.watched_by(watcher)))
    }

    /// What is to follow what such a client reads.
    #[must_use]
    pub fn watcher(&self) -> Arc<Watcher> {
        Arc::new(Watcher::new(self.guests.clone()))
    }
}

impl Reader {
    /// The same, which reads by polls, and lets each of them be followed.
    #[must_use]
    pub fn watched_by(self, watcher: Arc<Watcher>) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// The same, which knows these answers without asking, for as long as nothing is written of what they are about.
    #[must_use]
    pub fn knowing(self, known: &Known) -> Self {
        let flight = |(key, kept): &(Key, Arc<Kept>)| {
            let Owner::One(identity) = &key.owner else { return None };
            let (realm, epochs, basis) = (identity.realm, key.epochs, self.notes.basis.clone());
            let kept = kept.clone();
            let flight = async move {
                basis.rest_on(realm, epochs, (kept.fetched_at(), kept.fresh_until()));
                Ok(Given::fresh(kept))
            };
            Some((key.clone(), Flight::new(flight)))
        };
        let asked = known.iter().filter_map(flight).collect();
        Self { asked: Arc::new(Mutex::new(asked)), ..self }
    }

    /// What the poll of a question brings.
    pub(in crate::caller) fn polled<Q: Question>(
        &self,
        watcher: &Arc<Watcher>,
        (key, question): (&Key, Q),
    ) -> Result<Asked, CallerError> {
        let identity = self.identity::<Q::Upstream>()?.clone();
        let poll = PollKey { identity, operation: Q::NAME, question: key.question.clone() };
        let (watcher, house, deadline) = (watcher.clone(), self.house.clone(), self.notes.deadline);
        let read = async move { watcher.read(&house, (poll, question), deadline).await.map(Given::fresh) };
        Ok(Flight::new(read))
    }

    /// Lets this session in among those of its identity at the portal who subscribe to something.
    pub fn attend(&self) -> Result<(Attendance, Follower), CallerError> {
        let identity = self.identity::<Portal>()?;
        let attendance = self.house.attend(identity, (self.session.clone(), self.sessions.clone()))?;
        let follower = Follower { house: self.house.clone(), guests: attendance.guests().clone() };
        Ok((attendance, follower))
    }
}
