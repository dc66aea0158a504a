//! `[live]`: what clients subscribe to, and how often the portal is asked for it.

use serde::{Deserialize, Serialize};

/// What clients subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    /// The shortest time from one poll to the next of the same question, in milliseconds.
    pub poll_min_milliseconds: u64,
    /// The longest one.
    pub poll_max_milliseconds: u64,
    /// How many subscriptions may be open.
    pub max_subscriptions: usize,
    /// How many of them one person may have open.
    pub max_subscriptions_per_person: usize,
}
