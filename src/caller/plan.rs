//! Which way of asking an edge costs less: a rule over what each way would still cost.

use super::observed::Observed;
use crate::config::Way;
use crate::upstream::metric;

/// An edge that can be read from both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// From agents to their skill groups.
    AgentSkillGroups,
    /// From ids to users.
    UsersById,
}

impl Edge {
    /// As the settings and the metrics name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AgentSkillGroups => "agent_skill_groups",
            Self::UsersById => "users_by_id",
        }
    }

    /// Counts a plan by the way that was gone; `None` if nothing had to be asked for either way.
    pub fn count(self, gone: Option<Direction>) {
        let way = match gone {
            Some(Direction::Forward) => "forward",
            Some(Direction::Inverse) => "inverse",
            None => "kept",
        };
        metric::count_plan(self.word(), way);
    }
}

/// Begins to count plans: of those that have not been made it is known that there were none.
pub fn begin_counting() {
    for edge in [Edge::AgentSkillGroups, Edge::UsersById] {
        metric::begin_plans(edge.word(), ["forward", "inverse", "kept"]);
    }
}

/// How to ask for an edge that can be read from both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// One call for each record the edge starts from.
    Forward,
    /// From the other end, and the rest worked out here.
    Inverse,
}

/// What decided between two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The settings name the way.
    Setting,
    /// What this way asks is there already.
    AtHand,
    /// They are so few that finding out what the other way costs would cost as much.
    Few,
    /// It needs fewer calls.
    Calls,
    /// It needs as many calls as the other, and reads less.
    Even,
    /// It needs two calls more at most, and at most half the time.
    Time,
    /// What the request has spent on asking one by one is as much as the other way costs.
    Spent,
    /// The portal does not count what the other way would have to find.
    Uncounted,
    /// The portal counts more than the session may see.
    Beyond,
    /// What the other way begins with cannot be asked about.
    Nameless,
    /// What the other way begins with could not be read.
    Failed,
}

impl Reason {
    /// Who decided: the settings, the plan by what either way costs, what the session may see, or a failure.
    #[must_use]
    pub const fn decided_by(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::AtHand | Self::Few | Self::Calls | Self::Even | Self::Time | Self::Spent => "auto",
            Self::Uncounted | Self::Beyond | Self::Nameless => "visibility",
            Self::Failed => "failure",
        }
    }

    /// The same as a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Setting => "The settings name this way.",
            Self::AtHand => "What this way asks is at hand.",
            Self::Few => {
                "So few are asked for one by one: finding out what the other way costs would cost as much."
            }
            Self::Calls => "It needs fewer calls.",
            Self::Even => "It needs as many calls as the other way, and reads less.",
            Self::Time => "It takes at most half the time of the other way, for at most two calls more.",
            Self::Spent => "This request has spent as much on asking one by one as this way costs.",
            Self::Uncounted => {
                "The portal does not say how many there are to find, so the other way could not be checked."
            }
            Self::Beyond => {
                "The portal counts more than this session may see, so the other way would not find all."
            }
            Self::Nameless => "The list the other way begins with has records without a key.",
            Self::Failed => "What the other way begins with could not be read.",
        }
    }
}

/// Up to here the forward direction is taken without a call to find out what the other would cost.
pub const FEW: usize = 3;

/// How many calls time may buy.
const EXTRA_CALLS: usize = 2;

/// How much time two calls must save at least, in microseconds: what somebody who waits would notice.
const WORTH_MICROSECONDS: u64 = 250_000;

/// Decoding a byte of an answer takes 2.2 ns (130 kB in 292 us, two cores, release); handing it on takes the rest.
const NANOSECONDS_A_BYTE: u64 = 3;

/// What a way would still cost: the calls whose answers are neither kept nor under way, and about how long they take.
/// No operation of these edges is paged; a list is read whole, by one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    calls: usize,
    microseconds: u64,
}

impl Price {
    /// So many calls of one operation, as many side by side as there is room for. Waiting overlaps, decoding does not.
    #[must_use]
    pub fn of(calls: usize, each: Observed, room: usize) -> Self {
        let rounds = calls.div_ceil(room.max(1)) as u64;
        let decoding = each.bytes.saturating_mul(NANOSECONDS_A_BYTE).saturating_mul(calls as u64) / 1_000;
        Self { calls, microseconds: rounds.saturating_mul(each.microseconds).saturating_add(decoding) }
    }

    /// Whether nothing has to be asked for.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        self.calls == 0
    }

    /// This and then that, which cannot begin before.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(next.calls),
            microseconds: self.microseconds.saturating_add(next.microseconds),
        }
    }

    /// How many calls.
    #[must_use]
    pub const fn calls(self) -> usize {
        self.calls
    }

    /// About how long they take.
    #[must_use]
    pub const fn microseconds(self) -> u64 {
        self.microseconds
    }

    /// Whether time speaks for this way although the other needs no more calls.
    fn overrules(self, other: Self) -> bool {
        let saves = other.microseconds.saturating_sub(self.microseconds);
        self.calls <= other.calls.saturating_add(EXTRA_CALLS)
            && saves >= WORTH_MICROSECONDS
            && saves >= self.microseconds
    }
}

