//! `[log]`: what is written down.

use serde::{Deserialize, Serialize};

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For collectors.
    Json,
}

/// What is written down.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Which messages are written.
    pub level: String,
    /// How they are written.
    pub format: LogFormat,
    /// Where the audit log goes: `stderr`, `off`, or a file.
    pub audit: String,
}
