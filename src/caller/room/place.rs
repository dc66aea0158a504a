//! `Place`: that somebody waits, for the room of their session or for that of the server.

use std::sync::Arc;

use super::Class;
use super::gate::Gate;
use super::line::{Number, Whom};
use super::permit::Pass;
use super::refusal::Refusal;
use super::state::Hearing;
use crate::upstream::metric;

/// A place among those who wait. Dropped, whoever had it waits no longer.
pub(super) struct Place<'a> {
    gate: &'a Arc<Gate>,
    class: Class,
    whom: Whom,
    is_background: bool,
    number: Number,
}

impl<'a> Place<'a> {
    /// Takes a place, if there is one.
    pub(super) fn take(
        gate: &'a Arc<Gate>,
        class: Class,
        (whom, is_background): (Whom, bool),
    ) -> Result<Self, Refusal> {
        let mut state = gate.lock();
        let number = state.begin_to_wait(class, &whom)?;
        metric::show_waiting((gate.destination, class.word()), state.waiting(class));
        drop(state);
        Ok(Self { gate, class, whom, is_background, number })
    }

    /// Waits for the room of the server.
    pub(super) async fn pass(&self) -> Result<Pass, Refusal> {
        match self.line_up()? {
            Ok(pass) => Ok(pass),
            // Nobody drops a teller without a word while there is a gate.
            Err(hearing) => hearing.await.unwrap_or(Err(Refusal::Late)),
        }
    }

    fn line_up(&self) -> Result<Result<Pass, Hearing>, Refusal> {
        let whom = (&self.whom, self.is_background);
        let lined_up = self.gate.lock().line_up(self.class, whom, self.number)?;
        Ok(lined_up.map(|terms| self.gate.pass(terms)))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        state.end_to_wait(self.class, (&self.whom, self.is_background), self.number);
        metric::show_waiting((self.gate.destination, self.class.word()), state.waiting(self.class));
    }
}
