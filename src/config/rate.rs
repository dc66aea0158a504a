//! `[rate]`: how often one may ask, and how often signing in may fail.

use serde::{Deserialize, Serialize};

/// How often one may ask, and how often signing in may fail.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many requests a person may make in a minute, in all of their sessions together; 0 for any number.
    pub identity_requests_per_minute: u32,
    /// How many of them may come at once.
    pub identity_burst: u32,
    /// How many requests without an identity may come from one address in a minute; 0 for any number.
    pub address_requests_per_minute: u32,
    /// How many of them may come at once.
    pub address_burst: u32,
    /// How many sign-ins with one login name may fail from one address before the next has to wait.
    pub login_failures: u32,
    /// How long until one of them is forgiven, in seconds.
    pub login_wait_seconds: u64,
}
