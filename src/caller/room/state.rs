//! `State`: everything a gate knows, behind its one lock: who is under way, who waits, whether calls are sent.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::breaker::{Admission, Breaker, Trial};
use super::gate::Gate;
use super::limit::{LEAST, Limit};
use super::line::{Lines, Number, Whom};
use super::pause::Pauses;
use super::permit::{News, Pass, Terms};
use super::refusal::Refusal;
use super::{Bounds, Class, LONGEST_PAUSE};
use crate::caller::figures::RoomFigures;
use crate::upstream::{Destination, Reach, metric};

/// When to come back to a server that is neither reached nor has an end of the calls under way.
const FULL_WAIT: Duration = Duration::from_secs(1);

/// Those who are told that they may go, or why not, once the lock is open.
pub(super) type Told = Vec<(Teller, Result<Pass, Refusal>)>;

/// Tells one who waits.
pub(super) type Teller = oneshot::Sender<Result<Pass, Refusal>>;

/// How one who waits hears of it.
pub(super) type Hearing = oneshot::Receiver<Result<Pass, Refusal>>;

/// What a gate knows.
pub(super) struct State {
    classes: [ClassState; 2],
    pauses: Pauses,
    bounds: Bounds,
    /// Those who wait, by identity, for the room of their session as well.
    waiting: HashMap<Whom, usize>,
    waiting_in_all: usize,
    /// Names the next one who waits.
    next: Number,
    /// Whose turn it is where calls of both classes wait.
    turn: Class,
}

struct ClassState {
    under_way: usize,
    waiting: usize,
    lines: Lines<Teller>,
    limit: Limit,
    breaker: Breaker,
    /// How many calls of whom were let in while the limit was lowered.
    held: HashMap<Whom, usize>,
}

impl ClassState {
    /// How much of a lowered limit one person may have: calls that hang are often one person's, and took all of it.
    fn share(&self, bounds: Bounds) -> Option<usize> {
        let room = self.limit.room();
        (room < bounds.calls).then_some((room / 2).max(1))
    }
}

/// Whether somebody has not yet all of their share.
fn may_go(held: &HashMap<Whom, usize>, whom: &Whom, share: Option<usize>) -> bool {
    share.is_none_or(|share| held.get(whom).copied().unwrap_or_default() < share)
}

impl State {
    pub(super) fn new(bounds: Bounds) -> Self {
        let class = || ClassState {
            under_way: 0,
            waiting: 0,
            lines: Lines::default(),
            limit: Limit::new(bounds.calls, bounds.is_adaptive),
            breaker: Breaker::default(),
            held: HashMap::new(),
        };
        Self {
            classes: [class(), class()],
            pauses: Pauses::default(),
            bounds,
            waiting: HashMap::new(),
            waiting_in_all: 0,
            next: 0,
            turn: Class::Write,
        }
    }

    fn of(&mut self, class: Class) -> &mut ClassState {
        &mut self.classes[class as usize]
    }

    fn under_way(&self) -> usize {
        self.classes.iter().map(|class| class.under_way).sum()
    }

    fn has_room(&self, class: Class) -> bool {
        let own = &self.classes[class as usize];
        own.under_way < own.limit.room() && self.under_way() < self.bounds.calls
    }

    /// How many calls of a class could begin now.
    pub(super) fn free(&self, class: Class) -> usize {
        let own = &self.classes[class as usize];
        let in_class = own.limit.room().saturating_sub(own.under_way);
        in_class.min(self.bounds.calls.saturating_sub(self.under_way()))
    }

    /// Why no call of theirs is sent now, if so.
    fn refusal(&mut self, class: Class, whom: impl FnOnce() -> Whom) -> Option<Refusal> {
        if let Some(left) = self.pauses.left(whom) {
            return Some(Refusal::Paused(left));
        }
        self.of(class).breaker.wait(Instant::now).map(Refusal::Open)
    }

