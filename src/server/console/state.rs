//! The document the console draws: what holds now, and what was counted since the start. Words of the program, names of
//! the operator's list and numbers; never a person, a host, or anything a client has written.

use std::collections::BTreeMap;

use serde::Serialize;

/// How the gateway is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub(super) version: &'static str,
    /// How long the gateway has been there; by it what was counted becomes a rate.
    pub(super) up_seconds: f64,
    /// Why no request should be sent here; null if all is well.
    pub(super) not_ready: Option<String>,
    pub(super) sessions: Sessions,
    pub(super) requests: Requests,
    /// Operations of clients, by name and type.
    pub(super) operations: Vec<Operation>,
    /// Upper ends of the classes that the times of operations are counted in, in seconds; the last class has none.
    pub(super) class_ends: Vec<f64>,
    pub(super) upstreams: Vec<Upstream>,
    /// Operations of the upstreams, by name.
    pub(super) calls: Vec<Call>,
    pub(super) cache: Cache,
    pub(super) live: Live,
    pub(super) plans: Vec<Plan>,
}

/// Who is signed in at this replica.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sessions {
    pub(super) people: u64,
    pub(super) service_accounts: usize,
    /// How many accounts the settings list.
    pub(super) service_accounts_listed: usize,
}

/// What clients ask.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Requests {
    pub(super) under_way: usize,
    /// How many wait for a place.
    pub(super) waiting: usize,
    pub(super) places: usize,
    /// Answered with `OVERLOADED`.
    pub(super) shed: u64,
    /// Refused before an operation was looked at, by the code of their error.
    pub(super) turned_away: BTreeMap<String, u64>,
    /// Queries by how their whole answer came.
    pub(super) whole_answers: BTreeMap<String, u64>,
}

/// One operation of clients.
#[derive(Debug, Serialize)]
pub(super) struct Operation {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) outcomes: BTreeMap<String, u64>,
    /// The seconds that those took which were not refused, all together,
    pub(super) seconds: f64,
    /// and how many of them took no longer than the end of each class; the last number is all of them.
    pub(super) classes: Vec<u64>,
}

/// A server that is asked, for one class of calls.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upstream {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    /// `closed` (calls are sent), `trying` (one is), `open` (none is).
    pub(super) breaker: &'static str,
    pub(super) under_way: usize,
    pub(super) waiting: usize,
    /// How many may be under way now,
    pub(super) limit: usize,
    /// and when all is well.
    pub(super) most: usize,
    /// Calls that were not sent, by cause.
    pub(super) refused: BTreeMap<String, u64>,
}

/// One operation of an upstream.
#[derive(Debug, Serialize)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) retries: u64,
    pub(super) hedges: u64,
    /// What its last calls took; null for what is asked beside the rooms for calls, such as signing in.
    pub(super) recent: Option<Recent>,
}

/// What the last calls took that were answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recent {
    pub(super) calls: usize,
    pub(super) median_seconds: f64,
    pub(super) p95_seconds: f64,
    /// How long an answer is on the average.
    pub(super) bytes: u64,
}

/// What is kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cache {
    pub(super) answers: Kept,
    pub(super) whole_answers: Kept,
    pub(super) nouns: Vec<Answered>,
    /// Questions answered with what was too old, by cause.
    pub(super) stale: BTreeMap<String, u64>,
}

/// What is kept in some room.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    pub(super) entries: u64,
    pub(super) bytes: u64,
    pub(super) most_bytes: u64,
}

/// How questions about a noun were answered.
#[derive(Debug, Serialize)]
pub(super) struct Answered {
    pub(super) noun: String,
    pub(super) called: u64,
    pub(super) shared: u64,
    pub(super) kept: u64,
}

/// What is told as it happens.
#[derive(Debug, Serialize)]
pub(super) struct Live {
    pub(super) subscriptions: usize,
    /// What is polled for them, by operation; an operation that no longer is stays with its outcomes.
    pub(super) polls: Vec<Poll>,
}

/// What is polled of one operation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Poll {
    pub(super) operation: String,
    pub(super) noun: String,
    pub(super) pollers: usize,
    /// How long they rest between two polls; null if there are none.
    pub(super) rest_seconds: Option<f64>,
    pub(super) outcomes: BTreeMap<String, u64>,
}

/// How an edge was asked that can be read from both its ends.
#[derive(Debug, Serialize)]
pub(super) struct Plan {
    pub(super) edge: &'static str,
    /// What the settings say: `auto`, `forward`, `inverse`.
    pub(super) setting: &'static str,
    pub(super) ways: BTreeMap<String, u64>,
    /// What a call of each operation is taken to cost now.
    pub(super) forward: Vec<Estimate>,
    pub(super) inverse: Vec<Estimate>,
}

/// What one call is taken to cost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Estimate {
    pub(super) operation: &'static str,
    pub(super) seconds: f64,
    pub(super) bytes: u64,
    /// Whether such a call was seen.
    pub(super) is_seen: bool,
}
