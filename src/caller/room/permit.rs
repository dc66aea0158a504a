//! `Permit`: room for one call, given back when the call is over, however it ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::Class;
use super::breaker::Trial;
use super::gate::Gate;
use super::line::Whom;
use crate::session::Identity;
use crate::upstream::Reach;

/// How a call was let in.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) class: Class,
    /// Which one it is of those that find out whether the server is well again, if so.
    pub(super) trial: Option<Trial>,
    /// Whether so few calls were under way that it shows what the operation takes by itself.
    pub(super) is_quiet: bool,
    /// Whose share of a lowered limit it takes.
    pub(super) held_by: Option<Whom>,
}

/// What a call that is over says of the server.
#[derive(Clone, Copy, Debug)]
pub(in crate::caller) enum News<'a> {
    /// Nothing: it was given up.
    None,
    /// It was given up when it had already taken far longer than it usually does.
    GivenUpLate,
    /// It was answered in this time, where it usually takes that.
    Answered {
        /// How long the answer took.
        took: Duration,
        /// How long it takes while there is little to do.
        usual: Duration,
    },
    /// It failed, of this person.
    Failed(Reach, Option<&'a Identity>),
}

/// Room at a server.
pub(super) struct Pass {
    gate: Arc<Gate>,
    terms: Terms,
    is_over: bool,
}

impl Pass {
    pub(super) fn new(gate: Arc<Gate>, terms: Terms) -> Self {
        Self { gate, terms, is_over: false }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if !self.is_over {
            self.gate.end(&self.terms, News::None);
        }
    }
}

/// Room for one call: of the server, and of the session.
pub(in crate::caller) struct Permit {
    // First, so that whoever waits for it is let in before somebody of the same session comes to wait.
    pass: Pass,
    _own: OwnedSemaphorePermit,
}

impl Permit {
    pub(super) fn new(pass: Pass, own: OwnedSemaphorePermit) -> Self {
        Self { pass, _own: own }
    }

    /// Whether so few calls were under way that this one shows what the operation takes by itself.
    pub(in crate::caller) fn is_quiet(&self) -> bool {
        self.pass.terms.is_quiet
    }

    /// Gives the room back, with what the call says of the server.
    pub(in crate::caller) fn end(mut self, news: News<'_>) {
        self.pass.is_over = true;
        self.pass.gate.end(&self.pass.terms, news);
    }
}
