//! `[session]`: gateway sessions.

use serde::{Deserialize, Serialize};

/// Gateway sessions.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Where gateway sessions are kept.
    pub store: String,
    /// How many sessions are kept at most.
    pub max_sessions: u64,
    /// How long a gateway session may live without being used, in minutes.
    pub idle_minutes: u64,
    /// How long a gateway session may live at most, in minutes.
    pub max_minutes: u64,
}
