//! Room: how many calls are under way at each server, who is next, and when a server is left alone.
//!
//! Own code: tower's limits know neither turns over identities nor a queue with a bound, and cost an allocation a call.

mod breaker;
mod budget;
mod gate;
mod jitter;
mod limit;
mod line;
mod pause;
mod permit;
mod place;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub(super) use gate::Gate;
pub(super) use jitter::up_to;
pub(super) use permit::{News, Permit};

use super::figures::RoomFigures;
use crate::config::Config;
use crate::session::Identity;
use crate::upstream::Destination;

/// Reads and writes have limits and breakers of their own: what is wrong with one need not be with the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Class {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
}

impl Class {
    const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The word for it in metrics.
    const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Who wants room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guest<'a> {
    /// Whose turn it takes.
    pub identity: Option<&'a Identity>,
    /// The room of the session itself.
    pub calls: &'a Arc<Semaphore>,
    /// Whether nobody sits and waits for it.
    pub is_background: bool,
}

/// The room at every server.
pub(super) struct Rooms {
    gates: [Arc<Gate>; 3],
    /// Whether the settings say where it is.
    is_set: [bool; 3],
}

impl Rooms {
    pub(super) fn new(config: &Config) -> Self {
        let (portal, icws) = (&config.portal, &config.icws);
        let gates = Destination::ALL.map(|destination| {
            let bounds = match destination {
                Destination::Portal | Destination::Callback => Bounds {
                    calls: portal.max_concurrent_calls,
                    waiting: portal.max_waiting_calls,
                    is_adaptive: portal.adaptive_concurrency,
                },
                Destination::Icws => Bounds {
                    calls: icws.max_concurrent_calls,
                    waiting: icws.max_waiting_calls,
                    is_adaptive: icws.adaptive_concurrency,
                },
            };
            Arc::new(Gate::new(destination, bounds))
        });
        let urls = [&portal.url, &portal.callback_url, &icws.url];
        Self { gates, is_set: urls.map(|url| !url.is_empty()) }
    }

    /// What there is to tell of the room at the servers that are set.
    pub(super) fn figures(&self) -> Vec<RoomFigures> {
        let set = self.gates.iter().zip(self.is_set).filter(|(_, is_set)| *is_set);
        set.flat_map(|(gate, _)| gate.figures()).collect()
    }

    /// The room at a server.
    pub(super) fn at(&self, destination: Destination) -> &Arc<Gate> {
        &self.gates[destination as usize]
    }
}

/// What bounds the room at one server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Calls under way at once.
    calls: usize,
    /// Calls that wait.
    waiting: usize,
    /// Whether fewer are under way while calls are slow or fail.
    is_adaptive: bool,
}

/// The longest that a server's word on when to come back is taken for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