/// The way to ask.
///
/// The settings decide where they name a way. Else calls come first: the way with fewer is taken, and of two with as
/// many the forward one, which reads less. Time overrules that only where the other way needs at most two calls more, takes
/// at most half as long, and saves at least a quarter of a second: two users are not worth a list of fifty thousand.
#[must_use]
pub fn cheaper(way: Way, forward: Price, inverse: Price) -> (Direction, Reason) {
    match way {
        Way::Forward => (Direction::Forward, Reason::Setting),
        Way::Inverse => (Direction::Inverse, Reason::Setting),
        Way::Auto if inverse.calls < forward.calls && forward.overrules(inverse) => {
            (Direction::Forward, Reason::Time)
        }
        Way::Auto if inverse.calls < forward.calls => (Direction::Inverse, Reason::Calls),
        Way::Auto if inverse.overrules(forward) => (Direction::Inverse, Reason::Time),
        Way::Auto if forward.calls < inverse.calls => (Direction::Forward, Reason::Calls),
        Way::Auto => (Direction::Forward, Reason::Even),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn observed() -> impl Strategy<Value = Observed> {
        (0..2_000_000_u64, 0..100_000_000_u64)
            .prop_map(|(microseconds, bytes)| Observed { microseconds, bytes })
    }

    fn auto(forward: Price, inverse: Price) -> Direction {
        cheaper(Way::Auto, forward, inverse).0
    }

    #[test]
    fn calls_decide_then_the_smaller_read_and_time_buys_two_calls_at_most() {
        let quick = |calls| Price { calls, microseconds: 1_000 };
        let slow = |calls| Price { calls, microseconds: 900_000 };
        assert_eq!(auto(quick(5), quick(4)), Direction::Inverse);
        assert_eq!(auto(quick(4), quick(4)), Direction::Forward);
        assert_eq!(auto(quick(3), slow(1)), Direction::Forward);
        assert_eq!(auto(quick(4), slow(1)), Direction::Inverse);
        assert_eq!(auto(slow(1), quick(3)), Direction::Inverse);
        assert_eq!(auto(slow(1), quick(4)), Direction::Forward);
        // Half the time, but not worth two calls.
        assert_eq!(
            auto(Price { calls: 3, ..quick(0) }, Price { calls: 1, microseconds: 9_000 }),
            Direction::Inverse
        );
        assert_eq!(auto(Price::default(), Price::default()), Direction::Forward);
        assert_eq!(cheaper(Way::Forward, slow(9), quick(0)), (Direction::Forward, Reason::Setting));
        assert_eq!(cheaper(Way::Inverse, quick(0), slow(9)), (Direction::Inverse, Reason::Setting));
    }

    #[test]
    fn the_reason_is_what_decided() {
        let price = |calls, microseconds| Price { calls, microseconds };
        for (forward, inverse, reason) in [
            (price(5, 1_000), price(4, 1_000), Reason::Calls),
            (price(4, 1_000), price(5, 1_000), Reason::Calls),
            (price(4, 1_000), price(4, 1_000), Reason::Even),
            (price(3, 1_000), price(1, 900_000), Reason::Time),
            (price(1, 900_000), price(3, 1_000), Reason::Time),
        ] {
            assert_eq!(cheaper(Way::Auto, forward, inverse).1, reason, "{forward:?} {inverse:?}");
        }
    }

    #[test]
    fn waiting_overlaps_and_decoding_does_not() {
        let each = Observed { microseconds: 10, bytes: 1_000 };
        assert_eq!(Price::of(9, each, 8), Price { calls: 9, microseconds: 2 * 10 + 9 * 3 });
        assert_eq!(Price::of(9, each, 0).microseconds, 9 * 10 + 9 * 3, "room for one there always is");
        assert_eq!(Price::of(0, each, 8), Price::default());
    }

    proptest! {
        #[test]
        fn no_more_calls_than_the_other_way_and_two(
            (one, other, list) in (observed(), observed(), observed()),
            (keys, groups, room) in (0..600_usize, 0..600_usize, 1..64_usize),
        ) {
            let (forward, list) = (Price::of(keys, one, room), Price::of(1, list, room));
            let inverse = list.then(Price::of(groups, other, room));
            let chosen = match auto(forward, inverse) {
                Direction::Forward => forward,
                Direction::Inverse => inverse,
            };
            let fewest = forward.calls.min(inverse.calls);
            prop_assert!(chosen.calls <= fewest + EXTRA_CALLS);
            // More calls than the fewest are only made for time, never for nothing.
            let other = if chosen == forward { inverse } else { forward };
            if chosen.calls > fewest {
                prop_assert!(other.microseconds - chosen.microseconds >= WORTH_MICROSECONDS);
            }
        }

        #[test]
        fn a_way_that_grows_dearer_is_never_taken_for_it(
            (one, other) in (observed(), observed()),
            (keys, groups, room) in (0..600_usize, 0..600_usize, 1..64_usize),
            (more, slower, longer) in (0..50_usize, 0..1_000_000_u64, 0..10_000_000_u64),
        ) {
            let dearer = |calls, each: Observed| Price::of(calls + more, Observed {
                microseconds: each.microseconds + slower,
                bytes: each.bytes + longer,
            }, room);
            let (forward, inverse) = (Price::of(keys, one, room), Price::of(groups, other, room));
            match auto(forward, inverse) {
                Direction::Inverse => prop_assert_eq!(auto(dearer(keys, one), inverse), Direction::Inverse),
                Direction::Forward => prop_assert_eq!(auto(forward, dearer(groups, other)), Direction::Forward),
            }
        }
    }
}
