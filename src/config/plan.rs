//! `[plan]`: how edges are asked that can be read from both their ends.

use serde::{Deserialize, Serialize};

/// Which way an edge is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Whichever costs less when it is asked.
    Auto,
    /// Each record by a call of its own.
    Forward,
    /// From the other end, wherever that answers the same.
    Inverse,
}

/// How edges are asked that can be read from both their ends.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The skill groups of agents.
    pub agent_skill_groups: Way,
    /// Users by their ids.
    pub users_by_id: Way,
}