    /// Lets a call in, if there is room. There is none where somebody waits for it: whoever can go has gone.
    pub(super) fn admit(&mut self, class: Class, whom: impl Fn() -> Whom) -> Result<Option<Terms>, Refusal> {
        if let Some(left) = self.pauses.left(&whom) {
            return Err(Refusal::Paused(left));
        }
        let is_full = self.under_way() >= self.bounds.calls;
        let breaker = &mut self.of(class).breaker;
        if is_full && !breaker.is_closed() {
            // Those that hang would have to be joined by one more.
            return Err(Refusal::Open(breaker.wait(Instant::now).unwrap_or(FULL_WAIT)));
        }
        match breaker.admit(Instant::now) {
            Admission::None(wait) => Err(Refusal::Open(wait)),
            Admission::Trial(trial) => Ok(Some(self.begin(class, Some(trial), whom))),
            Admission::Call => {
                let share = self.classes[class as usize].share(self.bounds);
                let has_share = share.is_none() || may_go(&self.of(class).held, &whom(), share);
                Ok((has_share && self.has_room(class)).then(|| self.begin(class, None, whom)))
            }
        }
    }

    fn begin(&mut self, class: Class, trial: Option<Trial>, whom: impl FnOnce() -> Whom) -> Terms {
        let bounds = self.bounds;
        let own = self.of(class);
        own.under_way += 1;
        let held_by = own.share(bounds).map(|_| whom());
        if let Some(whom) = &held_by {
            *own.held.entry(whom.clone()).or_default() += 1;
        }
        Terms { class, trial, is_quiet: own.under_way <= LEAST, held_by }
    }

    /// Counts one who has to wait. An identity may have as many waiting as there are places left, so that however many
    /// somebody brings, and however many do so, the next one finds a place.
    pub(super) fn begin_to_wait(&mut self, class: Class, whom: &Whom) -> Result<Number, Refusal> {
        if let Some(refusal) = self.refusal(class, || whom.clone()) {
            return Err(refusal);
        }
        let own = self.waiting.get(whom).copied().unwrap_or_default();
        if own >= self.bounds.waiting.saturating_sub(self.waiting_in_all) {
            let limit = &self.classes[class as usize].limit;
            return Err(Refusal::Full(limit.wait_for(self.waiting_in_all)));
        }
        *self.waiting.entry(whom.clone()).or_default() += 1;
        self.waiting_in_all += 1;
        self.of(class).waiting += 1;
        self.next += 1;
        Ok(self.next)
    }

    /// Takes one who waits no longer, for whatever reason, out of the line and out of the count.
    pub(super) fn end_to_wait(&mut self, class: Class, (whom, is_background): (&Whom, bool), number: Number) {
        self.of(class).lines.remove((whom, is_background), number);
        self.of(class).waiting -= 1;
        self.waiting_in_all -= 1;
        if let Some(own) = self.waiting.get_mut(whom) {
            *own -= 1;
            if *own == 0 {
                self.waiting.remove(whom);
            }
        }
    }

    /// Lets one in who is counted as waiting, or puts them into the line.
    pub(super) fn line_up(
        &mut self,
        class: Class,
        (whom, is_background): (&Whom, bool),
        number: Number,
    ) -> Result<Result<Terms, Hearing>, Refusal> {
        if let Some(terms) = self.admit(class, || whom.clone())? {
            return Ok(Ok(terms));
        }
        let (teller, hearing) = oneshot::channel();
        self.of(class).lines.push((whom.clone(), is_background), number, teller);
        Ok(Err(hearing))
    }

    /// How many calls of a class wait.
    pub(super) fn waiting(&self, class: Class) -> usize {
        self.classes[class as usize].waiting
    }

    /// Ends a call, with what it says of the server, and lets those in whose turn it is.
    pub(super) fn end(&mut self, gate: &Arc<Gate>, terms: &Terms, news: News<'_>) -> Told {
        let mut told = Told::new();
        self.learn(terms, news, &mut told);
        let own = self.of(terms.class);
        own.under_way -= 1;
        if let Some(whom) = &terms.held_by
            && let Some(held) = own.held.get_mut(whom)
        {
            *held -= 1;
            if *held == 0 {
                own.held.remove(whom);
            }
        }
        while let Some(class) = self.next_class() {
            self.turn = class.other();
            let share = self.classes[class as usize].share(self.bounds);
            let ClassState { lines, held, .. } = self.of(class);
            let Some((whom, teller)) = lines.pop(|whom| may_go(held, whom, share)) else { break };
            let terms = self.begin(class, None, || whom);
            told.push((teller, Ok(Pass::new(gate.clone(), terms))));
        }
        told
    }

