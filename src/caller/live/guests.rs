//! The sessions of one identity that subscribe to something: any of them can ask for all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Place;
use crate::session::{Session, SessionId, Sessions};

/// A session that subscribes to something.
#[derive(Clone)]
pub struct Guest {
    /// The session.
    pub session: Arc<Session>,
    /// Where it is opened and ended.
    pub sessions: Sessions,
}

/// All of one identity; as many as one person may have subscriptions.
#[derive(Default)]
pub struct Guests(Mutex<Present>);

#[derive(Default)]
struct Present {
    next: u64,
    all: BTreeMap<u64, Entry>,
}

struct Entry {
    guest: Guest,
    has_ended: bool,
}

/// A subscription's presence among the guests, until it is dropped.
pub struct Attendance {
    guests: Arc<Guests>,
    number: u64,
    _place: Place,
}

impl Guests {
    fn present(&self) -> MutexGuard<'_, Present> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one more in, if there are not as many as there may be.
    pub(super) fn enter(
        self: Arc<Self>,
        guest: Guest,
        (place, allowed): (Place, usize),
    ) -> Option<Attendance> {
        let number = {
            let mut present = self.present();
            if present.all.len() >= allowed {
                return None;
            }
            present.next += 1;
            let number = present.next;
            present.all.insert(number, Entry { guest, has_ended: false });
            number
        };
        Some(Attendance { guests: self, number, _place: place })
    }

    /// One whose session is not known to have ended.
    pub(super) fn any(&self) -> Option<Guest> {
        let present = self.present();
        present.all.values().find(|entry| !entry.has_ended).map(|entry| entry.guest.clone())
    }

    /// Notes that a session has ended: none of its subscriptions is asked for by it any more.
    pub(super) fn note_end(&self, id: SessionId) {
        for entry in self.present().all.values_mut() {
            entry.has_ended |= entry.guest.session.id == id;
        }
    }
}

impl Attendance {
    /// All who attend.
    pub(super) fn guests(&self) -> &Arc<Guests> {
        &self.guests
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.guests.present().all.remove(&self.number);
    }
}
