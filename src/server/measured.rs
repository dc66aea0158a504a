//! Operations of clients as they are counted: by name, type, outcome and time.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use metrics::SharedString;

use super::refusal::Refusal;
use super::worked_out::{COLLAPSED, HIT, Outcome, WorkedOut};
use crate::upstream::metric;

/// What everything is counted by that clients may call as they like.
const OTHER: &str = "other";

/// An operation that is being answered.
pub(super) struct Measured {
    name: SharedString,
    begun: Instant,
}

impl Measured {
    pub(super) fn begin(name: Option<Arc<str>>) -> Self {
        let name = name.map_or(SharedString::const_str(OTHER), SharedString::from_shared);
        Self { name, begun: Instant::now() }
    }

    pub(super) fn end(self, worked: &Result<WorkedOut, Refusal>) {
        let (kind, outcome) = match worked {
            Err(refusal) => ("unknown", of_refusal(refusal)),
            Ok(worked) => (word(worked.kind), of_outcome(&worked.outcome)),
        };
        if let Ok(WorkedOut { kind: OperationType::Query, cache_status, .. }) = worked {
            metric::count_whole_answer(match *cache_status {
                Some(HIT) => "kept",
                Some(COLLAPSED) => "shared",
                _ => "worked_out",
            });
        }
        metric::count_request(metric::Request { name: self.name, kind, outcome }, self.begun.elapsed());
    }
}

/// Counts a request that comes to no operation.
pub(super) fn turned_away(refusal: &Refusal) {
    metric::count_turned_away(refusal.code.as_str());
}

/// The word for a type of operation.
pub(super) const fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

fn of_outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Kept(..) => "ok",
        Outcome::Written(written) if written.is_faultless => "ok",
        Outcome::Written(written) if written.is_executed() => "partial",
        Outcome::Written(_) => "refused",
        Outcome::Refused(refusal) => of_refusal(refusal),
    }
}

fn of_refusal(refusal: &Refusal) -> &'static str {
    if refusal.status.is_server_error() { "failed" } else { "refused" }
}