    /// Which class the next call is let in from.
    fn next_class(&self) -> Option<Class> {
        let can_go = |class: &Class| {
            let own = &self.classes[*class as usize];
            let share = own.share(self.bounds);
            self.has_room(*class) && own.lines.has(|whom| may_go(&own.held, whom, share))
        };
        [self.turn, self.turn.other()].into_iter().find(can_go)
    }

    fn learn(&mut self, terms: &Terms, news: News<'_>, told: &mut Told) {
        let (class, trial) = (terms.class, terms.trial);
        // Who waits for their share waits because of the limit too.
        let is_tight = !self.has_room(class) || !self.of(class).lines.is_empty();
        let own = self.of(class);
        let reach = match news {
            News::None | News::Failed(Reach::NotAsked, _) => {
                if let Some(trial) = trial {
                    own.breaker.abandon(trial, Instant::now());
                }
                return;
            }
            News::Answered { took, usual } => {
                own.limit.answered(took, usual, is_tight);
                own.breaker.reached();
                return;
            }
            News::GivenUpLate => (Reach::Lost { is_unanswered: false }, None),
            News::Failed(reach, whom) => (reach, whom),
        };
        match reach {
            (Reach::Answered | Reach::NotAsked, _) => {
                own.breaker.reached();
            }
            (Reach::Failed, _) => {
                own.limit.failed();
                own.breaker.reached();
            }
            (Reach::Lost { .. }, _) => {
                own.limit.failed();
                if own.breaker.lost(trial, Instant::now()) {
                    let wait = own.breaker.wait(Instant::now).unwrap_or_default();
                    refuse(own.lines.remove_all(), Refusal::Open(wait), told);
                }
            }
            (Reach::TurnedAway { retry_after, is_for_all }, whom) => {
                own.limit.failed();
                own.breaker.reached();
                let Some(pause) = retry_after.filter(|pause| !pause.is_zero()) else { return };
                let pause = pause.min(LONGEST_PAUSE);
                let whom = whom.cloned();
                for class in &mut self.classes {
                    let refused =
                        if is_for_all { class.lines.remove_all() } else { class.lines.remove_all_of(&whom) };
                    refuse(refused, Refusal::Paused(pause), told);
                }
                if is_for_all {
                    self.pauses.pause_all(pause);
                } else {
                    self.pauses.pause(whom, pause);
                }
            }
        }
    }

    /// What metrics show of a class.
    pub(super) fn figures(&self, class: Class) -> metric::Room {
        let own = &self.classes[class as usize];
        metric::Room { limit: own.limit.room(), breaker: own.breaker.number() }
    }

    /// What there is to tell of a class.
    pub(super) fn room(&self, destination: Destination, class: Class) -> RoomFigures {
        let own = &self.classes[class as usize];
        RoomFigures {
            server: destination.word(),
            class: class.word(),
            breaker: own.breaker.number(),
            limit: own.limit.room(),
            most: self.bounds.calls,
            under_way: own.under_way,
            waiting: own.waiting,
        }
    }

    /// As many calls as are under way and wait, for those who check that none is forgotten.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        let in_line = self.waiting.values().sum::<usize>();
        assert_eq!(in_line, self.waiting_in_all);
        (self.under_way(), self.waiting_in_all)
    }

    /// Whether somebody waits in a line although they could go.
    #[cfg(test)]
    pub(super) fn holds_back(&self) -> bool {
        self.next_class().is_some()
    }
}

fn refuse(waiting: Vec<Teller>, refusal: Refusal, told: &mut Told) {
    told.extend(waiting.into_iter().map(|teller| (teller, Err(refusal))));
}

impl Class {
    const fn other(self) -> Self {
        match self {
            Self::Read => Self::Write,
            Self::Write => Self::Read,
        }
    }
}
