//! `Refusal`: why a call was not let in; it was not sent.

use std::time::Duration;

use crate::upstream::Failure;

/// Why a call was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::caller) enum Refusal {
    /// As many wait as may; there may be room after about so long.
    Full(Duration),
    /// There was no room in the time a call may take.
    Late,
    /// The server was not reached by the last calls; it is tried again after so long.
    Open(Duration),
    /// The server asked to be left alone for so long.
    Paused(Duration),
}

impl Refusal {
    /// Every word for one in metrics.
    pub(super) const WORDS: [&'static str; 4] = ["full", "late", "open", "paused"];

    /// The word for it in metrics.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Full(_) => "full",
            Self::Late => "late",
            Self::Open(_) => "open",
            Self::Paused(_) => "paused",
        }
    }

    /// The failure of an operation that was not let in.
    pub(in crate::caller) fn of<E: Failure>(self, operation: &'static str) -> E {
        match self {
            Self::Full(wait) | Self::Paused(wait) => E::no_room(operation, Some(wait)),
            Self::Late => E::no_room(operation, None),
            Self::Open(wait) => E::unavailable(operation, wait),
        }
    }
}
