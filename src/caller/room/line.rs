//! `Lines`: who waits for room, in turns over those who wait, interactive before background.

use std::collections::{HashMap, VecDeque};
use std::mem;

use crate::session::Identity;

/// Whose turn it is; nobody has signed in to the end under `None`.
pub(super) type Whom = Option<Identity>;

/// Names one who waits.
pub(super) type Number = u64;

/// After so many interactive calls in a row one of the background goes, so that it is slow but not stuck.
const IN_A_ROW: u8 = 7;

/// Calls that wait, in turns over identities and first come first served within one.
struct Line<T> {
    waiting: HashMap<Whom, VecDeque<(Number, T)>>,
    turns: VecDeque<Whom>,
}

/// The interactive line and the one of the background.
pub(super) struct Lines<T> {
    interactive: Line<T>,
    background: Line<T>,
    in_a_row: u8,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new() }
    }
}

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self { interactive: Line::default(), background: Line::default(), in_a_row: 0 }
    }
}

impl<T> Line<T> {
    fn push(&mut self, whom: Whom, number: Number, call: T) {
        let own = self.waiting.entry(whom.clone()).or_default();
        if own.is_empty() {
            self.turns.push_back(whom);
        }
        own.push_back((number, call));
    }

    fn pop(&mut self, may_go: impl Fn(&Whom) -> bool) -> Option<(Whom, T)> {
        let whom = self.turns.remove(self.turns.iter().position(may_go)?)?;
        let own = self.waiting.get_mut(&whom)?;
        let (_, call) = own.pop_front()?;
        if own.is_empty() {
            self.waiting.remove(&whom);
        } else {
            self.turns.push_back(whom.clone());
        }
        Some((whom, call))
    }

    fn remove(&mut self, whom: &Whom, number: Number) {
        let Some(own) = self.waiting.get_mut(whom) else { return };
        own.retain(|(other, _)| *other != number);
        if own.is_empty() {
            drop(self.remove_all_of(whom));
        }
    }

    fn remove_all_of(&mut self, whom: &Whom) -> impl Iterator<Item = T> + use<T> {
        self.turns.retain(|other| other != whom);
        self.waiting.remove(whom).unwrap_or_default().into_iter().map(|(_, call)| call)
    }
}

impl<T> Lines<T> {
    fn of(&mut self, is_background: bool) -> &mut Line<T> {
        if is_background { &mut self.background } else { &mut self.interactive }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.interactive.turns.is_empty() && self.background.turns.is_empty()
    }

    /// Puts a call behind all others of the same person.
    pub(super) fn push(&mut self, (whom, is_background): (Whom, bool), number: Number, call: T) {
        self.of(is_background).push(whom, number, call);
    }

    /// Whether one of those waits who may go.
    pub(super) fn has(&self, may_go: impl Fn(&Whom) -> bool) -> bool {
        self.interactive.turns.iter().chain(&self.background.turns).any(may_go)
    }

    /// The call whose turn it is, of those who may go, and whose it is.
    pub(super) fn pop(&mut self, may_go: impl Fn(&Whom) -> bool) -> Option<(Whom, T)> {
        if self.background.turns.is_empty() {
            self.in_a_row = 0;
        }
        if self.in_a_row < IN_A_ROW
            && let Some(call) = self.interactive.pop(&may_go)
        {
            self.in_a_row += u8::from(!self.background.turns.is_empty());
            return Some(call);
        }
        self.in_a_row = 0;
        self.background.pop(&may_go).or_else(|| self.interactive.pop(&may_go))
    }

    /// Takes out one that no longer waits, if it is still there.
    pub(super) fn remove(&mut self, (whom, is_background): (&Whom, bool), number: Number) {
        self.of(is_background).remove(whom, number);
    }

    /// Takes out all calls of one person.
    pub(super) fn remove_all_of(&mut self, whom: &Whom) -> Vec<T> {
        let interactive = self.interactive.remove_all_of(whom);
        interactive.chain(self.background.remove_all_of(whom)).collect()
    }

    /// Takes out all calls.
    pub(super) fn remove_all(&mut self) -> Vec<T> {
        let lines = [mem::take(&mut self.interactive), mem::take(&mut self.background)];
        let calls = lines.into_iter().flat_map(|line| line.waiting.into_values().flatten());
        calls.map(|(_, call)| call).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::{TenantId, UserId};
    use crate::session::{Principal, Realm};

    fn identity(number: i64) -> Identity {
        Identity::new(Realm::Tenant(TenantId(1)), Principal::User(UserId(number)))
    }

    fn popped(lines: &mut Lines<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| lines.pop(|_| true)).map(|(_, call)| call).collect()
    }

    #[test]
    fn people_take_turns_whoever_came_first_with_many() {
        let mut lines = Lines::default();
        for (number, (whom, call)) in
            (0..).zip([(1, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e"), (2, "f"), (1, "g")])
        {
            lines.push((Some(identity(whom)), false), number, call);
        }
        assert_eq!(popped(&mut lines), ["a", "d", "e", "b", "f", "c", "g"]);
        assert!(lines.is_empty());
    }

    #[test]
    fn background_yields_and_is_not_stuck() {
        let mut lines = Lines::default();
        lines.push((Some(identity(2)), true), 0, "background");
        for number in 1..20 {
            lines.push((Some(identity(1)), false), number, "interactive");
        }
        let order = popped(&mut lines);
        assert_eq!(order.iter().position(|call| *call == "background"), Some(usize::from(IN_A_ROW)));
        assert_eq!(order.len(), 20);
    }

    #[test]
    fn who_goes_away_leaves_the_line_and_no_turn_behind() {
        let mut lines = Lines::default();
        lines.push((Some(identity(1)), false), 0, "a");
        lines.push((Some(identity(2)), false), 1, "b");
        lines.push((Some(identity(1)), false), 2, "c");
        lines.remove((&Some(identity(1)), false), 0);
        lines.remove((&Some(identity(1)), false), 0);
        lines.remove((&Some(identity(2)), false), 1);
        lines.push((Some(identity(2)), false), 3, "d");
        lines.push((Some(identity(2)), true), 4, "e");
        assert_eq!(lines.remove_all_of(&Some(identity(2))), ["d", "e"]);
        assert_eq!(popped(&mut lines), ["c"]);
        lines.push((Some(identity(3)), false), 5, "f");
        assert_eq!(lines.remove_all(), ["f"]);
        assert!(lines.is_empty() && lines.pop(|_| true).is_none());
    }
}
