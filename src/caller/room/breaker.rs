//! `Breaker`: a server that was not reached by ten calls in a row is left alone for a moment, and then tried by one.
//!
//! Own code: `failsafe` lets everyone through once its time is over, and cannot say how long that is.

use std::time::Duration;

use tokio::time::Instant;

use super::jitter;

/// So many calls in a row that did not reach it open the breaker. Any answer between them, whoever's, begins anew, so
/// that one person's slow questions do not shut out others who are answered.
const IN_A_ROW: u32 = 10;

/// The longest it stays open the first time; half of that at least.
const FIRST: Duration = Duration::from_secs(1);

/// The longest it stays open however often the server was tried: people wait for it to be well again.
const LONGEST: Duration = Duration::from_secs(2);

/// For so long a call that tries it is the only one.
const TRIAL: Duration = Duration::from_secs(2);

/// Whether calls are sent to a server.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    trials: Trial,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Calls are sent.
    Closed { lost: u32 },
    /// None is sent before the time is over.
    Open { until: Instant, longest: Duration },
    /// One is sent, and none other until it is answered.
    HalfOpen { until: Instant, longest: Duration, trial: Trial },
}

/// The number of a call that tries the server: one that comes to nothing late does not end a later one.
pub(super) type Trial = u64;

/// Whether a call may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// As any other.
    Call,
    /// To find out whether the server is well.
    Trial(Trial),
    /// Not before so long.
    None(Duration),
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: State::Closed { lost: 0 }, trials: 0 }
    }
}

impl Breaker {
    /// How long no call is sent; `None` if one may be.
    pub(super) fn wait(&self, now: impl FnOnce() -> Instant) -> Option<Duration> {
        let (State::Open { until, .. } | State::HalfOpen { until, .. }) = self.state else { return None };
        let wait = until.saturating_duration_since(now());
        (!wait.is_zero()).then_some(wait)
    }

    /// Whether a call may be sent now.
    pub(super) fn admit(&mut self, now: impl FnOnce() -> Instant) -> Admission {
        let (State::Open { until, longest } | State::HalfOpen { until, longest, .. }) = self.state else {
            return Admission::Call;
        };
        let now = now();
        if now < until {
            return Admission::None(until - now);
        }
        self.trials += 1;
        self.state = State::HalfOpen { until: now + TRIAL, longest, trial: self.trials };
        Admission::Trial(self.trials)
    }

    /// The server has answered, which closes it; whether that is news.
    pub(super) fn reached(&mut self) -> bool {
        let was_closed = self.is_closed();
        self.state = State::Closed { lost: 0 };
        !was_closed
    }

    /// A call did not reach the server; whether none is sent from now on.
    pub(super) fn lost(&mut self, of: Option<Trial>, now: Instant) -> bool {
        let longest = match self.state {
            State::Closed { lost } if lost + 1 < IN_A_ROW => {
                self.state = State::Closed { lost: lost + 1 };
                return false;
            }
            State::Closed { .. } => FIRST,
            State::HalfOpen { longest, trial, .. } if of == Some(trial) => LONGEST.min(2 * longest),
            // Sent before it opened, or before another one tried.
            State::Open { .. } | State::HalfOpen { .. } => return false,
        };
        let until = now + longest / 2 + jitter::up_to(longest / 2);
        self.state = State::Open { until, longest };
        true
    }

    /// The call that tried it was given up without having come to anything: the next one tries.
    pub(super) fn abandon(&mut self, of: Trial, now: Instant) {
        if let State::HalfOpen { longest, trial, .. } = self.state
            && trial == of
        {
            self.state = State::Open { until: now, longest };
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// As metrics count it: 0 closed, 1 half open, 2 open.
    pub(super) fn number(&self) -> u8 {
        match self.state {
            State::Closed { .. } => 0,
            State::HalfOpen { .. } => 1,
            State::Open { .. } => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        assert!((1..IN_A_ROW).all(|_| !breaker.lost(None, now)));
        assert!(breaker.lost(None, now));
        breaker
    }

    #[test]
    fn it_opens_after_ten_in_a_row_and_is_tried_by_one() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            assert!((1..IN_A_ROW).all(|_| !breaker.lost(None, now)));
            assert!(!breaker.reached(), "an answer between them begins anew");
        }
        let mut breaker = opened(now);
        let Admission::None(wait) = breaker.admit(|| now) else { panic!("{breaker:?}") };
        assert!(wait >= FIRST / 2 && wait <= FIRST, "{wait:?}");
        assert!(!breaker.lost(None, now), "sent before");
        let now = now + wait;
        assert_eq!(breaker.admit(|| now), Admission::Trial(1));
        assert_eq!(breaker.admit(|| now), Admission::None(TRIAL), "one at a time");
        assert!(!breaker.lost(None, now) && breaker.lost(Some(1), now));
        let Admission::None(wait) = breaker.admit(|| now) else { panic!("{breaker:?}") };
        assert!(wait >= LONGEST / 2 && wait <= LONGEST, "{wait:?}");
        assert_eq!(breaker.admit(|| now + wait), Admission::Trial(2));
        assert!(breaker.reached());
        assert_eq!((breaker.admit(|| now), breaker.number()), (Admission::Call, 0));
    }

    #[test]
    fn it_never_stays_open_for_longer_than_two_seconds() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        for nth in 1..=20 {
            now += LONGEST;
            assert_eq!(breaker.admit(|| now), Admission::Trial(nth));
            assert!(breaker.lost(Some(nth), now));
        }
    }

    #[test]
    fn a_trial_that_is_given_up_or_says_nothing_is_another_ones() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let now = now + FIRST;
        assert_eq!(breaker.admit(|| now), Admission::Trial(1));
        breaker.abandon(1, now);
        assert_eq!(breaker.admit(|| now), Admission::Trial(2));
        assert_eq!(breaker.admit(|| now), Admission::None(TRIAL));
        let now = now + TRIAL;
        assert_eq!(breaker.admit(|| now), Admission::Trial(3));
        breaker.abandon(2, now);
        assert!(!breaker.lost(Some(2), now), "what hung says nothing of who tries now");
        assert_eq!(breaker.admit(|| now), Admission::None(TRIAL));
        assert!(breaker.lost(Some(3), now));
    }
}
